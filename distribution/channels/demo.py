"""The demo's channels, connected to the rehearsal platforms through their true log-ins, over HTTP."""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from distribution.channels import connecting
from distribution.channels.models import Account
from distribution.channels.platforms import login_of, rehearsal_card
from distribution.channels.services import ChannelError, expect_account
from distribution.connectors.logins import KeyLogin
from newsroom.common.demo import DemoRun
from newsroom.common.http import guarded_session
from publishing.releases.demo import FANPAGE
from publishing.releases.demo import TELEVISION as TELEVISION_KEY

log = logging.getLogger(__name__)
ORDER, TITLE = 45, gettext_lazy("The demo's channels")
WAIT_SECONDS = 20.0
STATE = "demo"


@dataclass(frozen=True)
class Expected:
    """A channel of the demo. `card`: where the rehearsal platform's card has the id of its account."""

    kind: str
    key: str
    name: str
    card: str


PAGE = Expected("facebook_page", FANPAGE, "Fanpage Báo Sông Ba", "page_id")
TELEVISION = Expected("youtube", TELEVISION_KEY, "Truyền hình Báo Sông Ba", "channel_id")
POSTED = (PAGE, TELEVISION)  # what the demo's own stories go to
CHANNELS = (
    *POSTED,
    Expected("zalo_oa", "zalo-bao-song-ba", "Zalo Báo Sông Ba", "oa_id"),
    Expected("tiktok", "tiktok-bao-song-ba", "TikTok Báo Sông Ba", "open_id"),
    Expected("telegram_channel", "telegram-bao-song-ba", "Telegram Báo Sông Ba", "chat_id"),
    Expected("mastodon", "mastodon-bao-song-ba", "Mastodon Báo Sông Ba", "account_id"),
    Expected("webhook", "doi-tac-dang-lai", "Đối tác đăng lại", "account_id"),
)


class NotThereYet(Exception):
    """The rehearsal platforms do not answer yet."""


def missing() -> list[Expected]:
    """The demo's channels that have no key yet."""
    have = set(Account.objects.filter(key__in=[channel.key for channel in CHANNELS]).exclude(sealed_token="").values_list("key", flat=True))
    return [channel for channel in CHANNELS if channel.key not in have]


def connect_channels(run: DemoRun) -> None:
    """The demo's step: waits a little for the rehearsal platforms, else leaves the rest to a task. Safe to repeat.

    The accounts are written at once: stories may name them, and what is meant for them waits until they are connected.
    """
    if not settings.NEWSROOM_REHEARSAL or not missing():
        return
    for channel in missing():
        expect_account(kind=channel.kind, key=channel.key, name=channel.name, rehearsal=True, now=run.now)
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        try:
            connect_missing(now=run.now)
            return
        except NotThereYet:
            time.sleep(0.5)
    from distribution.channels.tasks import connect_demo_channels  # the task calls back into this module

    connect_demo_channels.delay()
    log.warning("demo.channels.later")


def connect_missing(*, now: datetime) -> None:
    """Connect every channel of the demo that has no key. Raises NotThereYet, ChannelError."""
    for channel in missing():
        connect(channel, now=now)


def connect(channel: Expected = PAGE, *, now: datetime) -> Account:
    """Log in as the rehearsal platform's own person, allow everything, take its first account. Raises NotThereYet, ChannelError."""
    if isinstance(login_of(channel.kind), KeyLogin):
        return _connect_with_keys(channel, now=now)
    way = {"kind": channel.kind, "redirect_uri": f"{settings.PAPER_ADDRESS.rstrip('/')}/admin/channels/back/", "verifier": secrets.token_urlsafe(48)}
    try:
        card = rehearsal_card(channel.kind)
        told = _consent(connecting.start(**way, state=STATE, rehearsal=True), email=card["email"], password=card["password"])
        found = connecting.choices(**way, code=told["code"], rehearsal=True, told=told)
    except ChannelError as error:
        if error.code in ("no_rehearsal", "no_connection", "platform_down"):
            raise NotThereYet(str(error)) from error
        raise
    choice = next((choice for choice in found if choice.remote_id == card[channel.card]), found[0])
    return connecting.finish(kind=channel.kind, choice=choice, actor=None, now=now, key=channel.key, name=channel.name, rehearsal=True)


def _connect_with_keys(channel: Expected, *, now: datetime) -> Account:
    """The same where the platform takes keys: those that its rehearsal platform tells."""
    try:
        card = rehearsal_card(channel.kind)
        found = connecting.key_choices(kind=channel.kind, values=card["fields"], rehearsal=True)
    except ChannelError as error:
        if error.code in ("no_rehearsal", "no_connection", "platform_down"):
            raise NotThereYet(str(error)) from error
        raise
    choice = next((choice for choice in found if choice.remote_id == str(card.get(channel.card))), found[0])
    return connecting.finish(kind=channel.kind, choice=choice, actor=None, now=now, key=channel.key, name=channel.name, rehearsal=True)


def _consent(url: str, *, email: str, password: str) -> dict[str, str]:
    """What a person does in the browser: one form; the answer leads back with a code, and what else the platform tells."""
    session = guarded_session(allowed_origins=[settings.REHEARSAL_ADDRESS])
    try:
        answer = session.post(url, data={"email": email, "password": password, "decision": "allow"}, timeout=10, allow_redirects=False)
    except requests.RequestException as error:
        raise NotThereYet(str(error)) from error
    back = parse_qs(urlsplit(answer.headers.get("Location", "")).query)
    if answer.status_code != 302 or back.get("state") != [STATE] or not back.get("code"):
        raise ChannelError("no_consent", _("The rehearsal platform did not allow the log-in."))
    return {name: values[0] for name, values in back.items()}
