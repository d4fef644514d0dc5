"""The log-in page: a person signs in, chooses a channel and permissions, and goes back to the newsroom with a code.

A script may do it in one POST to the same address: email, password, decision=allow and, if not the first one, channel=<id>.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

from oauthlib.oauth2 import WebApplicationServer
from oauthlib.oauth2.rfc6749 import errors as oauth_errors
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import world
from distribution.rehearsal.platforms.base import Context
from distribution.rehearsal.platforms.oauth import right_password
from distribution.rehearsal.platforms.youtube import provider, tokens
from distribution.rehearsal.templating import page

PERMISSION_WORDS = {
    tokens.UPLOAD: "Tải video lên kênh",
    tokens.READONLY: "Xem kênh, video và số liệu",
    tokens.FORCE_SSL: "Sửa, xóa video; thêm phụ đề",
    tokens.FULL: "Quản lý tài khoản YouTube",
    tokens.PREFIX + "yt-analytics.readonly": "Xem báo cáo của kênh",
    "openid": "Biết bạn là ai",
    "email": "Biết e-mail của bạn",
    "profile": "Biết tên của bạn",
}


class Dialog:
    """o/oauth2/v2/auth."""

    def __init__(self, context: Context, server: WebApplicationServer) -> None:
        self._context = context
        self._server = server

    def handle(self, request: Request) -> Response:
        """Show the form, or go back to the newsroom."""
        uri = provider.authorize_uri(dict(request.args.items()))
        try:
            scopes, about = self._server.validate_authorization_request(uri, "GET", None, {})
        except (oauth_errors.OAuth2Error, ValueError) as error:
            detail = f"{getattr(error, 'error', '') or ''} {getattr(error, 'description', '') or ''}".strip()
            return page("facebook_refused.html", status=400, reason="Yêu cầu đăng nhập không hợp lệ.", detail=detail)
        if request.method != "POST":
            return _form(scopes, about)
        form = request.form
        if form.get("decision") == "deny":
            return _denied(about)
        if not right_password(form.get("email", ""), form.get("password", "")):
            return _form(scopes, about, wrong=True)
        return self._granted(request, uri, scopes)

    def _granted(self, request: Request, uri: str, scopes: list[str]) -> Response:
        form = request.form
        known = [item.id for item in world.YOUTUBE_CHANNELS]
        chosen = form.get("channel", "")
        granted = [scope for scope in scopes if "choice" not in form or scope in form.getlist("permissions")]
        offline = request.args.get("access_type") == "offline" and request.args.get("prompt") == "consent"
        credentials = {
            "person": world.PERSON.id,
            "channel": chosen if chosen in known else known[0],
            "granted": granted,
            "access_type": "offline" if offline else "online",
        }
        headers, _, _ = self._server.create_authorization_response(uri, "GET", None, {}, scopes=granted or scopes, credentials=credentials)
        return redirect(headers["Location"], code=302)


def _form(scopes: list[str], about: dict[str, Any], *, wrong: bool = False) -> Response:
    back = urlsplit(about["redirect_uri"])
    return page(
        "one_dialog.html",
        platform="YouTube",
        question="Kênh nào?",
        field="channel",
        accounts=world.YOUTUBE_CHANNELS,
        status=401 if wrong else 200,
        form_targets=f"'self' {back.scheme}://{back.netloc}",
        app_name=world.APP_NAME,
        demo=world.PERSON,
        wrong=wrong,
        permissions=[(scope, PERMISSION_WORDS[scope], False) for scope in dict.fromkeys(scopes)],
        back_to=back.netloc,
    )


def _denied(about: dict[str, Any]) -> Response:
    answer = {"error": "access_denied", **({"state": about["state"]} if about.get("state") else {})}
    back = about["redirect_uri"]
    return redirect(back + ("&" if urlsplit(back).query else "?") + urlencode(answer), code=302)
