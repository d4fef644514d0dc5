"""Writes of the page store: make a page, mark what a change concerns, render it anew, let the rest grow old in order."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache, partial
from hashlib import sha256

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet, Sum
from wagtail.contrib.frontend_cache.utils import PurgeBatch

from newsroom.common import clock
from publishing.reader import collected
from publishing.reader.content import absolute
from publishing.reader.models import PageKey, PageTouch, StoredPage
from publishing.reader.pages.addresses import STORY, storable
from publishing.reader.pages.render import Rendered, render
from publishing.reader.pages.store import Busy, PageStore

log = logging.getLogger(__name__)
RENDER_TASK = "publishing.reader.tasks.render_pages"
RENEW_TASK = "publishing.reader.tasks.renew_pages"
CONTEXT_AGE = timedelta(minutes=5)
OLDEST_CONTEXT = timedelta(minutes=9)
LIST_AGE = timedelta(seconds=60)
HOT_STORIES = 200
TRIES = 3
AT_ONCE, LATE_AT_ONCE = 8, 2
A_WHILE = 2.0  # seconds
A_MOMENT = 0.5  # seconds: longer than a few pages take, so that a change is not missed between the last look and the lock's end
MEGABYTE = 1_000_000


def enabled() -> bool:
    """Whether pages are stored at all."""
    return bool(settings.PAGE_STORE)


@cache
def _store(folder: str) -> PageStore:
    return PageStore(settings.PAGE_STORE_FOLDER)


def store() -> PageStore:
    """The paper's store."""
    return _store(str(settings.PAGE_STORE_FOLDER))


def make(address: str, *, now: datetime, wait_seconds: float | None = None, fresh: bool = False) -> Rendered | None:
    """Render a page into the store: one process does it, the others wait and find it there (None). Raises Busy when that lasts too long.

    What is not for the store (404, a redirect, 410) comes back as rendered and leaves no file behind.
    """
    with store().lock(address, **({} if wait_seconds is None else {"wait_seconds": wait_seconds})):
        if not fresh and store().path(address).exists():
            return None
        return _render_and_keep(address, now=now)


def _render_and_keep(address: str, *, now: datetime) -> Rendered:
    """Render, and again where something that pages show was changed meanwhile. Caller holds the address's lock."""
    for _try in range(TRIES):
        touch = _last_touch()
        rendered = render(address)
        if not rendered.may_be_stored or not _touched_since(touch, rendered):
            break
    if rendered.may_be_stored:
        _write(address, rendered, touch=touch, now=now)
    else:
        _forget(address, rendered)
    return rendered


def _last_touch() -> int:
    return PageTouch.objects.aggregate(last=Max("pk"))["last"] or 0


def _touched_since(touch: int, rendered: Rendered) -> bool:
    touched = PageTouch.objects.filter(pk__gt=touch).values_list("keys", flat=True)
    shown = rendered.keys.content | {collected.killed(key) for key in rendered.keys.content | rendered.keys.context}
    return any(shown.intersection(keys) for keys in touched)


def _write(address: str, rendered: Rendered, *, touch: int, now: datetime) -> None:
    store().write(address, rendered.body)
    _keep_headers(rendered.headers)
    digest = sha256(rendered.body).hexdigest()
    with transaction.atomic():
        before = StoredPage.objects.select_for_update().filter(address=address).values_list("dirty_at", flat=True).first()
        page, _made = StoredPage.objects.update_or_create(
            address=address, defaults={"sha256": digest, "size": len(rendered.body), "has_context": bool(rendered.keys.context), "rendered_at": now},
        )
        _write_keys(page, rendered.keys)
        # A change that came between the rendering and this row found no row to mark: it left its touch.
        dirty = now if _touched_since(touch, rendered) else None
        if dirty or before is None or before <= now:
            StoredPage.objects.filter(pk=page.pk).update(dirty_at=dirty)
    if dirty:
        store().remove(address)  # it may show what was withdrawn this moment; the next reader or the worker renders it


def _write_keys(page: StoredPage, keys: collected.Keys) -> None:
    wanted = {**{key: True for key in keys.context if key.startswith("story:")}, **{key: False for key in keys.content}}
    known = dict(PageKey.objects.filter(page=page).values_list("key", "context"))
    if known == wanted:
        return
    PageKey.objects.filter(page=page, key__in=[key for key, context in known.items() if wanted.get(key) != context]).delete()
    PageKey.objects.bulk_create([PageKey(page=page, key=key, context=context) for key, context in wanted.items() if known.get(key) != context])


