"""From publication to a subscriber's inbox, over HTTP: page, feed, hub, search engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
import requests
from django.db import transaction

from distribution.epaper import pings, services
from distribution.epaper.enums import CopyState, PingState
from distribution.epaper.models import CopyCheck, Ping
from newsroom.articles.addresses import story_path
from newsroom.articles.models import ArticlePage
from newsroom.common import clock
from publishing.events.enums import EventKind
from publishing.events.models import Alarm
from publishing.events.services import record_event, take_event
from publishing.reader.pages import services as pages
from publishing.reader.version_mark import read_mark
from tests.distribution.epaper.listeners import Listeners
from tests.factories.newsroom import make_section, make_story

KEY = "bao-song-ba-2026-Khoa"


@pytest.fixture
def story(transactional_db: Any, live_server: Any, settings: Any, listeners: Listeners) -> ArticlePage:
    settings.PAPER_ADDRESS = live_server.url
    settings.WEBSUB_HUBS, settings.INDEXNOW_KEY, settings.INDEXNOW_ADDRESS = [listeners.hub], KEY, f"{listeners.address}/indexnow"
    return make_story("Bão vào Mũi Gành", live=True, main_section=make_section())


def happens(story: ArticlePage, kind: EventKind = EventKind.PUBLISHED) -> None:
    with transaction.atomic():
        event = record_event(story=story, kind=kind, revision=story.latest_revision, actor=None, now=clock.now())
    assert take_event(event_id=event.pk, subscriber="epaper", now=clock.now())


def later(seconds: float) -> Callable[[], datetime]:
    moment = clock.now() + timedelta(seconds=seconds)
    return lambda: moment


@pytest.mark.processes
def test_a_story_is_seen_on_the_paper_then_its_subscribers_and_search_engines_hear(story: ArticlePage, listeners: Listeners, live_server: Any) -> None:
    topic = f"{live_server.url}/rss/thoi-su.rss"
    listeners.subscribe(topic)
    happens(story)
    assert services.check_copies(clock=later(2)) == 1
    assert CopyCheck.objects.get().state == CopyState.CONFIRMED
    assert pings.send_pings(clock=later(2.5)) >= 1
    assert listeners.published == [f"{live_server.url}/rss.xml", topic] and not listeners.wrong
    [feed] = listeners.received
    assert [entry.title for entry in feedparser.parse(feed).entries] == ["Bão vào Mũi Gành"]
    pings.send_pings(clock=later(90))
    assert listeners.indexed == [f"{live_server.url}{story_path(story)}"] and not listeners.wrong
    assert set(Ping.objects.values_list("state", flat=True)) == {PingState.DONE}


@pytest.mark.processes
def test_a_withdrawal_is_seen_and_told_too_all_addresses_of_a_minute_in_one_call(story: ArticlePage, listeners: Listeners, live_server: Any) -> None:
    other = make_story("Chợ mới mở", live=True, main_section=make_section())
    ArticlePage.objects.filter(pk=story.pk).update(live=False)
    happens(story, EventKind.WITHDRAWN)
    happens(other)
    assert services.check_copies(clock=later(2)) == 2
    assert set(CopyCheck.objects.values_list("state", flat=True)) == {CopyState.CONFIRMED}
    listeners.refuse = [(503, {}), (429, {"Retry-After": "40"})]  # the hub, then the engine
    pings.send_pings(clock=later(90))
    assert not listeners.published and set(Ping.objects.values_list("state", "attempts")) == {(PingState.WAITING, 1)}
    pings.send_pings(clock=later(105))
    assert len(listeners.published) == 2 and not listeners.indexed  # each feed once for both stories; the engine asked for 40 seconds
    pings.send_pings(clock=later(150))
    assert set(listeners.indexed) == {f"{live_server.url}{story_path(found)}" for found in (story, other)}
    assert not listeners.wrong and not Alarm.objects.filter(code="ping_refused").exists()


@pytest.mark.processes
def test_a_refusal_is_not_repeated_and_a_person_is_told(story: ArticlePage, listeners: Listeners, settings: Any) -> None:
    settings.WEBSUB_HUBS = []
    happens(story)
    services.check_copies(clock=later(2))
    listeners.refuse = [(422, {})]
    pings.send_pings(clock=later(90))
    assert Ping.objects.get().state == PingState.FAILED and Alarm.objects.get(code="ping_refused").subject == settings.INDEXNOW_ADDRESS
    assert pings.send_pings(clock=later(9000)) == 0


@pytest.mark.processes
def test_a_hub_is_not_called_while_the_feed_waits_to_be_rendered(story: ArticlePage, listeners: Listeners, settings: Any, tmp_path: Path) -> None:
    settings.INDEXNOW_KEY = ""
    happens(story)
    services.check_copies(clock=later(2))
    settings.PAGE_STORE, settings.PAGE_STORE_FOLDER = True, tmp_path / "pages"
    pages.store().open_generation("first")
    pages.want(["/rss.xml"], now=clock.now())
    assert pings.send_pings(clock=later(5)) == 0 and not listeners.published
    while pages.render_waiting():
        pass
    assert pings.send_pings(clock=later(6)) == 1 and listeners.published


@pytest.mark.processes
def test_a_stored_page_carries_its_version(story: ArticlePage, settings: Any, tmp_path: Path) -> None:
    settings.PAGE_STORE, settings.PAGE_STORE_FOLDER = True, tmp_path / "pages"
    pages.store().open_generation("first")
    happens(story)
    happens(story, EventKind.CORRECTED)
    pages.make(story_path(story), now=clock.now())
    assert read_mark(pages.store().path(story_path(story)).read_bytes()) == (story.pk, 2)


@pytest.mark.processes
def test_nothing_is_told_and_no_key_shown_where_nothing_is_set(story: ArticlePage, settings: Any, live_server: Any) -> None:
    assert requests.get(f"{live_server.url}/{KEY}.txt", timeout=10).text == KEY
    assert requests.get(f"{live_server.url}/mot-khoa-khac.txt", timeout=10).status_code == 404
    settings.WEBSUB_HUBS, settings.INDEXNOW_KEY = [], ""
    assert requests.get(f"{live_server.url}/{KEY}.txt", timeout=10).status_code == 404
    assert b'rel="hub"' not in requests.get(f"{live_server.url}/rss.xml", timeout=10).content
    assert requests.get(f"{live_server.url}/robots.txt", timeout=10).text.startswith("User-agent")
    happens(story)
    services.check_copies(clock=later(2))
    assert CopyCheck.objects.get().state == CopyState.CONFIRMED and not Ping.objects.exists()
