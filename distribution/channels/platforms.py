"""Our application at each platform: where to log in, with which id. Ids and secrets come from the environment."""

from __future__ import annotations

from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from distribution.channels.services import ChannelError
from distribution.connectors.facebook_page import config, oauth
from newsroom.common.http import guarded_session

SECONDS = 5


def app_credentials(*, kind: str, rehearsal: bool) -> tuple[str, str]:
    """Id and secret of our application."""
    pair: tuple[str, str] = settings.PLATFORM_APPS.get("rehearsal" if rehearsal else kind, ("", ""))
    return pair


def facebook_app(*, rehearsal: bool) -> oauth.App:
    """The application to log in with. Raises ChannelError where none is set up."""
    app_id, secret = app_credentials(kind="facebook_page", rehearsal=rehearsal)
    if not (app_id and secret):
        raise ChannelError("no_app", _("No Facebook application is set up. Set FACEBOOK_APP_ID and FACEBOOK_APP_SECRET, then try again."))
    if not rehearsal:
        return oauth.App(app_id, secret, config.ADDRESS, config.DIALOG)
    if not settings.NEWSROOM_REHEARSAL:
        raise ChannelError("no_rehearsal", _("The rehearsal platforms are not switched on."))
    base = f"{settings.REHEARSAL_ADDRESS.rstrip('/')}/facebook"
    return oauth.App(app_id, secret, base, base, allowed_origins=(settings.REHEARSAL_ADDRESS,))


def rehearsal_card(kind: str = "facebook") -> dict[str, Any]:
    """What the rehearsal platform tells about itself: the person to log in as, the Page. Raises ChannelError while it does not answer."""
    session = guarded_session(allowed_origins=[settings.REHEARSAL_ADDRESS])
    try:
        answer = session.get(f"{settings.REHEARSAL_ADDRESS.rstrip('/')}/_rehearsal/demo.json", timeout=SECONDS, allow_redirects=False)
        answer.raise_for_status()
        card: dict[str, Any] = answer.json()[kind]
    except (requests.RequestException, ValueError, KeyError) as error:
        raise ChannelError("no_rehearsal", _("The rehearsal platforms do not answer. Start them, then try again.")) from error
    return card
