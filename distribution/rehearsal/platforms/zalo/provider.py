"""The OAuth provider: oauthlib's server side in Zalo's dialect (channels.md 3.1): app_id, the secret in a header, PKCE always, refresh tokens that are good once."""

import json
import sqlite3
from typing import Any
from urllib.parse import urlencode

from oauthlib.oauth2 import WebApplicationServer
from oauthlib.oauth2.rfc6749 import errors as oauth_errors

from distribution.rehearsal.platforms.oauth import CodeValidator
from distribution.rehearsal.platforms.zalo import tokens

CONSENT = frozenset({"app_id", "redirect_uri", "code_challenge", "state"})  # no response_type, no scope, no code_challenge_method


class Validator(CodeValidator):
    """A code carries the Official Account; there is one scope, which nobody names."""

    pkce_required = True

    def get_default_scopes(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        return ["oa"]

    def validate_scopes(self, client_id: str, scopes: list[str], client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        return scopes == ["oa"]

    def save_authorization_code(self, client_id: str, code: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        self.keep_code(code["code"], request, accounts=json.dumps([request.oa]))

    def open_code(self, row: sqlite3.Row, request: Any) -> None:
        request.scopes = ["oa"]
        (request.oa,) = json.loads(row["accounts"])

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
