"""The OAuth provider: oauthlib's server side in TikTok's dialect (channels.md 3b.1): client_key, commas, a state always, refresh tokens good once, flat refusals."""

import base64
import json
import secrets
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from oauthlib.oauth2 import WebApplicationServer
from oauthlib.oauth2.rfc6749 import errors as oauth_errors
from werkzeug.wrappers import Response

from distribution.rehearsal.platforms.oauth import CodeValidator
from distribution.rehearsal.platforms.tiktok import tokens
from distribution.rehearsal.platforms.tiktok.errors import flat, log_id
from distribution.rehearsal.settings import Settings
from distribution.rehearsal.store import Store

ADDRESS = "https://rehearsal.invalid/"  # oauthlib wants https; the host plays no part
HEARD = ("client_secret", "grant_type", "code", "code_verifier", "redirect_uri", "refresh_token", "token")
WORDS = {
    "invalid_client": "Client key or secret is incorrect.",
    "invalid_grant": "Authorization code or refresh token is invalid or expired.",
    "unsupported_grant_type": "The grant type is not supported.",
}


class Validator(CodeValidator):
    """A code carries the account and the scopes that were ticked."""

    def validate_redirect_uri(self, client_id: str, redirect_uri: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        return super().validate_redirect_uri(client_id, redirect_uri, request) and not urlsplit(redirect_uri).query and len(redirect_uri) < 512

    def validate_response_type(self, client_id: str, response_type: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        return response_type == "code" and bool(request.state)  # to the RFC a state is advice, here it is required

    def validate_scopes(self, client_id: str, scopes: list[str], client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        return set(scopes) <= set(tokens.SCOPES)

    def save_authorization_code(self, client_id: str, code: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        self.keep_code(code["code"], request, scopes=json.dumps(request.granted), accounts=json.dumps([request.account]))

    def open_code(self, row: sqlite3.Row, request: Any) -> None:
        request.scopes = json.loads(row["scopes"])
        (request.account,) = json.loads(row["accounts"])

    def validate_refresh_token(self, refresh_token: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        with self._store.write() as db:  # here it is used up, by one caller only
            found = tokens.use_up(db, refresh_token)
        if found is not None:
            request.account, request.person, request.granted = found.account, found.person, found.scopes
        return found is not None

    def get_original_scopes(self, refresh_token: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        return list(request.granted)

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        token.update(open_id=request.account, refresh_expires_in=tokens.REFRESH_SECONDS, scope=",".join(request.scopes))
        with self._store.write() as db:
            for kind, text in ((tokens.ACCESS, token["access_token"]), (tokens.REFRESH, token["refresh_token"])):
                tokens.save(db, tokens.Token(text, request.account, tuple(request.scopes), request.person), kind=kind, app_id=request.client_id)

    def revoke_token(self, token: str, token_type_hint: str, request: Any, *args: Any, **kwargs: Any) -> None:
        with self._store.write() as db:
            found = tokens.find(db, token)
            if found is None:
                raise oauth_errors.InvalidRequestError(description="The token is not known.")
            tokens.revoke(db, found.account, by="person")


def build(settings: Settings, store: Store) -> WebApplicationServer:
    """The provider for one process."""
    return WebApplicationServer(
        Validator(settings, store), token_generator=lambda request: "act." + secrets.token_urlsafe(48),
        refresh_token_generator=lambda request: "rft." + secrets.token_urlsafe(48), token_expires_in=tokens.SECONDS,
    )  # fmt: skip


def authorize_uri(args: dict[str, str]) -> str:
    """The dialog's address as oauthlib wants it. Raises ValueError for a challenge that is not the hex TikTok writes."""
    said = {"client_id": args.get("client_key", ""), **{name: args.get(name, "") for name in ("redirect_uri", "response_type", "state")}}
    said["scope"] = " ".join(part.replace(" ", "+") or "+" for part in args.get("scope", "").split(","))  # a blank or an empty name stays wrong
    if args.get("code_challenge"):
        challenge = base64.urlsafe_b64encode(bytes.fromhex(args["code_challenge"])).decode().rstrip("=")
        said |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    return f"{ADDRESS}?{urlencode(said)}"


def answer(ask: Callable[..., tuple[dict[str, str], str, int]], form: dict[str, str]) -> Response:
    """What a call of the provider (tokens, revocation) says to a form, in TikTok's shape."""
    fields = {"client_id": form.get("client_key", ""), **{name: form[name] for name in HEARD if name in form}}
    try:
        _, text, status = ask(ADDRESS, "POST", urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"})
    except oauth_errors.OAuth2Error as error:
        text, status = error.json, error.status_code
    body = json.loads(text or "{}")
    if status == 200:
        return flat(body)
    error = body["error"]
    return flat({"error": error, "error_description": body.get("error_description") or WORDS.get(error, error), "log_id": log_id()}, status=400)
