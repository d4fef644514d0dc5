"""The log-in page and the token endpoint. A script may do it in one POST: email, password, decision=allow and, if not the first, account=<id>."""

import hmac
import json
import secrets
from urllib.parse import urlencode, urlsplit

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import clock, world
from distribution.rehearsal.platforms.base import Context, cut
from distribution.rehearsal.platforms.oauth import is_old, right_password
from distribution.rehearsal.platforms.tiktok import faulty, tokens
from distribution.rehearsal.platforms.tiktok.errors import flat, log_id
from distribution.rehearsal.templating import page

PERMISSION_WORDS = {
    tokens.BASIC: "Biết tên và ảnh đại diện của bạn",
    tokens.UPLOAD: "Gửi bản nháp vào hộp thư của bạn trong ứng dụng",
    tokens.LIST: "Xem video công khai của bạn",
    tokens.PUBLISH: "Đăng thẳng lên tài khoản của bạn",
}
ACCOUNTS = {account.id: account for account in world.TIKTOK_ACCOUNTS}


class Login:
    """v2/auth/authorize/, v2/oauth/token/ and v2/oauth/revoke/."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def dialog(self, request: Request) -> Response:
        """Show the form, or go back to the newsroom."""
        wrong = self._wrong(request)
        if wrong:
            return page("facebook_refused.html", status=400, reason="Yêu cầu đăng nhập không hợp lệ.", detail=wrong)
        if request.method != "POST":
            return self._form(request)
        form, back = request.form, request.args["redirect_uri"]
        if form.get("decision") == "deny":
            return redirect(f"{back}?{urlencode({'error': 'access_denied', 'error_description': 'The user denied', 'state': request.args['state']})}", code=302)
        if not right_password(form.get("email", ""), form.get("password", "")):
            return self._form(request, wrong=True)
        asked = request.args["scope"].split(",")
        granted = [scope for scope in asked if "choice" not in form or scope == tokens.BASIC or scope in form.getlist("permissions")]
        code = self._code(request, granted)
        return redirect(f"{back}?{urlencode({'code': code, 'scopes': ','.join(granted), 'state': request.args['state']})}", code=302)

    def _wrong(self, request: Request) -> str:
        args = request.args
        if args.get("client_key") != self._context.settings.app_id:
            return "client_key"
        if args.get("response_type") != "code" or not args.get("state"):
            return "response_type, state"
        if not args.get("scope") or set(args["scope"].split(",")) - set(tokens.SCOPES):
            return "scope"
        try:
            parts = urlsplit(args.get("redirect_uri", ""))
            host = (parts.hostname or "").lower()
        except ValueError:
            return "redirect_uri"
        fits = parts.scheme in ("http", "https") and host in self._context.settings.hosts and not parts.fragment and not parts.query
        return "" if fits and len(args["redirect_uri"]) < 512 else "redirect_uri"

    def _code(self, request: Request, granted: list[str]) -> str:
        code, chosen = secrets.token_urlsafe(40), request.form.get("account", "")
        account = chosen if chosen in ACCOUNTS else world.TIKTOK_ACCOUNTS[0].id
        with self._context.store.write() as db:
            db.execute(
                "INSERT INTO codes (code, client_id, redirect_uri, person, scopes, declined, accounts, created_at) VALUES (?, ?, ?, ?, ?, '[]', ?, ?)",
                (code, self._context.settings.app_id, request.args["redirect_uri"], world.PERSON.id, json.dumps(granted), json.dumps([account]), clock.stamp(clock.now())),
            )
        return code

    def _form(self, request: Request, *, wrong: bool = False) -> Response:
        back = urlsplit(request.args["redirect_uri"])
        return page(
            "one_dialog.html", platform="TikTok", question="Tài khoản nào?", field="account", accounts=world.TIKTOK_ACCOUNTS, form_targets=f"'self' {back.scheme}://{back.netloc}",
            app_name=world.APP_NAME, demo=world.PERSON, wrong=wrong,
            permissions=[(scope, PERMISSION_WORDS[scope], scope == tokens.BASIC) for scope in dict.fromkeys(request.args["scope"].split(","))], back_to=back.netloc,
        )  # fmt: skip

    def token(self, request: Request) -> Response:
        """Code or refresh token against a pair; flat JSON, refusals too."""
        form = request.form
        if form.get("client_key") != self._context.settings.app_id or not hmac.compare_digest(form.get("client_secret", "").encode(), self._context.settings.app_secret.encode()):
            return _refused("invalid_client", "Client key or secret is incorrect.")
        if form.get("grant_type") == "refresh_token":
            return self._refresh(request)
        if form.get("grant_type") != "authorization_code":
            return _refused("unsupported_grant_type", "The grant type is not supported.")
        with self._context.store.write() as db:
            row = db.execute("SELECT * FROM codes WHERE code = ? AND used_at IS NULL", (form.get("code", ""),)).fetchone()
            if row is None or is_old(row) or row["redirect_uri"] != form.get("redirect_uri"):
                return _refused("invalid_grant", "Authorization code is invalid or expired.")
            db.execute("UPDATE codes SET used_at = ? WHERE code = ?", (clock.stamp(clock.now()), row["code"]))
            (account,) = json.loads(row["accounts"])
            return flat(tokens.issue(db, account=account, person=row["person"], app_id=row["client_id"], scopes=tuple(json.loads(row["scopes"]))))

    def _refresh(self, request: Request) -> Response:
        text = request.form.get("refresh_token", "")
        with self._context.store.read() as db:
            holder = tokens.find(db, text, kind=tokens.REFRESH)
        fault = faulty.take(self._context, None, name="refresh", token=holder, commits=False)
        with self._context.store.write() as db:
            pair = tokens.rotate(db, text)
        if fault is not None and fault.name == "refresh_lost":
            raise cut(request)
        return flat(pair) if pair else _refused("invalid_grant", "Refresh token is invalid or expired.")

    def revoke(self, request: Request) -> Response:
        """The newsroom gives a token back."""
        with self._context.store.write() as db:
            found = tokens.find(db, request.form.get("token", ""))
            if found is None:
                return _refused("invalid_request", "The token is not known.")
            tokens.revoke(db, found.account, by="person")
        return flat({})


def _refused(error: str, description: str) -> Response:
    return flat({"error": error, "error_description": description, "log_id": log_id()}, status=400)
