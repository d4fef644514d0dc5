"""The way in: consent on the platform, choice of an account there, proof of its key, and only then a stored account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from distribution.channels.models import Account
from distribution.channels.platforms import app_of, browser_login, key_login, login_of
from distribution.channels.services import ChannelError, connect_account
from distribution.connectors.base import Credential, Failure, Target
from distribution.connectors.logins import Choice, NamesAccount
from distribution.connectors.messages import sentence
from distribution.connectors.registry import connectors
from newsroom.accounts.models import User


def _refused(failure: Failure) -> ChannelError:
    said = f" ({failure.platform_message})" if failure.platform_message else ""
    return ChannelError(failure.code, f"{_(failure.message)}{said}")


def start(*, kind: str, redirect_uri: str, state: str, verifier: str, rehearsal: bool) -> str:
    """Where the person's browser goes. `state` and `verifier` (PKCE) are secrets of this log-in. Raises ChannelError."""
    return browser_login(kind).authorize_url(app_of(kind=kind, rehearsal=rehearsal), redirect_uri=redirect_uri, state=state, verifier=verifier)


def choices(*, kind: str, redirect_uri: str, code: str, verifier: str, rehearsal: bool, told: Mapping[str, str] | None = None) -> list[Choice]:
    """The Pages or channels that the person may connect, scopes checked. `told`: what the browser brought back with the code. Raises ChannelError."""
    login = browser_login(kind)
    found = login.choices(app_of(kind=kind, rehearsal=rehearsal), redirect_uri=redirect_uri, code=code, verifier=verifier)
    if isinstance(found, Failure):
        raise _refused(found)
    return [_named(choice, told=(told or {}).get(login.account_field, "")) for choice in found] if isinstance(login, NamesAccount) else found


def _named(choice: Choice, *, told: str) -> Choice:
    """The account that was picked on the platform: by what its key says, else by what the browser brought back; never two different ones."""
    if choice.remote_id and told and told != choice.remote_id:
        raise ChannelError("wrong_channel", _(sentence("wrong_channel")))
    if not (choice.remote_id or told):
        raise ChannelError("no_target", _("The platform did not tell which account was chosen. Start again."))
    return replace(choice, remote_id=choice.remote_id or told[:100])


def key_choices(*, kind: str, values: dict[str, str], rehearsal: bool) -> list[Choice]:
    """What keys that a person typed open. Raises ChannelError, also for a field that must not be empty."""
    login = key_login(kind)
    kept = {field.name: values.get(field.name, "").strip()[: field.longest] for field in login.fields}
    if missing := [_(field.label) for field in login.fields if field.required and not kept[field.name]]:
        raise ChannelError("missing_field", _("Fill in: %(fields)s.") % {"fields": ", ".join(missing)})
    found = login.choices(app_of(kind=kind, rehearsal=rehearsal), kept)
    if isinstance(found, Failure):
        raise _refused(found)
    return found


def finish(*, kind: str, choice: Choice, actor: User | None, now: datetime, rehearsal: bool, key: str = "", name: str = "") -> Account:
    """Prove the key (it must answer as that very account, with every permission), then store it. Raises ChannelError."""
    app = app_of(kind=kind, rehearsal=rehearsal)
    expires = datetime.fromtimestamp(choice.expires_at, tz=UTC) if choice.expires_at else None
    credential = Credential(choice.token, app.app_id, app.app_secret, expires, choice.refresh_token)
    address = choice.address or app.address
    known_by = address if choice.address or rehearsal else login_of(kind).address  # an account stays the same one when the configuration moves its platform
    health = connectors.get(kind).health(target=Target(choice.remote_id, address, credential, {**choice.settings, **app.settings}))
    if isinstance(health, Failure):
        raise _refused(health)
    ends = health.ends_at or (datetime.fromtimestamp(choice.ends_at, tz=UTC) if choice.ends_at else None)
    proved = Credential(choice.token, expires_at=health.expires_at, refresh_token=choice.refresh_token, ends_at=ends)
    return connect_account(
        kind=kind, name=name or health.name or choice.name, remote_id=choice.remote_id, address=known_by, credential=proved, rehearsal=rehearsal, actor=actor, now=now,
        key=key, settings=choice.settings,
    )  # fmt: skip
