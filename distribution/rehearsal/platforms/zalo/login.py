"""The consent page and the token endpoint (channels.md 3.1). A script may do it in one POST: email, password, decision=allow and, if not the first, account=<id>."""

from urllib.parse import urlencode, urlsplit

from oauthlib.oauth2.rfc6749 import errors as oauth_errors
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import world
from distribution.rehearsal.platforms.base import Context, cut
from distribution.rehearsal.platforms.oauth import right_password
from distribution.rehearsal.platforms.zalo import faulty, provider, tokens
from distribution.rehearsal.platforms.zalo.errors import Broken, ZaloError, as_json, broken
from distribution.rehearsal.templating import page

MISMATCH, INACTIVE = -14003, -14002


class Login:
    """v4/oa/permission and v4/oa/access_token."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._validator = provider.Validator(context.settings, context.store)
        self._server = provider.build(self._validator)

    def dialog(self, request: Request) -> Response:
        """Show the form, or go back to the newsroom with code, oa_id and state."""
        uri = provider.authorize_uri(dict(request.args.items()))
        try:
            if unknown := set(request.args) - provider.CONSENT:
                return _refused(f"không biết: {', '.join(sorted(unknown))[:100]}")
            _, about = self._server.validate_authorization_request(uri, "GET", None, {})
        except (oauth_errors.OAuth2Error, ValueError) as error:
            return _refused(_number(error))
        if request.method != "POST":
            return self._form(request)
        form = request.form
        if form.get("decision") == "deny":
            return redirect(f"{about['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': request.args.get('state', '')})}", code=302)
        if not right_password(form.get("email", ""), form.get("password", "")):
            return self._form(request, wrong=True)
        known = [account.id for account in world.ZALO_OAS]
        oa = form["account"] if form.get("account") in known else known[0]
        headers, _, _ = self._server.create_authorization_response(uri, "GET", None, {}, scopes=["oa"], credentials={"person": world.PERSON.id, "oa": oa})
        return redirect(f"{headers['Location']}&{urlencode({'oa_id': oa})}", code=302)

    def _form(self, request: Request, *, wrong: bool = False) -> Response:
        back = urlsplit(request.args["redirect_uri"])
        return page(
            "one_dialog.html", status=401 if wrong else 200, platform="Zalo", question="Official Account nào?", field="account", accounts=world.ZALO_OAS, permissions=(),
            form_targets=f"'self' {back.scheme}://{back.netloc}", app_name=world.APP_NAME, demo=world.PERSON, wrong=wrong, back_to=back.netloc,
        )  # fmt: skip

    def token(self, request: Request) -> Response:
        """Code or refresh token against a pair; the secret comes in the header `secret_key`."""
        form = dict(request.form.items())
        if request.method != "POST":
            return as_json(provider.refusal("invalid_request", "POST only"))
        fault = None
        if form.get("grant_type") == "refresh_token":
            with self._context.store.read() as db:
                holder = tokens.find(db, form.get("refresh_token", ""), kind=tokens.REFRESH)
            try:
                fault = faulty.take(self._context, None, name="refresh", token=holder, kind=faulty.REFRESH)
            except ZaloError as error:
                return error.response()
            except Broken:
                return broken()
        body = provider.token(self._server, self._validator, form, secret=request.headers.get("secret_key", ""))
        if fault is not None and fault.name == "refresh_lost":
            raise cut(request)
        return as_json(body)


def _number(error: Exception) -> str:
    """What Zalo's page says of a wrong address (3.1, first row)."""
    if isinstance(error, oauth_errors.MismatchingRedirectURIError | oauth_errors.MissingRedirectURIError | oauth_errors.InvalidRedirectURIError):
        return f"error {MISMATCH}"
    if isinstance(error, oauth_errors.InvalidClientIdError | oauth_errors.MissingClientIdError):
        return f"error {INACTIVE}"
    return str(getattr(error, "description", "") or error)[:200]


def _refused(detail: str) -> Response:
    return page("facebook_refused.html", status=400, reason="Yêu cầu cấp quyền không hợp lệ.", detail=detail)
