"""The paper's own copy: confirmed as readers get it, looked at again, told to a person where readers do not get it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from distribution.epaper import services
from distribution.epaper.copies import copies_of
from distribution.epaper.enums import CopyState
from distribution.epaper.models import CopyCheck
from distribution.epaper.panels import marks_of
from distribution.epaper.selectors import board_lines, copy_lines
from newsroom.articles.models import ArticlePage
from publishing.events.enums import EventKind
from publishing.events.models import Alarm, StoryEvent, SubscriberRun
from publishing.events.services import record_event, take_event
from tests.distribution.epaper.listeners import FixedPage
from tests.factories.newsroom import make_story

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_the_scripted_paper(settings: Any, page: FixedPage) -> None:
    settings.PAPER_ADDRESS, settings.PAPER_CHECK_ADDRESS = "https://bao.example.vn", page.address


def happens(story: ArticlePage, kind: EventKind = EventKind.PUBLISHED, *, now: datetime = NOW) -> StoryEvent:
    """An event that the subscriber takes."""
    with transaction.atomic():
        event = record_event(story=story, kind=kind, revision=story.latest_revision, actor=None, now=now)
    assert take_event(event_id=event.pk, subscriber="epaper", now=now)
    return event


def look(seconds: float) -> int:
    return services.check_copies(clock=lambda: NOW + timedelta(seconds=seconds))


def mark(story: ArticlePage, version: int) -> bytes:
    return f'<html><head><meta name="story-version" content="{story.pk}.{version}"></head>'.encode()


def state_of(event: StoryEvent) -> str:
    return CopyCheck.objects.get(event=event).state


def test_a_copy_is_confirmed_once_the_page_shows_the_version(page: FixedPage) -> None:
    story = make_story(live=True)
    happens(story)
    event = happens(story, EventKind.CORRECTED)
    page.body = mark(story, 1)
    assert look(0.5) == 0  # not due yet
    assert look(1) == 1 and state_of(event) == CopyState.WAITING
    assert CopyCheck.objects.get(event=event).saw_value == "1"
    page.body = mark(story, 2)
    assert look(3) == 1 and state_of(event) == CopyState.CONFIRMED
    assert look(3600) == 0  # nothing is open any more
    assert page.hosts == ["bao.example.vn"] * 2  # the paper's own name, whatever door the workers use


@pytest.mark.parametrize(("status", "body"), [(503, b""), (404, b""), (301, b""), (410, b""), (200, b"<html>"), (200, b'<meta name="story-version" content="999999.9">')])
def test_anything_but_the_version_is_looked_at_again(page: FixedPage, status: int, body: bytes) -> None:
    event = happens(make_story(live=True))
    page.status, page.body = status, body
    look(1)
    assert state_of(event) == CopyState.WAITING and CopyCheck.objects.get(event=event).next_at > NOW + timedelta(seconds=1)


def test_a_withdrawn_story_must_answer_410(page: FixedPage) -> None:
    story = make_story(live=True)
    event = happens(story, EventKind.WITHDRAWN)
    page.body = mark(story, 1)
    look(1)
    assert state_of(event) == CopyState.WAITING and copy_lines([story.pk])[story.pk].reason == "Trang vẫn còn trên báo."
    page.status = 404
    look(3)
    assert state_of(event) == CopyState.WAITING
    page.status = 410
    look(10)
    assert state_of(event) == CopyState.CONFIRMED and copy_lines([story.pk])[story.pk].state == "Đã gỡ khỏi báo"


def test_a_newer_event_ends_the_older_look_and_its_alarm(page: FixedPage) -> None:
    story = make_story(live=True)
    first = happens(story)
    page.body = b"<html>"
    look(200)
    assert state_of(first) == CopyState.LATE and Alarm.objects.filter(cleared_at=None).count() == 1
    second = happens(story, EventKind.UPDATED, now=NOW + timedelta(seconds=201))
    assert (state_of(first), state_of(second)) == (CopyState.SUPERSEDED, CopyState.WAITING)
    assert not Alarm.objects.filter(cleared_at=None).exists()


def test_events_taken_out_of_order_leave_the_newest_to_be_looked_at() -> None:
    story = make_story(live=True)
    with transaction.atomic():
        older, newer = (record_event(story=story, kind=EventKind.UPDATED, revision=story.latest_revision, actor=None, now=NOW) for _ in range(2))
    take_event(event_id=newer.pk, subscriber="epaper", now=NOW)
    take_event(event_id=older.pk, subscriber="epaper", now=NOW)
    assert (state_of(older), state_of(newer)) == (CopyState.SUPERSEDED, CopyState.WAITING)


def test_a_person_is_told_after_two_minutes_once_and_the_alarm_clears_itself(page: FixedPage) -> None:
    story = make_story("Bão vào Mũi Gành", live=True)
    event = happens(story)
    page.body = b"<html>"
    for seconds in (1, 60, 119):
        look(seconds)
    assert not Alarm.objects.exists()
    for seconds in (300, 900):
        look(seconds)
    [alarm] = Alarm.objects.all()
    assert (alarm.code, alarm.subject) == ("copy_not_shown", str(story.pk)) and "Bão vào Mũi Gành" in alarm.message
    assert marks_of([story.pk], NOW)[story.pk] == (("late", "Báo điện tử: Chưa lên báo"),)
    assert board_lines()[0].check.event == event
    page.body = mark(story, 1)
    look(3600)
    alarm.refresh_from_db()
    assert alarm.cleared_at and marks_of([story.pk], NOW) == {}


def test_a_silent_paper_is_one_alarm_and_one_look_a_round(page: FixedPage) -> None:
    for _ in range(3):
        happens(make_story(live=True))
    page.status = 503
    assert look(300) == 1 and look(301) == 1
    assert list(Alarm.objects.values_list("code", "subject")) == [("paper_silent", "paper")]


def test_two_workers_do_not_look_at_once(page: FixedPage) -> None:
    happens(make_story(live=True))
    check = CopyCheck.objects.get()
    assert services._take(check, now=NOW) and not services._take(check, now=NOW)


def test_what_arrives_in_bulk_is_not_looked_at() -> None:
    story = make_story(live=True)
    with transaction.atomic():
        event = record_event(story=story, kind=EventKind.PUBLISHED, revision=story.latest_revision, actor=None, now=NOW, imported=True)
    assert not SubscriberRun.objects.filter(event=event, subscriber="epaper").exists()


def test_who_decides_on_a_take_down_reads_the_page_the_feeds_and_who_was_told(page: FixedPage, settings: Any) -> None:
    settings.WEBSUB_HUBS = ["https://hub.example/"]
    story = make_story(live=True)
    never, feeds = copies_of(story)
    assert never.place == "Báo điện tử" and never.state == "Đang trên báo" and feeds.place == "Bản tin RSS" and feeds.address.endswith("/rss.xml")
    happens(story)
    page.body = mark(story, 1)
    look(1)
    shown, _feeds, hub = copies_of(story)
    assert (shown.state, shown.tone) == ("Đã lên báo", "good") and "https://bao.example.vn/thoi-su/" in shown.address
    assert hub.place == "WebSub (https://hub.example/)" and hub.tone == "soon"
    happens(story, EventKind.KILLED)
    page.status = 410
    look(2)
    assert copies_of(story)[0].state == "Đã gỡ khỏi báo" and copies_of(story)[0].address == ""


def test_the_page_of_a_withdrawn_story_stays_away_while_its_correction_comes_out(page: FixedPage) -> None:
    story = make_story(live=True)
    happens(story)
    happens(story, EventKind.WITHDRAWN)
    event = happens(story, EventKind.NOTICE)
    page.status = 410
    assert look(5) == 1 and state_of(event) == CopyState.CONFIRMED


def test_the_board_s_filters_leave_the_copies_that_they_mean(page: FixedPage) -> None:
    one, two = make_story(live=True, title="Lũ về sớm"), make_story(live=True, title="Cầu mới thông xe")
    happens(one)
    page.body = mark(one, 1)
    look(1)
    happens(two)
    assert [line.check.story_id for line in board_lines()] == [two.pk, one.pk]
    assert [line.check.story_id for line in board_lines(states=[CopyState.CONFIRMED])] == [one.pk]
    assert [line.check.story_id for line in board_lines(story=str(two.pk))] == [line.check.story_id for line in board_lines(story="thông xe")] == [two.pk]