def _keep_headers(headers: dict[str, str]) -> None:
    """What Django's middleware says with every page (policy, referrer, framing), for whoever serves the files."""
    file = store().root / "headers.json"
    text = json.dumps(headers, sort_keys=True)
    try:
        if file.read_text() == text:
            return
    except OSError:
        pass
    fresh = file.with_name(f".headers.{os.getpid()}.{threading.get_ident()}")
    fresh.write_text(text)
    fresh.replace(file)


def _forget(address: str, rendered: Rendered) -> None:
    if rendered.refusal and rendered.status == 200:
        log.error("page.refused address=%s because %s", address, rendered.refusal)
    if rendered.status >= 500:
        return  # a fault of the moment takes no good page away
    store().remove(address)
    StoredPage.objects.filter(address=address).delete()


def touch(keys: Iterable[str], *, now: datetime, addresses: Iterable[str] = ()) -> None:
    """Something that pages show has changed, in the caller's transaction: mark every page whose content it is, and ring after commit.

    `addresses` are pages that there should be from now on, stored before or not.
    """
    if not enabled():
        return
    _concerned(keys, now=now).update(dirty_at=now, late=False)
    want(addresses, now=now)
    transaction.on_commit(ring, robust=True)


def touch_late(keys: Iterable[str], *, now: datetime) -> None:
    """As `touch`, for what arrives in bulk: after everything that has no time, and once for many arrivals. The beat finds it."""
    if enabled():
        _concerned(keys, now=now).filter(dirty_at=None).update(dirty_at=now, late=True)


def _concerned(keys: Iterable[str], *, now: datetime) -> QuerySet[StoredPage]:
    """Pages whose content these are; the touch is for those that are being rendered at this moment."""
    found = sorted(set(keys))
    PageTouch.objects.create(keys=found, touched_at=now)
    return StoredPage.objects.filter(pk__in=PageKey.objects.filter(key__in=found, context=False).values("page"))


def want(addresses: Iterable[str], *, now: datetime, late: bool = False) -> None:
    """Mark these pages to be rendered, whether they were before or not. `late`: after everything that a change concerns."""
    wanted = [address for address in addresses if storable(address)]
    StoredPage.objects.bulk_create([StoredPage(address=address, dirty_at=now, late=late) for address in wanted], ignore_conflicts=True)
    marked = StoredPage.objects.filter(address__in=wanted)
    if late:
        marked.filter(dirty_at=None).update(dirty_at=now, late=True)
    else:
        marked.update(dirty_at=now, late=False)


def ring() -> None:
    """Ask a worker to render what waits."""
    current_app.send_task(RENDER_TASK, queue="render")


def withdraw(story_id: int, *, address: str, killed: bool, now: datetime) -> None:
    """Nobody reads it any more, with or without the application, from this moment on.

    Pages that only name it beside their own story, thousands perhaps, follow when nothing else waits; of a killed story not even
    the name may stay, so they leave readers' tree at once and come back at their next reader.
    """
    if not enabled():
        return
    store().remove_story(story_id)
    beside = StoredPage.objects.filter(pk__in=PageKey.objects.filter(key=collected.story(story_id), context=True).values("page"))
    naming = list(beside.values_list("address", flat=True)) if killed else []
    beside.filter(dirty_at=None).update(dirty_at=now, late=True)
    if killed:
        PageTouch.objects.create(keys=[collected.killed(collected.story(story_id))], touched_at=now)  # for what is being rendered
        store().forget_kept()
        transaction.on_commit(partial(_leave, naming), robust=True)
    transaction.on_commit(partial(store().remove_story, story_id), robust=True)
    transaction.on_commit(partial(_purge, [address]), robust=True)


def _leave(addresses: list[str]) -> None:
    """Out of readers' tree and out of the CDN, each to be rendered by its next reader or by the worker."""
    for address in addresses:
        store().remove(address)
    _purge(addresses)


def render_for_a_while() -> None:
    """Render what waits. One worker at a time does it, and gives its place up after a while and rings again: the subscribers of the
    events that make pages wait share the workers, and would stand behind three of these."""
    until = time.monotonic() + A_WHILE
    try:
        with store().rendering(wait_seconds=A_MOMENT):
            while render_waiting():
                if time.monotonic() >= until:
                    break
            else:
                return
    except Busy:
        return  # who has the place looks again after each few pages
    ring()


