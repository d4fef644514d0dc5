"""Connecting an account: Zalo's consent with PKCE, code → pair of tokens, and new pairs for old (channels.md 3.1). A refresh token is good once."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from distribution.connectors.base import JSON, Credential, Failure, FailureClass, Phase, Target
from distribution.connectors.logins import App, Choice, end_of
from distribution.connectors.messages import sentence
from distribution.connectors.zalo_oa.api import zalo
from distribution.connectors.zalo_oa.config import ADDRESS, DIALOG, FALLBACK_LIFE, REFRESH_LIFE
from distribution.connectors.zalo_oa.errors import classify, code_of
from newsroom.common.http import NoAnswer, call

F = FailureClass


class ZaloLogin:
    """Zalo's log-in as the channels know it. The person picks the Official Account there; the way back names it."""

    label = "Zalo OA"
    rehearsal = "zalo"
    address = ADDRESS
    dialog = DIALOG
    setup = ("ZALO_APP_ID", "ZALO_APP_SECRET")
    account_field = "oa_id"

    def authorize_url(self, app: App, *, redirect_uri: str, state: str, verifier: str) -> str:
        """Where the browser goes: no scopes, no response_type, S256 understood. Rights are ticked in Zalo's console."""
        challenge = _base64(hashlib.sha256(_verifier(app, verifier).encode()).digest())
        return f"{app.dialog.rstrip('/')}/v4/oa/permission?{urlencode({'app_id': app.app_id, 'redirect_uri': redirect_uri, 'code_challenge': challenge, 'state': state})}"

    def choices(self, app: App, *, redirect_uri: str, code: str, verifier: str) -> list[Choice] | Failure:
        """The one account that was picked there. Its id is empty where Zalo tells it on the way back only."""
        fields = {"code": code, "app_id": app.app_id, "grant_type": "authorization_code", "code_verifier": _verifier(app, verifier)}
        pair = _tokens(app.dialog, app.app_secret, fields, allowed_origins=app.allowed_origins)
        if isinstance(pair, Failure):
            return pair
        target = Target("", app.address, Credential(str(pair["access_token"]), app.app_id, app.app_secret), app.settings)
        about = account(target)
        if isinstance(about, Failure):
            return about
        return [Choice(str(about.get("oa_id") or ""), str(about.get("name") or ""), target.credential.token, str(pair["refresh_token"]), expiry(pair).timestamp(), ends_at=ends_at(pair).timestamp())]


def _verifier(app: App, secret: str) -> str:
    """43 letters made of this log-in's secret; or the one that Zalo's console fixed for the application."""
    return app.fixed_verifier or _base64(hashlib.sha256(secret.encode()).digest())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def account(target: Target) -> JSON | Failure:
    """Whose the token is."""
    return zalo(target, "GET", "oa/getoa", phase=Phase.READ)


def expiry(pair: JSON) -> datetime:
    """When the token ends, by what Zalo says: a text of seconds (25 hours)."""
    text = str(pair.get("expires_in", ""))
    return datetime.now(tz=UTC) + timedelta(seconds=float(text) if text.isascii() and text.isdigit() and len(text) < 10 else FALLBACK_LIFE)


def ends_at(pair: JSON) -> datetime:
    """When the refresh token ends, should no renewal succeed before."""
    told = end_of(pair.get("refresh_token_expires_in"), usual=REFRESH_LIFE)
    assert told is not None
    return told


def _tokens(base: str, secret: str, fields: dict[str, str], *, allowed_origins: Any) -> JSON | Failure:
    outcome = call("POST", f"{base.rstrip('/')}/v4/oa/access_token", data=fields, headers={"secret_key": secret}, allowed_origins=allowed_origins)
    body = None if isinstance(outcome, NoAnswer) else outcome.json()
    if isinstance(outcome, NoAnswer) or outcome.status != 200 or code_of(outcome)[0] or not isinstance(body, dict) or not (body.get("access_token") and body.get("refresh_token")):
        return classify(outcome, phase=Phase.READ)
    return body


def refresh(target: Target) -> Credential | Failure:
    """A new pair. The old refresh token is dead at once, so the caller keeps the new one before it is used.

    Zalo names no number for a dead refresh token: whatever it refuses but for the rate means connecting again. What is no answer of its own disconnects nobody.
    """
    old = target.credential
    if not old.refresh_token:
        return Failure(F.AUTH_DEAD, "token_dead", sentence("token_dead"))
    fields = {"refresh_token": old.refresh_token, "app_id": old.app_id, "grant_type": "refresh_token"}
    base = (target.settings.get("addresses") or {}).get("dialog") or (DIALOG if target.address.rstrip("/") == ADDRESS else target.address)
    pair = _tokens(base, old.app_secret, fields, allowed_origins=target.settings.get("allowed_origins", ()))
    if not isinstance(pair, Failure):
        return Credential(str(pair["access_token"]), old.app_id, old.app_secret, expiry(pair), str(pair["refresh_token"]), ends_at(pair))
    if pair.kind in (F.RATE, F.TRANSIENT_SAFE):
        return pair
    if not pair.platform_message:
        return Failure(F.TRANSIENT_SAFE, "platform_down", sentence("platform_down"), raw=pair.raw)
    return Failure(F.AUTH_DEAD, "token_dead", sentence("token_dead"), platform_message=pair.platform_message, raw=pair.raw)
