"""After an outage late posts ask before they flood a channel; what waited for a reason of its own does not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from distribution.connectors.base import FailureClass
from distribution.deliveries import decisions, selectors
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery
from newsroom.accounts.models import User
from publishing.events.enums import EventKind
from publishing.events.models import Alarm, StoryEvent
from tests.distribution.deliveries.stage import Newsroom
from tests.fakes.connector import ScriptedPlatform, failure

pytestmark = pytest.mark.database
S = DeliveryState
HOURS = 3600


def after_an_outage(newsroom: Newsroom, *, posts: int = 1) -> list[Delivery]:
    found = [newsroom.publish(f"lời {number}") for number in range(posts)]
    newsroom.later(3 * HOURS)
    newsroom.tick()
    for delivery in found:
        delivery.refresh_from_db()
    return found


def test_after_an_outage_every_post_asks_and_none_goes_out(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    found = after_an_outage(newsroom, posts=3)
    newsroom.run_until_quiet(rounds=3)
    assert {Delivery.objects.get(pk=delivery.pk).state for delivery in found} == {S.HELD}
    assert not platform.posts
    assert Alarm.objects.filter(code="delivery_asks", cleared_at=None).count() == 3
    assert not Alarm.objects.filter(code="delivery_late", cleared_at=None).exists(), "one alarm a post is enough"
    assert selectors.counts()["asks"] == 3
    assert selectors.counts()["blocked"] == 0


def test_a_person_says_still_post_it_and_it_goes_out_once(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    (delivery,) = after_an_outage(newsroom)
    assert decisions.open_to(delivery) == [decisions.LATE, decisions.CANCEL]
    decisions.post_although_late(delivery_id=delivery.pk, actor=secretary, now=newsroom.clock())
    newsroom.run_until_quiet(rounds=3)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED
    assert len(platform.posts) == 1
    assert not Alarm.objects.filter(cleared_at=None).exists()


def test_a_person_says_do_not_post(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    (delivery,) = after_an_outage(newsroom)
    decisions.cancel(delivery_id=delivery.pk, actor=secretary, now=newsroom.clock())
    newsroom.run_until_quiet(rounds=3)
    assert Delivery.objects.get(pk=delivery.pk).state == S.CANCELLED
    assert not platform.posts


def test_a_reporter_does_not_decide_about_late_posts(newsroom: Newsroom, reporter: User) -> None:
    (delivery,) = after_an_outage(newsroom)
    with pytest.raises(decisions.DecisionError):
        decisions.post_although_late(delivery_id=delivery.pk, actor=reporter, now=newsroom.clock())


def test_a_story_that_went_live_long_after_its_time_asks_at_once(newsroom: Newsroom) -> None:
    delivery = newsroom.publish()
    StoryEvent.objects.filter(pk=delivery.event_id).update(due_at=newsroom.now - timedelta(hours=2))
    assert newsroom.work(delivery).state == S.HELD


def test_a_queue_that_moves_is_no_outage(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    first, second = newsroom.publish("một"), newsroom.publish("hai")
    newsroom.later(2 * HOURS)
    Delivery.objects.filter(pk=first.pk).update(state=S.PUBLISHED, commit_intent_at=newsroom.now - timedelta(minutes=5))
    assert newsroom.work(second).state == S.PUBLISHED


def test_what_a_platform_slowed_down_goes_out_by_itself(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", failure(FailureClass.RATE, code="rate", retry_after=2 * HOURS))
    delivery = newsroom.work(newsroom.publish())
    newsroom.later(2 * HOURS)
    newsroom.run_until_quiet(rounds=4)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED


def test_a_take_down_never_asks(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    delivery = newsroom.work(newsroom.publish())
    newsroom.event(delivery.story, EventKind.WITHDRAWN)
    newsroom.later(5 * HOURS)
    newsroom.run_until_quiet(rounds=3)
    assert Delivery.objects.get(operation=Operation.DELETE).state == S.PUBLISHED


def test_a_newer_version_takes_the_place_of_the_late_one(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    (delivery,) = after_an_outage(newsroom)
    newsroom.event(delivery.story, EventKind.UPDATED, text="lời mới")
    newsroom.run_until_quiet(rounds=3)
    assert Delivery.objects.get(pk=delivery.pk).state == S.CANCELLED
    assert [post.state for post in Delivery.objects.filter(version=2)] == [S.PUBLISHED]


def test_the_clock_of_an_account_can_be_more_patient(newsroom: Newsroom) -> None:
    newsroom.account.settings = {**newsroom.account.settings, "ask_when_late_minutes": 600}
    newsroom.account.save()
    (delivery,) = after_an_outage(newsroom)
    assert delivery.state != S.HELD
