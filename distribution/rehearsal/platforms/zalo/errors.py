"""Answers and refusals in Zalo's shape: {data, error, message}. HTTP status is 200 for most refusals too: clients read `error` (channels.md 3, 3.3)."""

import json
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Response

INVALID, ABSENT_TOKEN, DEAD_TOKEN, BAD_PROOF, BUSY, RATE, QUOTA, UNSUPPORTED, OUT_OF_RANGE, NO_PACKAGE = -201, -216, -220, -242, -214, -32, -211, -233, -210, -224
# The numbers of 3.3 that a switch may make the platform say, with words of our own: Zalo's are not in 3.3.
SAYS = {
    -32: "Rate limit per minute was exceeded", -201: "Parameter is invalid", -202: "Mac is invalid", -204: "Official Account was deleted", -205: "Official Account was not found",
    -207: "Official Account is not a 3rd party", -208: "Official Account has no secret", -209: "Not supported api", -210: "Parameter is out of range", -211: "Out of quota",
    -212: "The API is not registered", -214: "The article is being processed", -215: "App id is invalid", -216: "Access token is invalid", -218: "Out of quota of the receiver",
    -220: "Access token is expired or removed", -221: "Official Account is not verified", -223: "The app is not authorised by the Official Account", -224: "A package is missing",
    -233: "The type is not supported", -242: "appsecret_proof is invalid", -320: "Billing", -321: "Billing",
}  # fmt: skip


@dataclass
class ZaloError(Exception):
    """A refusal by number."""

    error: int
    message: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """The answer."""
        response = as_json({"error": self.error, "message": self.message or SAYS.get(self.error, "Error")}, status=self.status)
        response.headers.update(self.headers)
        return response


def answer(data: dict[str, Any]) -> Response:
    """A success (3.2)."""
    return as_json({"data": data, "error": 0, "message": "Success"})


def as_json(body: Any, *, status: int = 200) -> Response:
    """A body as it is."""
    response = Response(json.dumps(body, ensure_ascii=False), status=status, mimetype="application/json; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def broken() -> Response:
    """A 5xx that says nothing about whether the write was done; no JSON (3.3, last row)."""
    return Response("<html><body>502 Bad Gateway</body></html>", status=502, mimetype="text/html")


class Broken(Exception):
    """The same before anything was written."""
