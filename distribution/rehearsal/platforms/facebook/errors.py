"""Graph errors in their true shape, and the ones that are used more than once."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Response


@dataclass
class GraphError(Exception):
    """A refusal. HTTP status is 400 for nearly everything: clients must classify by code and subcode."""

    message: str
    code: int
    subcode: int | None = None
    type: str = "OAuthException"
    status: int = 400
    is_transient: bool = False
    user_title: str = ""
    user_message: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The JSON body."""
        error: dict[str, Any] = {"message": self.message, "type": self.type, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        error["is_transient"] = self.is_transient
        if self.user_title or self.user_message:
            error["error_user_title"] = self.user_title
            error["error_user_msg"] = self.user_message
        if self.data:
            error["error_data"] = self.data
        error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
        return {"error": error}

    def response(self) -> Response:
        """The answer."""
        response = answer(self.body(), status=self.status)
        for name, value in self.headers.items():
            response.headers[name] = value
        return response


def answer(body: Any, *, status: int = 200) -> Response:
    """A JSON answer as Graph gives it."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = Response(text, status=status, mimetype="application/json; charset=UTF-8")
    response.headers["Facebook-API-Version"] = "v26.0"
    response.headers["Cache-Control"] = "private, no-cache, no-store, must-revalidate"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def missing_object(object_id: str, method: str) -> GraphError:
    """100/33: not there, deleted, or not for this token."""
    return GraphError(
        f"Unsupported {method.lower()} request. Object with ID '{object_id[:100]}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation. Please read the Graph API documentation",
        code=100,
        subcode=33,
        type="GraphMethodException",
    )


def bad_parameter(message: str, *, subcode: int | None = None, title: str = "", explain: str = "") -> GraphError:
    """100: a parameter that cannot be used."""
    return GraphError(f"(#100) {message}", code=100, subcode=subcode, user_title=title, user_message=explain)


_DEAD = {
    458: "Error validating access token: The user has not authorized application {app}.",
    459: "Error validating access token: You cannot access the app till you log in to www.facebook.com and follow the instructions given.",
    460: "Error validating access token: The session has been invalidated because the user changed their password or Facebook has "
    "changed the session for security reasons.",
    463: "Error validating access token: Session has expired.",
    464: "Error validating access token: Sessions for the user are not allowed because the user is not a confirmed user.",
    467: "Error validating access token: This may be because the user logged out or may be due to a system error.",
    492: "Error validating access token: The user no longer has a role on the Page.",
}
DEAD_SUBCODES = frozenset(_DEAD)


def dead_token(subcode: int, *, app: str) -> GraphError:
    """190: the token was good once."""
    return GraphError(_DEAD[subcode].format(app=app), code=190, subcode=subcode)


def no_permission(message: str) -> GraphError:
    """200: the token may not do this."""
    return GraphError(f"(#200) {message}", code=200)


def broken() -> GraphError:
    """A 5xx that says nothing about whether the write was done: the same before and after the commit."""
    return GraphError("An unexpected error has occurred. Please retry your request later.", code=2, status=503, is_transient=True)


def duplicate() -> GraphError:
    """506: the same content as the previous post."""
    return GraphError(
        "(#506) Duplicate status message",
        code=506,
        subcode=1455006,
        user_title="Bài viết trùng",
        user_message="Bài này giống hệt bài vừa đăng trên Trang.",
    )
