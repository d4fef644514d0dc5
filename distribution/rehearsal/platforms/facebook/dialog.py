"""The log-in dialog: a person signs in, ticks Pages and permissions, and goes back to the newsroom with a code.

A script may do it in one POST to the same address: email, password, decision=allow and, if not all, pages=<id>.
"""

import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from oauthlib.oauth2 import WebApplicationServer
from oauthlib.oauth2.rfc6749 import errors as oauth_errors
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import clock, world
from distribution.rehearsal.platforms.base import Context
from distribution.rehearsal.platforms.facebook import provider
from distribution.rehearsal.platforms.oauth import right_password
from distribution.rehearsal.templating import page

COOKIE = "rehearsal_facebook"
SESSION_SECONDS = 12 * 3600
PERMISSION_WORDS = {
    "public_profile": "Biết tên của bạn",
    "pages_show_list": "Xem danh sách Trang bạn quản lý",
    "pages_manage_posts": "Đăng, sửa và xóa bài trên Trang",
    "pages_read_engagement": "Đọc bài viết và số liệu của Trang",
    "pages_manage_engagement": "Trả lời và ẩn bình luận trên Trang",
    "pages_read_user_content": "Đọc bình luận của bạn đọc trên Trang",
    "pages_manage_metadata": "Nhận thông báo về thay đổi của Trang",
    "read_insights": "Xem thống kê của Trang",
    "business_management": "Xem Trang thuộc doanh nghiệp của bạn",
    "publish_video": "Đăng video lên Trang",
}
_ALWAYS = "public_profile"
REFUSALS: dict[type[Exception], str] = {
    oauth_errors.InvalidClientIdError: "Ứng dụng không có trên nền tảng chạy thử. Kiểm tra mã ứng dụng (client_id).",
    oauth_errors.MissingClientIdError: "Yêu cầu thiếu mã ứng dụng (client_id).",
    oauth_errors.MismatchingRedirectURIError: "Địa chỉ quay về chưa được ứng dụng cho phép.",
    oauth_errors.MissingRedirectURIError: "Yêu cầu thiếu địa chỉ quay về (redirect_uri).",
    oauth_errors.InvalidRedirectURIError: "Địa chỉ quay về không hợp lệ.",
    oauth_errors.InvalidScopeError: "Có quyền mà nền tảng chạy thử không biết.",
    oauth_errors.UnsupportedResponseTypeError: "Chỉ dùng được response_type=code.",
    oauth_errors.UnauthorizedClientError: "Chỉ dùng được response_type=code.",
}


class Dialog:
    """dialog/oauth."""

    def __init__(self, context: Context, server: WebApplicationServer) -> None:
        self._context = context
        self._server = server

    def handle(self, request: Request) -> Response:
        """Show the log-in or the consent, or go back to the newsroom."""
        args = dict(request.args.items())
        uri = provider.authorize_uri(args)
        try:
            scopes, about = self._server.validate_authorization_request(uri, "GET", None, {})
        except (oauth_errors.OAuth2Error, ValueError) as error:
            return _refused(error)  # Facebook shows every one of these on its own page, never at the redirect address
        if request.method != "POST":
            return self._show(request, scopes, about)
        return self._decide(request, uri, scopes, about)

    def _decide(self, request: Request, uri: str, scopes: list[str], about: dict[str, Any]) -> Response:
        form = request.form
        if "email" in form or "password" in form:
            if not right_password(form.get("email", ""), form.get("password", "")):
                return self._show(request, scopes, about, wrong=True)
            if not form.get("decision"):
                return self._signed_in(request)
        else:
            session = self._session(request)
            if not session or not hmac.compare_digest(_form_key(session).encode(), form.get("key", "").encode()):
                return self._show(request, scopes, about)
        if form.get("decision") != "allow":
            return _denied(about)
        return self._granted(request, uri, scopes)

    def _granted(self, request: Request, uri: str, scopes: list[str]) -> Response:
        form = request.form
        chosen = "choice" in form  # a person's form says what was left unticked too; a script may leave the lists out
        pages = [item.id for item in world.FACEBOOK_PAGES if (not chosen and "pages" not in form) or item.id in form.getlist("pages")]
        granted = [
            scope
            for scope in dict.fromkeys([_ALWAYS, *scopes])
            if scope == _ALWAYS or (not chosen and "permissions" not in form) or scope in form.getlist("permissions")
        ]
        credentials = {
            "person": world.PERSON.id,
            "pages": pages,
            "granted": granted,
            "declined": [scope for scope in scopes if scope not in granted],
        }
        headers, _, _ = self._server.create_authorization_response(uri, "GET", None, {}, scopes=granted, credentials=credentials)
        return redirect(headers["Location"] + "#_=_", code=302)

    def _show(self, request: Request, scopes: list[str], about: dict[str, Any], *, wrong: bool = False) -> Response:
        session = self._session(request)
        return page(
            "facebook_dialog.html",
            status=401 if wrong else 200,
            form_targets=f"'self' {_origin(about['redirect_uri'])}",
            app_name=world.APP_NAME,
            person=world.PERSON if session else None,
            demo=world.PERSON,
            wrong=wrong,
            key=_form_key(session) if session else "",
            pages=world.FACEBOOK_PAGES,
            permissions=[(scope, PERMISSION_WORDS[scope], scope == _ALWAYS) for scope in dict.fromkeys([_ALWAYS, *scopes])],
            back_to=urlsplit(about["redirect_uri"]).netloc,
        )

    def _signed_in(self, request: Request) -> Response:
        session = secrets.token_urlsafe(32)
        with self._context.store.write() as db:
            db.execute(
                "INSERT INTO sessions (id, person, created_at) VALUES (?, ?, ?)",
                (_hash(session), world.PERSON.id, clock.stamp(clock.now())),
            )
        response = redirect(request.full_path, code=303)
        response.set_cookie(COOKIE, session, max_age=SESSION_SECONDS, httponly=True, samesite="Lax", path="/facebook")
        return response

    def _session(self, request: Request) -> str:
        session = request.cookies.get(COOKIE, "")
        if not session:
            return ""
        with self._context.store.read() as db:
            row = db.execute("SELECT created_at FROM sessions WHERE id = ?", (_hash(session),)).fetchone()
        if row is None or (clock.now() - clock.read(row["created_at"])).total_seconds() > SESSION_SECONDS:
            return ""
        return session


def _refused(error: Exception) -> Response:
    reason = REFUSALS.get(type(error), "Yêu cầu đăng nhập không hợp lệ.")
    detail = f"{getattr(error, 'error', '') or ''} {getattr(error, 'description', '') or ''}".strip()
    return page("facebook_refused.html", status=400, reason=reason, detail=detail)


def _denied(about: dict[str, Any]) -> Response:
    answer = {
        "error": "access_denied",
        "error_code": "200",
        "error_description": "Permissions error",
        "error_reason": "user_denied",
    }
    if about.get("state"):
        answer["state"] = about["state"]
    back = about["redirect_uri"]
    return redirect(back + ("&" if urlsplit(back).query else "?") + urlencode(answer) + "#_=_", code=302)


def _hash(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()


def _form_key(session: str) -> str:
    return hmac.new(session.encode(), b"consent form", hashlib.sha256).hexdigest()


def _origin(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"
