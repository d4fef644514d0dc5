"""Connecting a Page: consent in the browser, code → short → long user token → Page token, proved before it is kept (channels.md 1.1).

State is made and checked by the caller, which binds it to the session. Nothing here is kept.
"""

from __future__ import annotations

from oauthlib.oauth2 import OAuth2Error
from requests import RequestException
from requests_oauthlib import OAuth2Session
from requests_oauthlib.compliance_fixes import facebook_compliance_fix

from distribution.connectors.base import JSON, Credential, Failure, FailureClass, Phase, Target
from distribution.connectors.facebook_page.config import ADDRESS, DIALOG, SCOPES, VERSION, WISHES
from distribution.connectors.facebook_page.graph import graph
from distribution.connectors.logins import App, Choice
from distribution.connectors.messages import sentence
from newsroom.common.http import protect, scrub


class FacebookLogin:
    """Facebook's log-in as the channels know it."""

    label = "Facebook"
    rehearsal = "facebook"
    address = ADDRESS
    dialog = DIALOG
    setup = ("FACEBOOK_APP_ID", "FACEBOOK_APP_SECRET")

    def authorize_url(self, app: App, *, redirect_uri: str, state: str, verifier: str = "") -> str:
        """Where the browser goes for log-in and consent."""
        return authorize_url(app, redirect_uri=redirect_uri, state=state)

    def choices(self, app: App, *, redirect_uri: str, code: str, verifier: str = "") -> list[Choice] | Failure:
        """The Pages that may be connected."""
        token = exchange(app, redirect_uri=redirect_uri, code=code)
        return token if isinstance(token, Failure) else choose_targets(app, user_token=token)


def authorize_url(app: App, *, redirect_uri: str, state: str) -> str:
    """Where the browser goes for log-in and consent."""
    url, _state = _session(app, redirect_uri=redirect_uri).authorization_url(f"{app.dialog}/{VERSION}/dialog/oauth", state=state)
    return url


def _session(app: App, *, redirect_uri: str) -> OAuth2Session:
    session = facebook_compliance_fix(OAuth2Session(app.app_id, redirect_uri=redirect_uri, scope=",".join((*SCOPES, *WISHES))))
    protect(session, allowed_origins=app.allowed_origins)
    return session


def exchange(app: App, *, redirect_uri: str, code: str) -> str | Failure:
    """The long-lived user token (about 60 days) for a code that is good once."""
    session = _session(app, redirect_uri=redirect_uri)
    try:
        short = session.fetch_token(
            f"{app.address}/{VERSION}/oauth/access_token", code=code, client_secret=app.app_secret, include_client_id=True, timeout=(5, 30)
        )
    except (OAuth2Error, RequestException, ValueError) as error:
        return Failure(FailureClass.AUTH_DEAD, "token_dead", sentence("token_dead"), platform_message=scrub(str(error))[:500])
    answer = graph(
        _target(app, str(short["access_token"])), "GET", "oauth/access_token", phase=Phase.READ,
        params={"grant_type": "fb_exchange_token", "client_id": app.app_id, "client_secret": app.app_secret, "fb_exchange_token": short["access_token"]},
    )  # fmt: skip
    return answer if isinstance(answer, Failure) else str(answer.get("access_token", ""))


def _target(app: App, token: str, remote_id: str = "me") -> Target:
    settings: JSON = app.settings
    return Target(remote_id, app.address, Credential(token, app.app_id, app.app_secret), settings)


def missing_scopes(app: App, *, user_token: str) -> list[str] | Failure:
    """Permissions that the person did not grant."""
    answer = graph(_target(app, user_token), "GET", "me/permissions", phase=Phase.READ)
    if isinstance(answer, Failure):
        return answer
    granted = {row.get("permission") for row in answer.get("data") or [] if row.get("status") == "granted"}
    return [scope for scope in SCOPES if scope not in granted]


def choose_targets(app: App, *, user_token: str) -> list[Choice] | Failure:
    """The Pages that may be connected, all of them (paged). A Page without a token of its own is none: it was not ticked."""
    if isinstance(missing := missing_scopes(app, user_token=user_token), Failure):
        return missing
    if missing:
        return Failure(FailureClass.AUTH_DEAD, "missing_permission", sentence("missing_permission"), platform_message=", ".join(missing))
    found: list[Choice] = []
    params: JSON = {"fields": "id,name,access_token,tasks", "limit": 100}
    for _page in range(20):
        answer = graph(_target(app, user_token), "GET", "me/accounts", phase=Phase.READ, params=params)
        if isinstance(answer, Failure):
            return answer
        rows = answer.get("data") or []
        found += [Choice(str(row["id"]), str(row.get("name", "")), row["access_token"]) for row in rows if row.get("access_token") and "CREATE_CONTENT" in (row.get("tasks") or ["CREATE_CONTENT"])]
        after = ((answer.get("paging") or {}).get("cursors") or {}).get("after")
        if not after or not (answer.get("paging") or {}).get("next"):
            break
        params = {**params, "after": after}
    return found or Failure(FailureClass.CONFIG, "no_target", sentence("no_target"))
