"""The log-in page and the token endpoint. A script may do it in one POST: email, password, decision=allow and, if not the first, account=<id>."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from oauthlib.oauth2.rfc6749 import errors as oauth_errors
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import world
from distribution.rehearsal.platforms.base import Context, cut
from distribution.rehearsal.platforms.oauth import right_password
from distribution.rehearsal.platforms.tiktok import faulty, provider, tokens, videos
from distribution.rehearsal.platforms.tiktok.errors import TiktokError
from distribution.rehearsal.templating import page

PERMISSION_WORDS = {
    tokens.BASIC: "Biết tên và ảnh đại diện của bạn",
    tokens.UPLOAD: "Gửi bản nháp vào hộp thư của bạn trong ứng dụng",
    tokens.LIST: "Xem video công khai của bạn",
    tokens.PUBLISH: "Đăng thẳng lên tài khoản của bạn",
}
# What TikTok's page says of a wrong address: the field to mend. Any other refusal is about redirect_uri.
FIELDS: dict[type[Exception], str] = {
    oauth_errors.MissingClientIdError: "client_key",
    oauth_errors.InvalidClientIdError: "client_key",
    oauth_errors.UnsupportedResponseTypeError: "response_type, state",
    oauth_errors.UnauthorizedClientError: "response_type, state",
    oauth_errors.InvalidScopeError: "scope",
    ValueError: "code_challenge",
}


class Login:
    """v2/auth/authorize/, v2/oauth/token/ and v2/oauth/revoke/."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._server = provider.build(context.settings, context.store)

    def dialog(self, request: Request) -> Response:
        """Show the form, or go back to the newsroom."""
        try:
            uri = provider.authorize_uri(dict(request.args.items()))
            asked, about = self._server.validate_authorization_request(uri, "GET", None, {})
        except (oauth_errors.OAuth2Error, ValueError) as error:
            return page("facebook_refused.html", status=400, reason="Yêu cầu đăng nhập không hợp lệ.", detail=FIELDS.get(type(error), "redirect_uri"))
        if request.method != "POST":
            return _form(asked, about)
        form = request.form
        if form.get("decision") == "deny":
            denied = oauth_errors.AccessDeniedError(description="The user denied", state=about["state"])
            return redirect(denied.in_uri(about["redirect_uri"]), code=302)
        if not right_password(form.get("email", ""), form.get("password", "")):
            return _form(asked, about, wrong=True)
        granted = [scope for scope in asked if "choice" not in form or scope == tokens.BASIC or scope in form.getlist("permissions")]
        account = form["account"] if form.get("account") in videos.ACCOUNTS else world.TIKTOK_ACCOUNTS[0].id
        carried = {"person": world.PERSON.id, "account": account, "granted": granted}
        headers, _, _ = self._server.create_authorization_response(uri, "GET", None, {}, scopes=asked, credentials=carried)
        return redirect(f"{headers['Location']}&{urlencode({'scopes': ','.join(granted)})}", code=302)

    def token(self, request: Request) -> Response:
        """Code or refresh token against a pair; flat JSON, refusals too."""
        form = dict(request.form.items())
        fault = None
        if form.get("grant_type") == "refresh_token":
            with self._context.store.read() as db:
                holder = tokens.find(db, form.get("refresh_token", ""), kind=tokens.REFRESH)
            try:
                fault = faulty.take(self._context, None, name="refresh", token=holder, commits=False)
            except TiktokError as error:
                return error.response()
        response = provider.answer(self._server.create_token_response, form)
        if fault is not None and fault.name == "refresh_lost":
            raise cut(request)
        return response

    def revoke(self, request: Request) -> Response:
        """The newsroom gives a token back."""
        return provider.answer(self._server.create_revocation_response, dict(request.form.items()))


def _form(asked: list[str], about: dict[str, Any], *, wrong: bool = False) -> Response:
    back = urlsplit(about["redirect_uri"])
    return page(
        "one_dialog.html", platform="TikTok", question="Tài khoản nào?", field="account", accounts=world.TIKTOK_ACCOUNTS, form_targets=f"'self' {back.scheme}://{back.netloc}",
        app_name=world.APP_NAME, demo=world.PERSON, wrong=wrong, permissions=[(scope, PERMISSION_WORDS[scope], scope == tokens.BASIC) for scope in dict.fromkeys(asked)],
        back_to=back.netloc,
    )  # fmt: skip
