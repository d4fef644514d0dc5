"""The OAuth provider: oauthlib's server side, told Facebook's dialect.

Differences from RFC 6749 that are kept: scopes separated by commas, a token endpoint that takes GET or POST without grant_type,
no refresh token but fb_exchange_token for a long one, and refusals in Graph's own shape.
"""

import hmac
import json
import time
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from oauthlib.oauth2 import WebApplicationServer
from oauthlib.oauth2.rfc6749 import errors as oauth_errors
from oauthlib.oauth2.rfc6749.grant_types.base import GrantTypeBase

from distribution.rehearsal.platforms.facebook import errors, tokens
from distribution.rehearsal.platforms.facebook.errors import GraphError
from distribution.rehearsal.platforms.oauth import CodeValidator, is_old, use_up
from distribution.rehearsal.settings import Settings
from distribution.rehearsal.store import Store


class RefusedByGraph(oauth_errors.OAuth2Error):
    """A refusal inside oauthlib that already has Graph's body."""

    def __init__(self, refusal: GraphError) -> None:
        super().__init__(description=refusal.message, status_code=refusal.status)
        self.refusal = refusal

    @property
    def json(self) -> str:
        return json.dumps(self.refusal.body())


class Validator(CodeValidator):
    """A code carries scopes, what was declined, and the Pages. Refusals are Graph's own, and a code is used up by the last question."""

    grants = ("authorization_code", "fb_exchange_token")

    def get_default_scopes(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        return ["public_profile"]

    def validate_scopes(self, client_id: str, scopes: list[str], client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        return set(scopes) <= set(tokens.PERMISSIONS)

    def save_authorization_code(self, client_id: str, code: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        granted, declined, pages = (json.dumps(what) for what in (request.granted, request.declined, request.pages))
        self.keep_code(code["code"], request, scopes=granted, declined=declined, accounts=pages)

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        if not request.client_id:
            raise RefusedByGraph(GraphError("Missing client_id parameter.", code=101))
        if request.client_id != self._settings.app_id:
            raise RefusedByGraph(GraphError("Error validating application. Cannot get application info due to a system error.", code=101))
        secret = request.client_secret or ""
        if not hmac.compare_digest(secret.encode(), self._settings.app_secret.encode()):
            raise RefusedByGraph(GraphError("Error validating client secret.", code=1))
        request.client = SimpleNamespace(client_id=request.client_id)
        return True

    def validate_code(self, client_id: str, code: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        with self._store.read() as db:
            row = db.execute("SELECT * FROM codes WHERE code = ? AND client_id = ?", (code, client_id)).fetchone()
        if row is None:
            raise RefusedByGraph(GraphError("Invalid verification code format.", code=100))
        if row["used_at"]:
            raise RefusedByGraph(GraphError("This authorization code has been used.", code=100, subcode=36009))
        if is_old(row):
            raise RefusedByGraph(GraphError("This authorization code has expired.", code=100, subcode=36007))
        request.scopes = json.loads(row["scopes"])
        request.declined, request.pages = json.loads(row["declined"]), json.loads(row["accounts"])
        request.person = request.user = row["person"]
        return True

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        with self._store.write() as db:  # the last question: here the code is used up, by one caller only
            row = db.execute("SELECT redirect_uri FROM codes WHERE code = ?", (code,)).fetchone()
            if row is None or row["redirect_uri"] != redirect_uri:
                message = "Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request"
                raise RefusedByGraph(GraphError(f"Error validating verification code. {message}", code=100, subcode=36008))
            used = use_up(db, code)
        if not used:
            raise RefusedByGraph(GraphError("This authorization code has been used.", code=100, subcode=36009))
        return True

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        moment = int(time.time())
        fresh = tokens.Token(
            text=token["access_token"],
            page="",
            person=request.person,
            scopes=tuple(request.scopes),
            declined=tuple(request.declined),
            pages=tuple(request.pages),
            issued_at=moment,
            expires_at=moment + int(token["expires_in"]),
            dead_subcode=None,
        )
        with self._store.write() as db:
            tokens.save(db, fresh, app_id=request.client_id)

    def living_user_token(self, text: str) -> tokens.Token:
        """The user token of an exchange. Raises RefusedByGraph."""
        with self._store.read() as db:
            try:
                token = tokens.require(db, text, settings=self._settings, proof="")
            except GraphError as refusal:
                raise RefusedByGraph(refusal) from refusal
        if token.page:
            raise RefusedByGraph(errors.bad_parameter("fb_exchange_token must be a user access token."))
        return token


class LongTokenGrant(GrantTypeBase):
    """grant_type=fb_exchange_token: a living user token becomes one of about 60 days."""

    def __init__(self, validator: Validator) -> None:
        super().__init__(validator)
        self._validator = validator

    def create_token_response(self, request: Any, token_handler: Any) -> tuple[dict[str, str], str, int]:
        headers = {"Content-Type": "application/json"}
        try:
            self._validator.authenticate_client(request)
            self.validate_grant_type(request)
            given = self._validator.living_user_token(getattr(request, "fb_exchange_token", "") or "")
        except oauth_errors.OAuth2Error as refusal:
            return headers, refusal.json, refusal.status_code
        request.person, request.scopes = given.person, list(given.scopes)
        request.declined, request.pages = given.declined, given.pages
        token = token_handler.create_token(request, refresh_token=False)
        self._validator.save_token(token, request)
        return headers, json.dumps(token), 200


def build(settings: Settings, store: Store) -> WebApplicationServer:
    """The provider for one process."""
    validator = Validator(settings, store)
    server = WebApplicationServer(validator, token_generator=lambda request: tokens.new_text(), token_expires_in=_lifetime)
    server.auth_grant.refresh_token = False
    server.grant_types["fb_exchange_token"] = LongTokenGrant(validator)
    return server


def _lifetime(request: Any) -> int:
    return tokens.LONG_SECONDS if request.grant_type == "fb_exchange_token" else tokens.SHORT_SECONDS


def authorize_uri(args: dict[str, str]) -> str:
    """The dialog's address as oauthlib wants it: scopes by spaces, response_type said. The host plays no part."""
    spoken = dict(args)
    spoken.setdefault("response_type", "code")
    spoken["scope"] = " ".join(part for part in spoken.get("scope", "").replace(",", " ").split())
    return "https://rehearsal.invalid/dialog/oauth?" + urlencode({name: value for name, value in spoken.items() if value})


def exchange(server: WebApplicationServer, fields: dict[str, str]) -> tuple[dict[str, Any], int]:
    """The token endpoint: body and status of the answer, whatever method the client used."""
    spoken = {"grant_type": "authorization_code", **fields}
    if spoken["grant_type"] not in ("authorization_code", "fb_exchange_token"):
        return errors.bad_parameter("param grant_type is not supported here.").body(), 400
    if spoken["grant_type"] == "authorization_code" and not spoken.get("redirect_uri"):
        return GraphError("Missing redirect_uri parameter.", code=191).body(), 400
    try:
        _, body, status = server.create_token_response(
            "https://rehearsal.invalid/oauth/access_token", "POST", urlencode(spoken), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        answer = json.loads(body)
    except (oauth_errors.OAuth2Error, ValueError) as error:
        return GraphError(str(error) or "Invalid request.", code=100).body(), 400
    if status != 200:
        if isinstance(answer.get("error"), dict):
            return answer, status
        return GraphError(answer.get("error_description") or str(answer.get("error")), code=100).body(), 400
    return {"access_token": answer["access_token"], "token_type": "bearer", "expires_in": answer["expires_in"]}, 200
