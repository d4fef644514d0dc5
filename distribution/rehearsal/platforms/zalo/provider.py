"""The OAuth provider: oauthlib's server side in Zalo's dialect (channels.md 3.1): app_id, the secret in a header, PKCE always, refresh tokens that are good once."""

import hmac
import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

from oauthlib.oauth2 import RequestValidator, WebApplicationServer
from oauthlib.oauth2.rfc6749 import errors as oauth_errors

from distribution.rehearsal import clock
from distribution.rehearsal.platforms.zalo import tokens
from distribution.rehearsal.settings import Settings
from distribution.rehearsal.store import Store

CODE_SECONDS = 600
CONSENT = frozenset({"app_id", "redirect_uri", "code_challenge", "state"})  # no response_type, no scope, no code_challenge_method


class Validator(RequestValidator):
    """oauthlib's questions, answered from the store."""

    def __init__(self, settings: Settings, store: Store) -> None:
        super().__init__()
        self._settings = settings
        self._store = store

    # The dialog
    def validate_client_id(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        return client_id == self._settings.app_id

    def validate_redirect_uri(self, client_id: str, redirect_uri: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        try:
            parts = urlsplit(redirect_uri)
            host = (parts.hostname or "").lower()
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and host in self._settings.hosts and not parts.fragment

    def get_default_redirect_uri(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> Any:
        return None

    def validate_response_type(self, client_id: str, response_type: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        return response_type == "code"

    def get_default_scopes(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        return ["oa"]

    def validate_scopes(self, client_id: str, scopes: list[str], client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        return scopes == ["oa"]

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        return True

    def save_authorization_code(self, client_id: str, code: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        values = (code["code"], client_id, request.redirect_uri, request.person, json.dumps([request.oa]))
        with self._store.write() as db:
            db.execute(
                "INSERT INTO codes (code, client_id, redirect_uri, person, scopes, declined, accounts, challenge, challenge_method, created_at)"
                " VALUES (?, ?, ?, ?, '[]', '[]', ?, ?, ?, ?)",
                (*values, request.code_challenge, request.code_challenge_method, clock.stamp(clock.now())),
            )

    # The token endpoint
    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        return True

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        right = hmac.compare_digest((request.client_secret or "").encode(), self._settings.app_secret.encode())
        request.client = SimpleNamespace(client_id=request.client_id)
        return right and request.client_id == self._settings.app_id

    def validate_grant_type(self, client_id: str, grant_type: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        return grant_type in ("authorization_code", "refresh_token")

    def validate_code(self, client_id: str, code: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        with self._store.write() as db:  # here the code is used up, by one caller only
            row = db.execute("SELECT * FROM codes WHERE code = ? AND client_id = ?", (code, client_id)).fetchone()
            if row is None or (clock.now() - clock.read(row["created_at"])).total_seconds() > CODE_SECONDS:
                return False
            used = db.execute("UPDATE codes SET used_at = ? WHERE code = ? AND used_at IS NULL", (clock.stamp(clock.now()), code)).rowcount
        request.scopes, request.user, request.person = ["oa"], row["person"], row["person"]
        (request.oa,) = json.loads(row["accounts"])
        return bool(used)

    def get_code_challenge(self, code: str, request: Any) -> Any:
        return self.of_code(code, "challenge")

    def get_code_challenge_method(self, code: str, request: Any) -> Any:
        return self.of_code(code, "challenge_method")

    def of_code(self, code: str, column: str) -> str | None:
        """What is known of a code."""
        with self._store.read() as db:
            row = db.execute("SELECT * FROM codes WHERE code = ?", (code,)).fetchone()
        return row[column] if row else None

    def confirm_redirect_uri(self, client_id: str, code: str, redirect_uri: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        return self.of_code(code, "redirect_uri") == redirect_uri

    def invalidate_authorization_code(self, client_id: str, code: str, request: Any, *args: Any, **kwargs: Any) -> None:
        """Nothing left to do: `validate_code` used it up."""

    def validate_refresh_token(self, refresh_token: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        with self._store.write() as db:  # here it is used up, by one caller only
            found = tokens.find(db, refresh_token, kind=tokens.REFRESH)
            good = found is not None and tokens.use_up(db, refresh_token)
        if found is not None:
            request.oa, request.person = found.oa, found.person
        return good

    def get_original_scopes(self, refresh_token: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        return ["oa"]

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        with self._store.write() as db:
            tokens.save(db, tokens.Token(token["access_token"], request.oa, request.person), kind=tokens.ACCESS, app_id=request.client_id)
            tokens.save(db, tokens.Token(token["refresh_token"], request.oa, request.person), kind=tokens.REFRESH, app_id=request.client_id)


def build(validator: Validator) -> WebApplicationServer:
    """The provider for one process."""
    return WebApplicationServer(
        validator, token_generator=lambda request: tokens.new_text(), refresh_token_generator=lambda request: tokens.new_text(), token_expires_in=tokens.SECONDS,
    )  # fmt: skip


def authorize_uri(args: dict[str, str]) -> str:
    """The dialog's address as oauthlib wants it: what Zalo leaves unsaid is said."""
    said = {"client_id": args.get("app_id", ""), "response_type": "code", "code_challenge_method": "S256", "scope": "oa"}
    return "https://rehearsal.invalid/v4/oa/permission?" + urlencode({**{name: args[name] for name in ("redirect_uri", "code_challenge", "state") if args.get(name)}, **said})


def token(server: WebApplicationServer, validator: Validator, form: dict[str, str], *, secret: str) -> dict[str, Any]:
    """The token endpoint: the pair, or a refusal; the status of both is 200."""
    known = {"code", "code_verifier"} if form.get("grant_type") == "authorization_code" else {"refresh_token"}
    fields = {name: form[name] for name in {*known, "grant_type"} if name in form}
    back = validator.of_code(fields.get("code", ""), "redirect_uri")
    fields |= {"client_id": form.get("app_id", ""), "client_secret": secret, **({"redirect_uri": back} if back else {})}
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        _, text, status = server.create_token_response("https://rehearsal.invalid/v4/oa/access_token", "POST", urlencode(fields), kind)
        body = json.loads(text)
    except (oauth_errors.OAuth2Error, ValueError) as error:
        status, body = 400, {"error": "invalid_request", "error_description": str(error)[:200]}
    if status != 200:
        return refusal(str(body.get("error")), str(body.get("error_description") or ""))
    return {"access_token": body["access_token"], "refresh_token": body["refresh_token"], "expires_in": str(body["expires_in"])}


def refusal(name: str, reason: str) -> dict[str, Any]:
    """A refusal of the token endpoint (3.1). Its numbers are not documented: any that is not 0 means no; ours is one."""
    return {"error": -14000, "error_name": name, "error_reason": reason or name, "ref_doc": "", "error_description": reason or name}
