"""Refusals in Google's shape."""

import json
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Response

STATUS_WORDS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ALREADY_EXISTS", 429: "RESOURCE_EXHAUSTED"}


@dataclass
class GoogleError(Exception):
    """A refusal: clients classify by HTTP status and `errors[].reason`."""

    message: str
    reason: str
    status: int = 400
    domain: str = "youtube.video"
    location: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """The answer."""
        row: dict[str, Any] = {"message": self.message, "domain": self.domain, "reason": self.reason}
        if self.location:
            row |= {"location": self.location, "locationType": "parameter"}
        error: dict[str, Any] = {"code": self.status, "message": self.message, "errors": [row]}
        if self.status in STATUS_WORDS:
            error["status"] = STATUS_WORDS[self.status]
        response = answer({"error": error}, status=self.status)
        response.headers.update(self.headers)
        return response


def answer(body: Any, *, status: int = 200) -> Response:
    """A JSON answer as Google gives it."""
    response = Response(json.dumps(body, ensure_ascii=False, indent=2), status=status, mimetype="application/json; charset=UTF-8")
    response.headers["Cache-Control"] = "no-cache, no-store, max-age=0, must-revalidate"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def unauthorised() -> GoogleError:
    """401: the token is expired, revoked or none."""
    return GoogleError(
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
        "authError",
        401,
        domain="global",
        location="Authorization",
        headers={"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'},
    )


def forbidden(message: str = "The request is not properly authorized.", reason: str = "forbidden") -> GoogleError:
    """403: the token may not do this."""
    return GoogleError(message, reason, 403)


def no_video(video_id: str) -> GoogleError:
    """404: not there, deleted, or another channel's private video."""
    return GoogleError("The video that you are trying to reach cannot be found.", "videoNotFound", 404, location="id" if video_id else "")


def broken() -> GoogleError:
    """A 5xx that says nothing about whether the write was done: the same before and after it."""
    return GoogleError("Backend Error", "backendError", 503, domain="global")


def quota_empty() -> GoogleError:
    """403: the project's day is used up."""
    return GoogleError(
        'The request cannot be completed because you have exceeded your <a href="/youtube/v3/getting-started#quota">quota</a>.',
        "quotaExceeded",
        403,
        domain="youtube.quota",
    )
