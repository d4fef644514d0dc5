"""Our application at each platform: where to log in, with which id. Ids and secrets come from the environment."""

from __future__ import annotations

from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from distribution.channels.addresses import places_of
from distribution.channels.services import ChannelError
from distribution.connectors.logins import App, KeyLogin, Login
from distribution.connectors.registry import logins
from newsroom.common.http import guarded_session

SECONDS = 5


def login_of(kind: str) -> Login | KeyLogin:
    """The log-in of a platform. Raises ChannelError for one that is not known."""
    if kind not in logins:
        raise ChannelError("no_such_kind", _("There is no such platform."))
    return logins.get(kind)


def browser_login(kind: str) -> Login:
    """The log-in of a platform that asks in the browser. Raises ChannelError."""
    login = login_of(kind)
    if isinstance(login, KeyLogin):
        raise ChannelError("no_such_kind", _("This platform is connected with keys."))
    return login


def key_login(kind: str) -> KeyLogin:
    """The log-in of a platform that takes keys. Raises ChannelError."""
    login = login_of(kind)
    if not isinstance(login, KeyLogin):
        raise ChannelError("no_such_kind", _("This platform is connected with its own log-in."))
    return login


def is_offered(kind: str) -> bool:
    """Whether the platform itself may be connected: some are off until the configuration switches them on."""
    return settings.PLATFORM_SETTINGS.get(kind, {}).get("enabled") is not False


def app_credentials(*, kind: str, rehearsal: bool) -> tuple[str, str]:
    """Id and secret of our application."""
    pair: tuple[str, str] = settings.PLATFORM_APPS.get("rehearsal" if rehearsal else kind, ("", ""))
    return pair


def app_of(*, kind: str, rehearsal: bool) -> App:
    """The application to log in with; a platform of keys needs none. Raises ChannelError where none is set up."""
    login, (app_id, secret) = login_of(kind), app_credentials(kind=kind, rehearsal=rehearsal)
    if not rehearsal and not is_offered(kind):
        raise ChannelError("platform_off", _("%(platform)s is switched off in the newsroom's configuration. An administrator can switch it on.") % {"platform": login.label})
    if isinstance(login, KeyLogin):
        return App("", "", _base(kind, rehearsal=rehearsal), "", allowed_origins=_origins(kind, rehearsal=rehearsal), places=_places(kind, rehearsal=rehearsal))
    if not (app_id and secret):
        names = {"platform": login.label, "id": login.setup[0], "secret": login.setup[1]}
        raise ChannelError("no_app", _("No %(platform)s application is set up. Set %(id)s and %(secret)s, then try again.") % names)
    ours = settings.PLATFORM_SETTINGS.get(kind, {})
    extra = tuple(ours.get("extra_scopes", ()))
    base, places = _base(kind, rehearsal=rehearsal), _places(kind, rehearsal=rehearsal)
    dialog = base if rehearsal else places.get("dialog", login.dialog)
    verifier = "" if rehearsal else str(ours.get("code_verifier", ""))
    return App(app_id, secret, base, dialog, allowed_origins=_origins(kind, rehearsal=rehearsal), extra_scopes=extra, fixed_verifier=verifier, places=places)


def _places(kind: str, *, rehearsal: bool) -> dict[str, str]:
    return {} if rehearsal else places_of(kind)


def _origins(kind: str, *, rehearsal: bool) -> tuple[str, ...]:
    return (settings.REHEARSAL_ADDRESS,) if rehearsal else tuple(settings.PLATFORM_ORIGINS.get(kind, ()))


def _base(kind: str, *, rehearsal: bool) -> str:
    """Where a platform's interface is."""
    login = login_of(kind)
    if not rehearsal:
        return places_of(kind).get("address", login.address)
    if not settings.NEWSROOM_REHEARSAL:
        raise ChannelError("no_rehearsal", _("The rehearsal platforms are not switched on."))
    return f"{settings.REHEARSAL_ADDRESS.rstrip('/')}/{login.rehearsal}"


def rehearsal_card(kind: str) -> dict[str, Any]:
    """What the rehearsal platform of a kind tells about itself: the person to log in as, the account. Raises ChannelError while it does not answer."""
    session = guarded_session(allowed_origins=[settings.REHEARSAL_ADDRESS])
    try:
        answer = session.get(f"{settings.REHEARSAL_ADDRESS.rstrip('/')}/_rehearsal/demo.json", timeout=SECONDS, allow_redirects=False)
        answer.raise_for_status()
        card: dict[str, Any] = answer.json()[login_of(kind).rehearsal]
    except (requests.RequestException, ValueError, KeyError) as error:
        raise ChannelError("no_rehearsal", _("The rehearsal platforms do not answer. Start them, then try again.")) from error
    return card


def rehearsal_values(kind: str) -> dict[str, str]:
    """What the form of keys is filled with for a rehearsal; nothing where the rehearsal platform does not answer or tells none."""
    try:
        told = rehearsal_card(kind).get("fields")
    except ChannelError:
        return {}
    return {str(name): str(value) for name, value in told.items()} if isinstance(told, dict) else {}
