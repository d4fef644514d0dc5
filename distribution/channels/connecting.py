"""The way in: consent on the platform, choice of a Page, proof of its key, and only then a stored account."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from distribution.channels.models import Account
from distribution.channels.platforms import facebook_app
from distribution.channels.services import ChannelError, connect_account
from distribution.connectors.base import Credential, Failure, Target
from distribution.connectors.facebook_page import oauth
from distribution.connectors.registry import connectors
from newsroom.accounts.models import User

KIND = "facebook_page"


def _refused(failure: Failure) -> ChannelError:
    said = f" ({failure.platform_message})" if failure.platform_message else ""
    return ChannelError(failure.code, f"{_(failure.message)}{said}")


def start(*, redirect_uri: str, state: str, rehearsal: bool) -> str:
    """Where the person's browser goes. Raises ChannelError."""
    return oauth.authorize_url(facebook_app(rehearsal=rehearsal), redirect_uri=redirect_uri, state=state)


def choices(*, redirect_uri: str, code: str, rehearsal: bool) -> list[oauth.Choice]:
    """The Pages that the person may connect, scopes checked. Raises ChannelError."""
    app = facebook_app(rehearsal=rehearsal)
    token = oauth.exchange(app, redirect_uri=redirect_uri, code=code)
    if isinstance(token, Failure):
        raise _refused(token)
    found = oauth.choose_targets(app, user_token=token)
    if isinstance(found, Failure):
        raise _refused(found)
    return found


def finish(*, choice: oauth.Choice, actor: User | None, now: datetime, rehearsal: bool, key: str = "", name: str = "") -> Account:
    """Prove the Page's key (it must answer as that Page, with every permission), then store it. Raises ChannelError."""
    app = facebook_app(rehearsal=rehearsal)
    credential = Credential(choice.token, app.app_id, app.app_secret)
    target = Target(choice.remote_id, app.address, credential, {"allowed_origins": app.allowed_origins})
    health = connectors.get(KIND).health(target=target)
    if isinstance(health, Failure):
        raise _refused(health)
    proved = Credential(choice.token, expires_at=health.expires_at)
    return connect_account(
        kind=KIND, name=name or health.name or choice.name, remote_id=choice.remote_id, address=app.address, credential=proved, rehearsal=rehearsal, actor=actor, now=now,
        key=key,
    )  # fmt: skip
