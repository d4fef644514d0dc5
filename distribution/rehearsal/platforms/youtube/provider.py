"""The OAuth provider: oauthlib's server side in Google's dialect (offline access, refresh tokens that stay the same)."""

import hmac
import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

from oauthlib.oauth2 import RequestValidator, WebApplicationServer
from oauthlib.oauth2.rfc6749 import errors as oauth_errors

from distribution.rehearsal import clock
from distribution.rehearsal.platforms.youtube import tokens
from distribution.rehearsal.settings import Settings
from distribution.rehearsal.store import Store

CODE_SECONDS = 600


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
        return [tokens.READONLY]

    def validate_scopes(self, client_id: str, scopes: list[str], client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        return set(scopes) <= set(tokens.SCOPES)

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        return False

    def save_authorization_code(self, client_id: str, code: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        about = json.dumps([request.channel, request.access_type])
        values = (code["code"], client_id, request.redirect_uri, request.person, json.dumps(request.granted), about)
        with self._store.write() as db:
            db.execute(
                "INSERT INTO codes (code, client_id, redirect_uri, person, scopes, declined, accounts, challenge, challenge_method, created_at)"
                " VALUES (?, ?, ?, ?, ?, '[]', ?, ?, ?, ?)",
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
        request.scopes, request.person = json.loads(row["scopes"]), row["person"]
        request.channel, request.access_type = json.loads(row["accounts"])
        request.user = row["person"]
        return bool(used)

    def get_code_challenge(self, code: str, request: Any) -> Any:
        return self._of_code(code, "challenge")

    def get_code_challenge_method(self, code: str, request: Any) -> Any:
        return self._of_code(code, "challenge_method")

    def _of_code(self, code: str, column: str) -> str | None:
        with self._store.read() as db:
            row = db.execute("SELECT * FROM codes WHERE code = ?", (code,)).fetchone()
        return row[column] if row else None

    def confirm_redirect_uri(self, client_id: str, code: str, redirect_uri: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        return self._of_code(code, "redirect_uri") == redirect_uri

    def invalidate_authorization_code(self, client_id: str, code: str, request: Any, *args: Any, **kwargs: Any) -> None:
        """Nothing left to do: `validate_code` used it up."""

    def validate_refresh_token(self, refresh_token: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        with self._store.read() as db:
            found = tokens.find(db, refresh_token, kind=tokens.REFRESH)
        if found is not None:
            request.channel, request.person, request.access_type = found.channel, found.person, ""
        return found is not None

    def get_original_scopes(self, refresh_token: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        with self._store.read() as db:
            found = tokens.find(db, refresh_token, kind=tokens.REFRESH)
        return list(found.scopes) if found else []

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        if request.access_type != "offline":
            token.pop("refresh_token", None)
        fresh = tokens.Token(token["access_token"], request.channel, request.person, tuple(request.scopes))
        with self._store.write() as db:
            tokens.save(db, fresh, kind=tokens.ACCESS, app_id=request.client_id, parent=token.get("refresh_token") or request.refresh_token or "")
            if token.get("refresh_token"):
                kept = tokens.Token(token["refresh_token"], request.channel, request.person, tuple(request.scopes))
                tokens.save(db, kept, kind=tokens.REFRESH, app_id=request.client_id)


def build(settings: Settings, store: Store) -> WebApplicationServer:
    """The provider for one process."""
    server = WebApplicationServer(
        Validator(settings, store),
        token_generator=lambda request: tokens.new_access(),
        refresh_token_generator=lambda request: tokens.new_refresh(),
        token_expires_in=tokens.SECONDS,
    )
    server.refresh_grant.issue_new_refresh_tokens = False  # type: ignore[attr-defined]
    return server


def authorize_uri(args: dict[str, str]) -> str:
    """The dialog's address as oauthlib wants it; the host plays no part."""
    return "https://rehearsal.invalid/o/oauth2/v2/auth?" + urlencode({name: value for name, value in args.items() if value})


def token(server: WebApplicationServer, fields: dict[str, str]) -> tuple[dict[str, Any], int]:
    """The token endpoint: body and status of the answer."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        _, body, status = server.create_token_response("https://rehearsal.invalid/token", "POST", urlencode(fields), kind)
        return json.loads(body), int(status)
    except (oauth_errors.OAuth2Error, ValueError) as error:
        return {"error": "invalid_request", "error_description": str(error)[:200]}, 400
