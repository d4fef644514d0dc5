"""The OAuth provider: oauthlib's server side in Google's dialect (offline access, refresh tokens that stay the same)."""

import json
import sqlite3
from typing import Any
from urllib.parse import urlencode

from oauthlib.oauth2 import WebApplicationServer
from oauthlib.oauth2.rfc6749 import errors as oauth_errors

from distribution.rehearsal.platforms.oauth import CodeValidator
from distribution.rehearsal.platforms.youtube import tokens
from distribution.rehearsal.settings import Settings
from distribution.rehearsal.store import Store


class Validator(CodeValidator):
    """A code carries scopes, the channel and the access type."""

    def get_default_scopes(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        return [tokens.READONLY]

    def validate_scopes(self, client_id: str, scopes: list[str], client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        return set(scopes) <= set(tokens.SCOPES)

    def save_authorization_code(self, client_id: str, code: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        self.keep_code(code["code"], request, scopes=json.dumps(request.granted), accounts=json.dumps([request.channel, request.access_type]))

    def open_code(self, row: sqlite3.Row, request: Any) -> None:
        request.scopes = json.loads(row["scopes"])
        request.channel, request.access_type = json.loads(row["accounts"])

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
