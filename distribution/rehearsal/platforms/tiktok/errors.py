"""Answers and refusals in TikTok's shape: {data, error: {code, message, log_id}}; success is the code "ok"."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Response

from distribution.rehearsal import clock


@dataclass
class TiktokError(Exception):
    """A refusal: clients classify by `error.code`. Some come with HTTP 200 on purpose."""

    code: str
    message: str
    status: int = 400
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """The answer."""
        response = _json({"data": {}, "error": {"code": self.code, "message": self.message, "log_id": log_id()}}, status=self.status)
        response.headers.update(self.headers)
        return response


def log_id() -> str:
    """What their support asks for."""
    return clock.now().strftime("%Y%m%d%H%M%S") + secrets.token_hex(9).upper()


def answer(data: dict[str, Any]) -> Response:
    """A success."""
    return _json({"data": data, "error": {"code": "ok", "message": "", "log_id": log_id()}})


def flat(body: dict[str, Any], *, status: int = 200) -> Response:
    """The token endpoint's shape."""
    return _json(body, status=status)


def _json(body: Any, *, status: int = 200) -> Response:
    response = Response(json.dumps(body, ensure_ascii=False), status=status, mimetype="application/json; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def invalid(message: str) -> TiktokError:
    """400: a field."""
    return TiktokError("invalid_param", message, 400)


def dead_token() -> TiktokError:
    """401: expired, revoked or none."""
    return TiktokError("access_token_invalid", "The access token is invalid or not found in the request.", 401)


def broken() -> TiktokError:
    """A 5xx that says nothing about whether the write was done."""
    return TiktokError("internal_error", "Something went wrong. Please try again later.", 500)
