"""Answers and refusals in the shape of the Bot API: {ok, result} or {ok, error_code, description, parameters}."""

import json
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Response


@dataclass
class TelegramError(Exception):
    """A refusal: a code, which is the status as well, and words."""

    description: str
    code: int = 400
    parameters: dict[str, Any] = field(default_factory=dict)

    def response(self) -> Response:
        """The answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return _json({**body, **({"parameters": self.parameters} if self.parameters else {})}, status=self.code)


def answer(result: Any) -> Response:
    """A success."""
    return _json({"ok": True, "result": result}, status=200)


def _json(body: Any, *, status: int) -> Response:
    response = Response(json.dumps(body, ensure_ascii=False), status=status, mimetype="application/json")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def bad(words: str) -> TelegramError:
    """400."""
    return TelegramError(f"Bad Request: {words}")


def broken() -> TelegramError:
    """A 5xx that says nothing about whether the message was sent."""
    return TelegramError("Internal Server Error", 500)