def render_waiting(*, limit: int = AT_ONCE) -> int:
    """Render a few of those that wait: what a change concerns first, then the rest, the longest waiting first. Returns how many were rendered.

    Only a few, and of those that have time fewer still, so that a change that comes meanwhile waits for these and not for two hundred pages.
    """
    waiting = list(StoredPage.objects.exclude(dirty_at=None).order_by("late", "dirty_at", "pk").values_list("address", "late")[:limit])
    soon = [address for address, late in waiting if not late]
    done: list[str] = []
    for address in soon or [address for address, _late in waiting[:LATE_AT_ONCE]]:
        if _render_one(address):
            done.append(address)
    _purge(done)
    return len(done)


def _render_one(address: str) -> bool:
    try:
        with store().lock(address, wait_seconds=0):
            if not StoredPage.objects.filter(address=address).exclude(dirty_at=None).exists():
                return False  # another worker was faster
            _render_and_keep(address, now=clock.now())
            return True
    except Busy:
        return False


def _purge(addresses: list[str]) -> None:
    """Tell the CDN, where one is configured (Wagtail's frontend cache backends)."""
    if addresses and getattr(settings, "WAGTAILFRONTENDCACHE", None):
        batch = PurgeBatch()
        batch.add_urls([absolute(address) for address in addresses])
        batch.purge()


def grow_old(*, now: datetime, limit: int = 400) -> dict[str, int]:
    """Lists show relative times and are rendered each minute; what stands around stories is at most ten minutes old: the newest stories are rendered
    again, the others leave for the kept tree and come back at their next reader, so that no change ever renders a whole archive."""
    hot = _hot_stories()
    renewed = aged = 0
    old = StoredPage.objects.filter(dirty_at=None, rendered_at__lte=now - LIST_AGE).order_by("rendered_at").values_list("address", "rendered_at")[: 4 * limit]
    for address, at in old:
        rendered_at = at or now
        story = STORY.fullmatch(address)
        if story is None or int(story[1]) in hot:
            due = LIST_AGE if address.count("/") <= 2 and story is None else CONTEXT_AGE
            if rendered_at <= now - due and renewed < limit:
                want([address], now=now, late=True)
                renewed += 1
        elif rendered_at <= now - OLDEST_CONTEXT:
            aged += _keep(address)
    PageTouch.objects.filter(touched_at__lt=now - timedelta(hours=1)).delete()
    return {"renewed": renewed, "aged": aged, "trimmed": trim()}


def _hot_stories() -> set[int]:
    from publishing.reader import stories

    return set(stories.newest_ids(HOT_STORIES))


def _keep(address: str) -> int:
    """Out of readers' tree; nobody may be rendering it."""
    try:
        with store().lock(address, wait_seconds=0):
            if StoredPage.objects.filter(address=address, dirty_at=None).delete()[0]:
                store().keep(address)
                return 1
    except Busy:
        pass
    return 0


def trim(*, most_bytes: int | None = None) -> int:
    """Keep the store within its size: what was rendered longest ago leaves first."""
    most = most_bytes if most_bytes is not None else settings.PAGE_STORE_MEGABYTES * MEGABYTE
    total = StoredPage.objects.aggregate(total=Sum("size"))["total"] or 0
    trimmed = 0
    for address, size in StoredPage.objects.exclude(rendered_at=None).order_by("rendered_at").values_list("address", "size")[:1000]:
        if total <= most:
            break
        if _keep(address):
            total -= size
            trimmed += 1
    return trimmed


def renew(*, name: str, now: datetime) -> None:
    """A new generation: masthead, menu, templates or code have changed. Readers' tree starts empty; the front, sections, feeds and newest stories come first."""
    store().open_generation(name)
    PageKey.objects.all().delete()
    StoredPage.objects.all().delete()
    want(first_addresses(), now=now, late=True)
    ring()


def first_addresses() -> list[str]:
    """What readers ask for first."""
    from newsroom.articles.addresses import story_path
    from publishing.reader import frame, stories

    sections = list(frame.current().by_id.values())
    newest = stories.load(stories.newest_ids(HOT_STORIES))
    fixed = ["/", "/rss.xml", "/news-sitemap.xml", "/sitemap.xml", "/sitemap-sections.xml", "/robots.txt", "/rss/", "/cai-chinh/"]
    return [*fixed, *(s.path for s in sections), *(f"/rss/{s.slug}.rss" for s in sections), *(story_path(story) for story in newest)]
