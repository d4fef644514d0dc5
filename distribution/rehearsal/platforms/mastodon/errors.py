"""Answers and refusals in Mastodon's shape: the entity itself, or {error}."""

import json
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Response


@dataclass
class MastodonError(Exception):
    """A refusal: a status and words."""

    message: str
    status: int = 422
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """The answer."""
        response = answer({"error": self.message}, status=self.status)
        response.headers.update(self.headers)
        return response


def answer(body: Any, *, status: int = 200) -> Response:
    """An entity, or a list of them."""
    response = Response(json.dumps(body, ensure_ascii=False), status=status, mimetype="application/json; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def invalid(message: str) -> MastodonError:
    """422: a field."""
    return MastodonError(f"Validation failed: {message}")


def not_found() -> MastodonError:
    """404: not there, or deleted."""
    return MastodonError("Record not found", 404)


def broken() -> MastodonError:
    """A 5xx that says nothing about whether the write was done."""
    return MastodonError("Remote data could not be fetched", 503)
