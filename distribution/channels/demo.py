"""The demo's fanpage, connected to the rehearsal platform through its true log-in, over HTTP."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from distribution.channels import connecting
from distribution.channels.models import Account
from distribution.channels.platforms import rehearsal_card
from distribution.channels.services import ChannelError, expect_account
from newsroom.common.demo import DemoRun
from newsroom.common.http import guarded_session
from publishing.releases.demo import FANPAGE

log = logging.getLogger(__name__)
NAME = "Fanpage Báo Sông Ba"
ORDER, TITLE = 45, gettext_lazy("The demo's fanpage")
WAIT_SECONDS = 20.0
STATE = "demo"


class NotThereYet(Exception):
    """The rehearsal platform does not answer yet."""


def is_connected() -> bool:
    """Whether the demo's fanpage has a key."""
    return Account.objects.filter(key=FANPAGE).exclude(sealed_token="").exists()


def connect_fanpage(run: DemoRun) -> None:
    """The demo's step: waits a little for the rehearsal platform, else leaves the rest to a task. Safe to repeat.

    The account is written at once: stories may name it, and what is meant for it waits until it is connected.
    """
    if not settings.NEWSROOM_REHEARSAL or is_connected():
        return
    expect_account(kind=connecting.KIND, key=FANPAGE, name=NAME, rehearsal=True, now=run.now)
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        try:
            connect(now=run.now)
            return
        except NotThereYet:
            time.sleep(0.5)
    from distribution.channels.tasks import connect_demo_fanpage  # the task calls back into this module

    connect_demo_fanpage.delay()
    log.warning("demo.fanpage.later")


def connect(*, now: datetime) -> Account:
    """Log in as the rehearsal platform's own person, allow everything, take its first Page. Raises NotThereYet, ChannelError."""
    try:
        card = rehearsal_card()
        redirect_uri = f"{settings.PAPER_ADDRESS.rstrip('/')}/admin/channels/back/"
        code = _consent(connecting.start(redirect_uri=redirect_uri, state=STATE, rehearsal=True), email=card["email"], password=card["password"])
        pages = connecting.choices(redirect_uri=redirect_uri, code=code, rehearsal=True)
    except ChannelError as error:
        if error.code in ("no_rehearsal", "no_connection", "platform_down"):
            raise NotThereYet(str(error)) from error
        raise
    choice = next((page for page in pages if page.remote_id == card["page_id"]), pages[0])
    return connecting.finish(choice=choice, actor=None, now=now, key=FANPAGE, name=NAME, rehearsal=True)


def _consent(url: str, *, email: str, password: str) -> str:
    """What a person does in the browser: one form; the answer leads back with a code."""
    session = guarded_session(allowed_origins=[settings.REHEARSAL_ADDRESS])
    try:
        answer = session.post(url, data={"email": email, "password": password, "decision": "allow"}, timeout=10, allow_redirects=False)
    except requests.RequestException as error:
        raise NotThereYet(str(error)) from error
    back = parse_qs(urlsplit(answer.headers.get("Location", "")).query)
    if answer.status_code != 302 or back.get("state") != [STATE] or not back.get("code"):
        raise ChannelError("no_consent", _("The rehearsal platform did not allow the log-in."))
    return back["code"][0]
