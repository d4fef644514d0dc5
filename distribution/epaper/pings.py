"""Telling others of a confirmed copy: WebSub hubs the feeds that changed, IndexNow the address of the story. Both may be repeated without harm."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from distribution.epaper.enums import PingKind, PingState
from distribution.epaper.looking import origin
from distribution.epaper.models import CopyCheck, Ping
from newsroom.articles.addresses import story_path
from newsroom.articles.models import ArticlePage
from newsroom.common.http import Answer, NoAnswer, call
from publishing.events.alarms import clear_alarm, raise_alarm
from publishing.reader.content import absolute
from publishing.reader.feeds import feed_addresses
from publishing.reader.pages.selectors import waits

log = logging.getLogger(__name__)
REFUSED = "ping_refused"
READ_SECONDS = 10.0
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 8
MOST_ADDRESSES = 10_000  # of one IndexNow call
FEED_PATIENCE = timedelta(seconds=60)  # for feeds that are still being rendered


@dataclass(frozen=True)
class Said:
    """What a hub or search engine answered. `again`: worth another try, after `seconds` where it said so."""

    done: bool
    again: bool = False
    words: str = ""
    seconds: float | None = None


def plan_pings(*, check: CopyCheck, now: datetime) -> None:
    """Rows for everybody who is to be told; in the transaction that confirms the copy. IndexNow is told in batches, at the full minute."""
    story = ArticlePage.objects.select_related("main_section").prefetch_related("other_sections").get(pk=check.story_id)
    rows = [Ping(check_of=check, kind=PingKind.WEBSUB, target=hub, addresses=feed_addresses(story), next_at=now) for hub in settings.WEBSUB_HUBS]
    if settings.INDEXNOW_KEY:
        minute = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        rows.append(Ping(check_of=check, kind=PingKind.INDEXNOW, target=settings.INDEXNOW_ADDRESS, addresses=[story_path(story)], next_at=minute))
    Ping.objects.bulk_create(rows, ignore_conflicts=True)


def send_pings(*, clock: Callable[[], datetime], limit: int = MOST_ADDRESSES) -> int:
    """Tell everybody whose time has come, each once for all that waits; returns how many rows were sent."""
    groups: dict[tuple[str, str], list[Ping]] = {}
    for ping in Ping.objects.filter(state=PingState.WAITING, next_at__lte=clock()).select_related("check_of").order_by("pk")[:limit]:
        if not _feeds_are_old(ping, now=clock()) and _take(ping, now=clock()):
            groups.setdefault((ping.kind, ping.target), []).append(ping)
    for (kind, target), pings in groups.items():
        addresses = list(dict.fromkeys(address for ping in pings for address in ping.addresses))
        said = tell_hub(target, addresses) if kind == PingKind.WEBSUB else tell_search_engines(target, addresses)
        _record(pings, said=said, now=clock())
    return sum(map(len, groups.values()))


def _feeds_are_old(ping: Ping, *, now: datetime) -> bool:
    """A hub fetches at once: it must not be called while the feed waits to be rendered. Not for ever, though."""
    if ping.kind != PingKind.WEBSUB or ping.attempts or now - (ping.check_of.confirmed_at or now) > FEED_PATIENCE:
        return False
    return waits(ping.addresses)


def _take(ping: Ping, *, now: datetime) -> bool:
    return bool(Ping.objects.filter(pk=ping.pk, state=PingState.WAITING, next_at=ping.next_at).update(next_at=now + LEASE))


def tell_hub(hub: str, addresses: list[str]) -> Said:
    """One call for each feed. Some hubs read `hub.url`, some `hub.topic`: both are sent."""
    for address in addresses:
        topic = absolute(address)
        answer = call(
            "POST", hub, data={"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}, allowed_origins=[origin(hub)], read_seconds=READ_SECONDS
        )
        said = _said(answer)
        if not said.done:
            return said
    return Said(True)


def tell_search_engines(address: str, paths: list[str]) -> Said:
    """One call with every address, added, changed or gone."""
    key = settings.INDEXNOW_KEY
    body = {"host": urlsplit(settings.PAPER_ADDRESS).netloc, "key": key, "keyLocation": absolute(f"/{key}.txt"), "urlList": [absolute(path) for path in paths]}
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return _said(call("POST", address, data=json.dumps(body).encode(), headers=headers, allowed_origins=[origin(address)], read_seconds=READ_SECONDS))


def _said(answer: Answer | NoAnswer) -> Said:
    """2xx is done; a pause or a fault of theirs comes again; any other answer is a refusal that a person must look at."""
    if isinstance(answer, NoAnswer):
        return Said(False, True, answer.reason[:300])
    if 200 <= answer.status < 300:
        return Said(True)
    words = f"{answer.status} {answer.kept}"[:300]
    after = {name.lower(): value for name, value in answer.headers.items()}.get("retry-after", "")
    return Said(False, answer.status in (408, 429) or answer.status >= 500, words, float(after) if after.isdigit() else None)


def _record(pings: list[Ping], *, said: Said, now: datetime) -> None:
    rows = Ping.objects.filter(pk__in=[ping.pk for ping in pings])
    target = pings[0].target
    if said.done:
        rows.update(state=PingState.DONE, done_at=now, attempts=F("attempts") + 1, said="")
        clear_alarm(code=REFUSED, subject=target[:200], now=now)
        return
    log.warning("ping.not_taken target=%s said=%s", target, said.words)
    for ping in pings:
        over = not said.again or ping.attempts + 1 >= MOST_ATTEMPTS
        wait = said.seconds if said.seconds is not None else min(900.0, 10.0 * 2**ping.attempts)
        Ping.objects.filter(pk=ping.pk).update(
            state=PingState.FAILED if over else PingState.WAITING, attempts=F("attempts") + 1, said=said.words, next_at=now + timedelta(seconds=wait)
        )
        if over:
            words = {"kind": ping.get_kind_display(), "target": target, "said": said.words[:200]}
            raise_alarm(code=REFUSED, subject=target[:200], message=_("%(kind)s at %(target)s does not take what it is told: %(said)s") % words, now=now)
