"""Connecting a channel: Google's log-in, code → token and refresh token, the channel that the person chose there; and new tokens for old (channels.md 2.1)."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from oauthlib.oauth2 import OAuth2Error
from requests import RequestException
from requests_oauthlib import OAuth2Session

from distribution.connectors.base import JSON, Credential, Failure, FailureClass, Phase, Target
from distribution.connectors.logins import App, Choice, end_of
from distribution.connectors.messages import sentence
from distribution.connectors.youtube.api import clock, google, items, part
from distribution.connectors.youtube.config import ADDRESS, DIALOG, SCOPES, TOKEN
from distribution.connectors.youtube.errors import classify
from newsroom.common.http import NoAnswer, call, protect, scrub

DIALOG_PATH = "o/oauth2/v2/auth"  # below a rehearsal address


class GoogleLogin:
    """Google's log-in as the channels know it."""

    label = "YouTube"
    rehearsal = "youtube"
    address = ADDRESS
    dialog = DIALOG
    setup = ("YOUTUBE_APP_ID", "YOUTUBE_APP_SECRET")

    def authorize_url(self, app: App, *, redirect_uri: str, state: str, verifier: str) -> str:
        """Where the browser goes. Offline access with a fresh consent: else no refresh token comes back."""
        dialog = app.dialog if app.dialog.endswith(DIALOG_PATH) else f"{app.dialog.rstrip('/')}/{DIALOG_PATH}"
        session = OAuth2Session(app.app_id, redirect_uri=redirect_uri, scope=list(SCOPES))
        proof = {"code_challenge": challenge_of(verifier), "code_challenge_method": "S256"}
        url, _state = session.authorization_url(dialog, state=state, access_type="offline", prompt="consent", include_granted_scopes="true", **proof)
        return str(url)

    def choices(self, app: App, *, redirect_uri: str, code: str, verifier: str) -> list[Choice] | Failure:
        """The channel that was chosen in Google's dialog, with token and refresh token."""
        token = _exchange(app, redirect_uri=redirect_uri, code=code, verifier=verifier)
        if isinstance(token, Failure):
            return token
        if missing := [scope for scope in SCOPES if scope not in _scopes(token)]:
            return Failure(FailureClass.AUTH_DEAD, "missing_permission", sentence("missing_permission"), platform_message=", ".join(missing))
        if not token.get("refresh_token"):
            return Failure(FailureClass.AUTH_DEAD, "missing_permission", sentence("missing_permission"), platform_message="no refresh_token")
        target = Target("", app.address, Credential(str(token["access_token"])), app.settings)
        answer = google(target, "GET", "youtube/v3/channels", cost="channels.list", phase=Phase.READ, params={"part": "snippet", "mine": "true"})
        if isinstance(answer, Failure):
            return answer
        ends = end_of(token.get("refresh_token_expires_in"))  # told where access is for a time only: seven days of an application that Google calls "testing"
        expires = (clock() + timedelta(seconds=float(token.get("expires_in") or 3599))).timestamp()
        found = [Choice(str(row["id"]), str(part(row, "snippet").get("title") or ""), target.credential.token, str(token["refresh_token"]), expires, ends_at=ends.timestamp() if ends else 0.0) for row in items(answer)]
        return found or Failure(FailureClass.CONFIG, "no_channel", sentence("no_channel"))


def challenge_of(verifier: str) -> str:
    """What the browser carries in place of the verifier (PKCE, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def token_address(address: str, settings: JSON) -> str:
    """Where tokens come from, for the interface at `address`, unless the settings say where."""
    if told := (settings.get("addresses") or {}).get("token"):
        return str(told)
    return TOKEN if address.rstrip("/") == ADDRESS else f"{address.rstrip('/')}/token"


def _exchange(app: App, *, redirect_uri: str, code: str, verifier: str) -> Any:
    session = OAuth2Session(app.app_id, redirect_uri=redirect_uri)  # without scopes: those that were granted are compared above, not refused here
    protect(session, allowed_origins=app.allowed_origins)
    try:
        return session.fetch_token(
            token_address(app.address, app.settings), code=code, code_verifier=verifier, client_secret=app.app_secret, include_client_id=True, timeout=(5, 30)
        )
    except (OAuth2Error, RequestException, ValueError) as error:
        return Failure(FailureClass.AUTH_DEAD, "token_dead", sentence("token_dead"), platform_message=scrub(str(error))[:500])


def _scopes(token: Any) -> list[str]:
    given = token.get("scope") or []
    return given.split() if isinstance(given, str) else list(given)


def refresh(target: Target) -> Credential | Failure:
    """A new token for the refresh token, which usually stays the same. A network failure never disconnects: it is TRANSIENT_SAFE."""
    credential = target.credential
    if not credential.refresh_token:
        return Failure(FailureClass.AUTH_DEAD, "token_dead", sentence("token_dead"))
    fields = {"grant_type": "refresh_token", "refresh_token": credential.refresh_token, "client_id": credential.app_id, "client_secret": credential.app_secret}
    outcome = call("POST", token_address(target.address, target.settings), data=fields, allowed_origins=target.settings.get("allowed_origins", ()))
    body = None if isinstance(outcome, NoAnswer) else outcome.json()
    if isinstance(outcome, NoAnswer) or outcome.status != 200 or not isinstance(body, dict) or not body.get("access_token"):
        return _not_refreshed(classify(outcome, phase=Phase.READ, now=clock()))
    seconds = float(body["expires_in"]) if str(body.get("expires_in", "")).isdigit() else 3599.0
    expires = datetime.now(tz=UTC) + timedelta(seconds=seconds)
    return Credential(
        str(body["access_token"]), credential.app_id, credential.app_secret, expires, str(body.get("refresh_token") or credential.refresh_token),
        end_of(body.get("refresh_token_expires_in")),
    )  # fmt: skip


def _not_refreshed(failure: Failure) -> Failure:
    """Only a plain "no longer valid" ends a connection; whatever cannot be read is tried again."""
    if failure.kind in (FailureClass.AUTH_DEAD, FailureClass.CONFIG, FailureClass.TRANSIENT_SAFE, FailureClass.RATE):
        return failure
    return Failure(FailureClass.TRANSIENT_SAFE, "platform_down", sentence("platform_down"), raw=failure.raw)
