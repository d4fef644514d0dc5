"""Answers and refusals of the partner: a status and a short JSON."""

import json
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Response


@dataclass
class WebhookError(Exception):
    """A refusal."""

    message: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """The answer."""
        response = answer({"error": self.message}, status=self.status)
        response.headers.update(self.headers)
        return response


def answer(body: Any, *, status: int = 200) -> Response:
    """A short JSON."""
    response = Response(json.dumps(body, ensure_ascii=False), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def broken() -> WebhookError:
    """A 5xx that says nothing about whether the message was taken."""
    return WebhookError("internal error", 500)
