"""The clock: due to the second, never early, never twice, each story on its own."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection, connections

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from publishing.events import alarms
from publishing.events.models import Alarm, StoryEvent
from publishing.releases import services as releases
from publishing.releases.enums import ReleaseState
from publishing.releases.models import Release
from publishing.workflow import services as desk
from publishing.workflow.selectors import state_of
from tests.factories.desk import change, make_draft, publish, publish_again, to_approved

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def scheduled(reporter: User, editor: User, secretary: User, now: datetime) -> ArticlePage:
    """A story due in ten minutes."""
    story = make_draft(owner=reporter, now=now)
    to_approved(story, writer=reporter, editor=editor, signer=secretary, now=now)
    releases.schedule_release(story=story, actor=secretary, due_at=now + timedelta(minutes=10), now=now)
    return story


def test_a_story_is_never_early_and_live_at_its_second(scheduled: ArticlePage, now: datetime) -> None:
    assert releases.publish_due(now=now + timedelta(minutes=10, microseconds=-1)) == []
    assert not ArticlePage.objects.get(pk=scheduled.pk).live
    events = releases.publish_due(now=now + timedelta(minutes=10))
    assert [event.story_id for event in events] == [scheduled.pk]
    assert ArticlePage.objects.get(pk=scheduled.pk).live
    assert state_of(scheduled) == "published"


def test_a_story_is_published_once_however_often_the_clock_strikes(scheduled: ArticlePage, now: datetime) -> None:
    for minutes in (10, 10, 11, 60):
        releases.publish_due(now=now + timedelta(minutes=minutes))
    assert StoryEvent.objects.filter(story=scheduled).count() == 1


def test_one_broken_story_does_not_keep_the_others_from_readers(scheduled: ArticlePage, reporter: User, editor: User, secretary: User, now: datetime) -> None:
    other = make_draft(owner=reporter, now=now, title="Bài lành")
    to_approved(other, writer=reporter, editor=editor, signer=secretary, now=now)
    releases.schedule_release(story=other, actor=secretary, due_at=now + timedelta(minutes=10), now=now)
    broken = Release.objects.get(story=scheduled).approval.revision
    type(broken).objects.filter(pk=broken.pk).update(content={**broken.content, "title": "Bị sửa"})
    releases.publish_due(now=now + timedelta(minutes=10))
    assert ArticlePage.objects.get(pk=other.pk).live
    assert not ArticlePage.objects.get(pk=scheduled.pk).live
    assert Release.objects.get(story=scheduled).state == ReleaseState.FAILED
    assert Alarm.objects.filter(code="release_failed").exists()


def test_a_late_story_alarms_who_is_on_call(scheduled: ArticlePage, secretary: User, now: datetime) -> None:
    late = now + timedelta(minutes=11, seconds=1)
    assert releases.alarm_late(now=late) == 1
    assert alarms.mail_alarms(now=late) == 1
    assert secretary.email in mail.outbox[0].to
    assert alarms.mail_alarms(now=late) == 0
    releases.publish_due(now=late)
    assert not Alarm.objects.filter(code="release_late", cleared_at=None).exists()


@pytest.mark.parametrize("minutes", [0, -5, 60 * 24 * 400])
def test_a_time_that_is_past_or_too_far_is_refused(minutes: int, scheduled: ArticlePage, secretary: User, now: datetime) -> None:
    with pytest.raises(desk.NotAllowed):
        releases.schedule_release(story=scheduled, actor=secretary, due_at=now + timedelta(minutes=minutes), now=now)


def test_a_new_time_replaces_the_old(scheduled: ArticlePage, secretary: User, now: datetime) -> None:
    releases.schedule_release(story=scheduled, actor=secretary, due_at=now + timedelta(minutes=30), now=now)
    assert releases.publish_due(now=now + timedelta(minutes=10)) == []
    assert len(releases.publish_due(now=now + timedelta(minutes=30))) == 1


def test_a_cancelled_time_publishes_nothing_and_keeps_the_approval(scheduled: ArticlePage, secretary: User, now: datetime) -> None:
    releases.cancel_release(story=scheduled, actor=secretary, now=now)
    assert releases.publish_due(now=now + timedelta(minutes=10)) == []
    assert state_of(scheduled) == "approved"


def test_publishing_again_is_an_update_and_withdrawing_ends_it(reporter: User, editor: User, editor_in_chief: User, now: datetime) -> None:
    story = make_draft(owner=reporter, now=now)
    publish(story, writer=reporter, editor=editor, signer=editor_in_chief, now=now)
    change(story, by=editor, lead="Sapo đã cập nhật.")
    assert ArticlePage.objects.get(pk=story.pk).lead != "Sapo đã cập nhật."
    publish_again(story, editor=editor, signer=editor_in_chief, now=now + timedelta(minutes=1))
    assert ArticlePage.objects.get(pk=story.pk).lead == "Sapo đã cập nhật."
    with pytest.raises(desk.NotAllowed):
        releases.withdraw_story(story=story, actor=editor, reason="Sai", now=now)
    with pytest.raises(desk.NotAllowed):
        releases.withdraw_story(story=story, actor=editor_in_chief, reason=" ", now=now)
    releases.withdraw_story(story=story, actor=editor_in_chief, reason="Sai sự thật.", now=now + timedelta(minutes=2))
    assert not ArticlePage.objects.get(pk=story.pk).live
    assert [(event.version, event.kind) for event in story.events.order_by("version")] == [(1, "published"), (2, "updated"), (3, "withdrawn")]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_several_clocks_share_the_work_and_double_nothing(reporter: User, editor: User, secretary: User, now: datetime) -> None:
    stories = [make_draft(owner=reporter, now=now, title=f"Bài số {n}") for n in range(12)]
    for story in stories:
        to_approved(story, writer=reporter, editor=editor, signer=secretary, now=now)
        releases.schedule_release(story=story, actor=secretary, due_at=now + timedelta(minutes=1), now=now)

    def strike() -> None:
        releases.publish_due(now=now + timedelta(minutes=1))
        connections.close_all()

    clocks = [threading.Thread(target=strike) for _ in range(4)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    assert ArticlePage.objects.filter(live=True).count() == 12
    assert StoryEvent.objects.count() == 12
    assert connection.vendor == "postgresql"
