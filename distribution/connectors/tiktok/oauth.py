"""Connecting an account: TikTok's log-in, code → token and refresh token, and new pairs for old (channels.md 3b.1). The refresh token changes every time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from distribution.connectors.base import JSON, Credential, Failure, FailureClass, Phase, Target
from distribution.connectors.logins import App, Choice, end_of
from distribution.connectors.messages import sentence
from distribution.connectors.tiktok.api import tiktok
from distribution.connectors.tiktok.config import ADDRESS, DIALOG, SCOPES
from distribution.connectors.tiktok.errors import classify
from newsroom.common.http import NoAnswer, call

F = FailureClass
DIALOG_PATH = "v2/auth/authorize/"  # below a rehearsal address
ME = "open_id,display_name"


class TikTokLogin:
    """TikTok's log-in as the channels know it."""

    label = "TikTok"
    rehearsal = "tiktok"
    address = ADDRESS
    dialog = DIALOG
    setup = ("TIKTOK_APP_ID", "TIKTOK_APP_SECRET")

    def authorize_url(self, app: App, *, redirect_uri: str, state: str, verifier: str) -> str:
        """Where the browser goes. The web log-in knows a state and no PKCE; `extra_scopes` are those that our application was granted beside drafts."""
        dialog = app.dialog if app.dialog.rstrip("/").endswith(DIALOG_PATH.rstrip("/")) else f"{app.dialog.rstrip('/')}/{DIALOG_PATH}"
        scopes = ",".join((*SCOPES, *app.extra_scopes))
        return f"{dialog}?{urlencode({'client_key': app.app_id, 'redirect_uri': redirect_uri, 'state': state, 'response_type': 'code', 'scope': scopes})}"

    def choices(self, app: App, *, redirect_uri: str, code: str, verifier: str) -> list[Choice] | Failure:
        """The account that logged in. A person may leave out permissions: each is looked for."""
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        pair = _tokens(app.address, app.app_id, app.app_secret, fields, allowed_origins=app.allowed_origins)
        if isinstance(pair, Failure):
            return pair
        granted = str(pair.get("scope") or "").split(",")
        if missing := [scope for scope in (*SCOPES, *app.extra_scopes) if scope not in granted]:
            return Failure(F.AUTH_DEAD, "missing_permission", sentence("missing_permission"), platform_message=", ".join(missing))
        target = Target(str(pair.get("open_id") or ""), app.address, Credential(str(pair["access_token"])), app.settings)
        me = user(target)
        if isinstance(me, Failure):
            return me
        ends = end_of(pair.get("refresh_expires_in"))
        return [Choice(target.remote_id, str(me.get("display_name") or ""), target.credential.token, str(pair["refresh_token"]), expiry(pair).timestamp(), ends_at=ends.timestamp() if ends else 0.0)]


def user(target: Target) -> JSON | Failure:
    """Who the token belongs to."""
    data = tiktok(target, "v2/user/info/", phase=Phase.READ, params={"fields": ME}, method="GET")
    if isinstance(data, Failure):
        return data
    found = data.get("user")
    return found if isinstance(found, dict) else {}


def expiry(pair: JSON) -> datetime:
    """When the token ends: only by what TikTok says (two hours now, a day before)."""
    text = str(pair.get("expires_in", ""))
    return datetime.now(tz=UTC) + timedelta(seconds=float(text) if text.isdigit() and len(text) < 10 else 3600.0)


def _tokens(address: str, app_id: str, app_secret: str, fields: dict[str, str], *, allowed_origins: Any) -> JSON | Failure:
    data = {"client_key": app_id, "client_secret": app_secret, **fields}
    outcome = call("POST", f"{address.rstrip('/')}/v2/oauth/token/", data=data, allowed_origins=allowed_origins)
    body = None if isinstance(outcome, NoAnswer) else outcome.json()
    if isinstance(outcome, NoAnswer) or outcome.status != 200 or not isinstance(body, dict) or not (body.get("access_token") and body.get("refresh_token")):
        return classify(outcome, phase=Phase.READ)
    return body


def refresh(target: Target) -> Credential | Failure:
    """A new pair. The old refresh token stops at once, so the caller keeps the new one before it is used. A network failure never disconnects."""
    old = target.credential
    if not old.refresh_token:
        return Failure(F.AUTH_DEAD, "token_dead", sentence("token_dead"))
    fields = {"grant_type": "refresh_token", "refresh_token": old.refresh_token}
    pair = _tokens(target.address, old.app_id, old.app_secret, fields, allowed_origins=target.settings.get("allowed_origins", ()))
    if isinstance(pair, Failure):
        plain = pair.kind in (F.AUTH_DEAD, F.CONFIG, F.TRANSIENT_SAFE, F.RATE)
        return pair if plain else Failure(F.TRANSIENT_SAFE, "platform_down", sentence("platform_down"), raw=pair.raw)
    return Credential(str(pair["access_token"]), old.app_id, old.app_secret, expiry(pair), str(pair["refresh_token"]), end_of(pair.get("refresh_expires_in")))
