"""A story goes out once, whatever the platform, the network and the worker do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from distribution.channels import services as channels
from distribution.channels.enums import AccountState
from distribution.channels.models import Account
from distribution.connectors.base import Credential, FailureClass, Look, Payload, Published, Sight, Wait
from distribution.deliveries import services
from distribution.deliveries.enums import DeliveryState
from distribution.deliveries.models import Attempt, Delivery, Stray
from newsroom.pages.guard import door_open
from publishing.events.enums import EventKind
from publishing.events.models import Alarm
from tests.distribution.deliveries.stage import Newsroom
from tests.fakes.connector import ScriptedPlatform, dies_after_sending, dies_before_sending, failure, loses_the_answer, never_arrives

pytestmark = pytest.mark.database
S, F = DeliveryState, FailureClass


def texts(platform: ScriptedPlatform) -> list[str]:
    return [post.text for post in platform.posts.values()]


def test_a_published_story_is_posted_with_its_approved_text(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    delivery = newsroom.work(newsroom.publish("Ba giờ sáng"))
    assert (delivery.state, delivery.remote_id, delivery.remote_url) == (S.PUBLISHED, "p1", "https://social.example/p1")
    assert texts(platform) == ["Ba giờ sáng"]
    assert [attempt.phase for attempt in delivery.attempt_log.all()] == ["stage", "commit"]


def test_the_marker_of_the_post_is_the_delivery_s_id(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    delivery = newsroom.work(newsroom.publish())
    assert platform.posts["p1"].marker == delivery.pk
    assert len(delivery.pk) == 26


def test_an_event_taken_twice_writes_its_deliveries_once(newsroom: Newsroom) -> None:
    story = newsroom.story()
    event = newsroom.event(story)
    from distribution.deliveries.subscribers import take

    take(event=event, now=newsroom.now)
    assert Delivery.objects.filter(story=story).count() == 1


def test_a_message_repeated_after_the_post_does_nothing(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    delivery = newsroom.work(newsroom.publish())
    newsroom.work(delivery)
    assert len(platform.posts) == 1


def test_the_intent_is_saved_before_the_call(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    seen: list[Delivery] = []
    platform.before_commit = lambda payload: seen.append(Delivery.objects.get(pk=payload.marker))
    newsroom.work(newsroom.publish())
    assert seen[0].state == S.COMMITTING
    assert seen[0].commit_intent_at is not None
    assert seen[0].look_owed is True


def test_a_lost_answer_is_looked_up_and_found(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", loses_the_answer)
    delivery = newsroom.work(newsroom.publish())
    assert delivery.state == S.VERIFYING
    newsroom.later(2)
    assert newsroom.work(delivery).state == S.PUBLISHED
    assert len(platform.posts) == 1


def test_not_there_is_believed_only_after_settling_and_two_looks(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", never_arrives)
    delivery = newsroom.work(newsroom.publish())
    newsroom.later(2)
    newsroom.work(delivery)
    assert (delivery.state, delivery.absent_looks) == (S.VERIFYING, 0)
    newsroom.later(31)
    newsroom.work(delivery)
    assert (delivery.state, delivery.absent_looks) == (S.VERIFYING, 1)
    newsroom.later(10)
    newsroom.work(delivery)
    assert delivery.state == S.STAGED
    assert delivery.attempts == 1
    newsroom.later(15)
    assert newsroom.work(delivery).state == S.PUBLISHED
    assert len(platform.posts) == 1


def test_a_channel_without_lookup_asks_a_person_after_a_lost_answer(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.can_lookup = False
    platform.will("commit", loses_the_answer)
    delivery = newsroom.work(newsroom.publish())
    newsroom.run_until_quiet(rounds=5)
    delivery.refresh_from_db()
    assert delivery.state == S.UNCONFIRMED
    assert len(platform.posts) == 1
    assert Alarm.objects.filter(code="delivery_unconfirmed", subject=delivery.pk, cleared_at=None).exists()


@pytest.mark.parametrize("death", [dies_before_sending, dies_after_sending])
def test_a_worker_that_dies_in_the_call_leaves_one_post(newsroom: Newsroom, platform: ScriptedPlatform, death: object) -> None:
    platform.will("commit", death)
    delivery = newsroom.work(newsroom.publish())
    assert delivery.state == S.COMMITTING
    newsroom.tick(60)
    delivery.refresh_from_db()
    assert delivery.state == S.COMMITTING, "its lease still runs"
    newsroom.run_until_quiet(rounds=10)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED
    assert len(platform.posts) == 1


def stands_still(newsroom: Newsroom, meanwhile: Callable[[], None]) -> Callable[[ScriptedPlatform, Payload], Published]:
    """A worker that stops before its call leaves (its machine sleeps, say), is taken for dead, and then goes on."""

    def step(platform: ScriptedPlatform, payload: Payload) -> Published:
        newsroom.later(200)
        meanwhile()
        return platform.post(payload)

    return step


def test_a_worker_that_wakes_after_another_has_posted_takes_its_own_post_down(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", stands_still(newsroom, lambda: newsroom.run_until_quiet(seconds=60, rounds=8)))
    delivery = newsroom.work(newsroom.publish())
    newsroom.run_until_quiet(rounds=3)
    delivery.refresh_from_db()
    assert (delivery.state, [post.remote_id for post in platform.posts.values()]) == (S.PUBLISHED, [delivery.remote_id])
    assert platform.made == 2 and not Stray.objects.exists()


def test_a_worker_that_wakes_after_the_story_was_withdrawn_takes_its_post_down(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    delivery = newsroom.publish()

    def withdrawn() -> None:
        newsroom.event(delivery.story, EventKind.WITHDRAWN)
        newsroom.run_until_quiet(seconds=60, rounds=8)

    platform.will("commit", stands_still(newsroom, withdrawn))
    newsroom.work(delivery)
    assert (delivery.state, platform.posts, platform.made) == (S.CANCELLED, {}, 1)


def test_a_worker_that_wakes_before_another_has_posted_brings_the_answer(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    delivery = newsroom.publish()

    def looked_for() -> None:
        services.sweep(now=newsroom.clock())
        for _look in range(2):
            newsroom.later(30)
            services.work(delivery_id=delivery.pk, clock=newsroom.clock)
        assert Delivery.objects.get(pk=delivery.pk).state == S.STAGED

    platform.will("commit", stands_still(newsroom, looked_for))
    newsroom.work(delivery)
    newsroom.run_until_quiet(seconds=60, rounds=5)
    delivery.refresh_from_db()
    assert (delivery.state, platform.made, delivery.remote_id) == (S.PUBLISHED, 1, "p1")


def test_a_post_too_many_that_cannot_be_taken_down_is_told(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", stands_still(newsroom, lambda: newsroom.run_until_quiet(seconds=60, rounds=8)))
    platform.will("delete", failure(F.CONTENT, code="cannot_change"))
    delivery = newsroom.work(newsroom.publish())
    stray = Stray.objects.get()
    assert (stray.delivery, stray.remote_id in platform.posts) == (delivery, True)
    assert "đăng thừa" in Alarm.objects.get(code="post_stray", cleared_at=None).message


def test_a_worker_that_dies_while_staging_is_replaced(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    from tests.fakes.connector import WorkerDies

    def die() -> None:
        raise WorkerDies

    platform.will("stage", die)
    delivery = newsroom.work(newsroom.publish())
    assert delivery.state == S.STAGING
    newsroom.run_until_quiet(rounds=5)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED


def test_a_safe_failure_of_the_commit_is_looked_at_before_the_next_try(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", failure(F.TRANSIENT_SAFE, code="no_connection"))
    delivery = newsroom.work(newsroom.publish())
    assert (delivery.state, delivery.attempts) == (S.RETRY_WAIT, 1)
    newsroom.run_until_quiet(rounds=3)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED
    assert [call for call, _marker in platform.calls] == ["stage", "commit", "stage", "lookup", "commit"]


@pytest.mark.parametrize(("kind", "state"), [(F.RATE, S.BLOCKED_RATE), (F.QUOTA, S.BLOCKED_QUOTA)])
def test_a_platform_that_asks_for_a_pause_uses_up_no_try(newsroom: Newsroom, platform: ScriptedPlatform, kind: F, state: S) -> None:
    platform.will("commit", failure(kind, retry_after=600), failure(kind, retry_after=600))
    delivery = newsroom.work(newsroom.publish())
    assert (delivery.state, delivery.attempts) == (state, 0)
    newsroom.tick(300)
    delivery.refresh_from_db()
    assert delivery.state == state
    newsroom.tick(400)
    newsroom.run_until_quiet(seconds=400, rounds=3)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (S.PUBLISHED, 0)


def test_another_story_waits_behind_the_same_gate(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", failure(F.RATE, retry_after=600))
    newsroom.work(newsroom.publish("một"))
    second = newsroom.work(newsroom.publish("hai"))
    assert second.state == S.BLOCKED_RATE
    newsroom.run_until_quiet(seconds=300, rounds=4)
    assert texts(platform) == ["một", "hai"]


def test_a_dead_key_blocks_until_the_channel_is_connected_again(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", failure(F.AUTH_DEAD, code="token_dead"))
    delivery = newsroom.work(newsroom.publish())
    account = Account.objects.get(pk=newsroom.account.pk)
    assert (delivery.state, account.state) == (S.BLOCKED_AUTH, AccountState.NEEDS_RECONNECT)
    assert Alarm.objects.filter(code="channel_reconnect", cleared_at=None).count() == 1
    newsroom.run_until_quiet(rounds=3)
    assert channels.store_token(account=account, credential=Credential("new"), generation=account.generation, now=newsroom.now)
    newsroom.run_until_quiet(rounds=3)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (S.PUBLISHED, 0)
    assert not Alarm.objects.filter(code="channel_reconnect", cleared_at=None).exists()


def test_a_blocked_account_is_held_for_a_day_then_goes_on(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", failure(F.HOLD, code="blocked"))
    newsroom.account.settings = {"fresh_hours": 72}
    newsroom.account.save()
    delivery = newsroom.work(newsroom.publish())
    assert (delivery.state, Account.objects.get(pk=newsroom.account.pk).state) == (S.HELD, AccountState.HELD)
    newsroom.tick(3600)
    delivery.refresh_from_db()
    assert delivery.state == S.HELD
    newsroom.tick(24 * 3600)
    newsroom.run_until_quiet(rounds=2)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED


def test_refused_content_fails_at_once_and_tells_a_person(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", failure(F.CONTENT, code="bad_content"))
    delivery = newsroom.work(newsroom.publish())
    assert (delivery.state, delivery.failure_code) == (S.FAILED, "bad_content")
    assert Alarm.objects.filter(code="delivery_failed", subject=delivery.pk).exists()


def test_a_text_that_the_channel_cannot_carry_fails_without_a_call(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    delivery = newsroom.publish("x" * 1001)
    assert (delivery.state, delivery.failure_code, platform.calls) == (S.FAILED, "text_too_long", [])


def test_eight_safe_failures_end_in_front_of_a_person(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("stage", *[failure(F.TRANSIENT_SAFE, code="no_connection") for _ in range(20)])
    delivery = newsroom.publish()
    newsroom.run_until_quiet(seconds=1200, rounds=30)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (S.FAILED, 8)


def test_stale_news_is_not_posted(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    channels.gate(account=newsroom.account, until=newsroom.now + timedelta(hours=30), reason="rate", now=newsroom.now)
    delivery = newsroom.publish()
    newsroom.run_until_quiet(seconds=3600, rounds=40)
    delivery.refresh_from_db()
    assert delivery.state == S.EXPIRED
    assert not platform.posts


def test_a_platform_that_works_on_it_is_asked_until_it_is_done(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", Wait(5, {"job": 7}))
    platform.will("check", Wait(5), Look(Sight.FOUND, "p9", "https://social.example/p9"))
    delivery = newsroom.work(newsroom.publish())
    assert (delivery.state, delivery.handle["job"]) == (S.PROCESSING, 7)
    newsroom.run_until_quiet(rounds=3)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.remote_id) == (S.PUBLISHED, "p9")


def test_staging_that_waits_is_taken_up_again_without_a_look(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("stage", Wait(5, {"upload": 1}))
    delivery = newsroom.work(newsroom.publish())
    assert delivery.state == S.PROCESSING
    newsroom.run_until_quiet(rounds=3)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED
    assert "check" not in [call for call, _marker in platform.calls]


def test_a_bug_in_a_commit_is_never_sent_again(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    def broken(platform: ScriptedPlatform, payload: object) -> None:
        raise RuntimeError("boom")

    platform.will("commit", broken)
    delivery = newsroom.work(newsroom.publish())
    assert delivery.state == S.VERIFYING
    newsroom.run_until_quiet(rounds=6)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.commits, len(platform.posts)) == (S.FAILED, 1, 0)
    assert "boom" in Attempt.objects.get(delivery=delivery, phase="commit").raw


def test_looks_that_fail_for_long_ask_a_person(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", loses_the_answer)
    platform.will("lookup", *[failure(F.TRANSIENT_SAFE, code="no_connection") for _ in range(20)])
    delivery = newsroom.work(newsroom.publish())
    newsroom.run_until_quiet(seconds=1000, rounds=15)
    delivery.refresh_from_db()
    assert delivery.state == S.UNCONFIRMED


def test_stories_of_one_account_go_out_in_the_order_they_were_due(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    first, second, third = (newsroom.publish(text) for text in ("một", "hai", "ba"))
    for delivery in (third, third, third):
        newsroom.work(delivery)
    assert {row.state for row in Delivery.objects.filter(pk__in=[first.pk, second.pk])} == {S.PUBLISHED}
    assert texts(platform) == ["một", "hai", "ba"]


def test_an_urgent_one_goes_first(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    first, urgent = newsroom.publish("thường"), newsroom.publish("khẩn")
    Delivery.objects.filter(pk=urgent.pk).update(priority=10)
    newsroom.work(first)
    newsroom.work(first)
    assert texts(platform) == ["khẩn", "thường"]


def test_between_two_posts_of_one_account_there_is_a_pause(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.minimum_gap = 180
    newsroom.work(newsroom.publish("một"))
    second = newsroom.work(newsroom.publish("hai"))
    assert second.state == S.READY
    assert texts(platform) == ["một"]
    newsroom.tick(60)
    assert texts(platform) == ["một"]
    newsroom.tick(130)
    assert texts(platform) == ["một", "hai"]


def test_one_account_s_trouble_does_not_stop_another(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    other = newsroom.new_account()
    platform.will("commit", failure(F.AUTH_DEAD, code="token_dead"))
    newsroom.work(newsroom.publish("một"))
    delivery = newsroom.publish("hai", accounts=(other,))
    assert newsroom.work(delivery).state == S.PUBLISHED


def test_five_failures_open_the_breaker_and_one_tries_first(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    deliveries = [newsroom.publish(str(number)) for number in range(7)]
    platform.will("stage", *[failure(F.TRANSIENT_SAFE, code="no_connection") for _ in range(5)])
    for delivery in deliveries[:5]:
        newsroom.work(delivery)
    sixth = newsroom.work(deliveries[5])
    assert (sixth.state, sixth.attempts, len(platform.calls)) == (S.READY, 0, 5), "the breaker is open: nothing is called"
    newsroom.run_until_quiet(seconds=61, rounds=25)
    assert len(platform.posts) == 7
    assert {delivery.attempts for delivery in Delivery.objects.filter(pk__in=[row.pk for row in deliveries[5:]])} == {0}


def test_a_paused_channel_keeps_its_posts(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    Account.objects.filter(pk=newsroom.account.pk).update(state=AccountState.PAUSED)
    delivery = newsroom.work(newsroom.publish())
    newsroom.tick(10)
    delivery.refresh_from_db()
    assert (delivery.state, platform.posts) == (S.HELD, {})
    Account.objects.filter(pk=newsroom.account.pk).update(state=AccountState.READY)
    newsroom.run_until_quiet(rounds=2)
    assert len(platform.posts) == 1


def test_the_relay_calls_once_for_a_while(newsroom: Newsroom) -> None:
    delivery = newsroom.publish()
    assert services.relay(now=newsroom.clock()) == [delivery.pk]
    assert services.relay(now=newsroom.clock()) == []
    newsroom.later(21)
    assert services.relay(now=newsroom.clock()) == [delivery.pk]


def test_imported_stories_are_left_alone() -> None:
    from distribution.deliveries.subscribers import SUBSCRIBER

    assert SUBSCRIBER.takes_imported is False


def test_the_stored_payload_never_changes(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", never_arrives, failure(F.RATE, retry_after=5), failure(F.TRANSIENT_SAFE, code="no_connection"))
    delivery = newsroom.publish()
    before = (delivery.payload, delivery.payload_sha256)
    newsroom.run_until_quiet(rounds=20)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED
    assert (delivery.payload, delivery.payload_sha256) == before
    assert delivery.stored_payload.sha256 == delivery.payload_sha256


def test_a_story_not_meant_for_the_channel_is_not_posted(newsroom: Newsroom) -> None:
    story = newsroom.story()
    newsroom.event(story, EventKind.PUBLISHED, text="x", wanted=False)
    assert not Delivery.objects.filter(story=story).exists()


@pytest.mark.parametrize("timing", [{"timing": "after", "after_minutes": 20}, {"timing": "at", "at": "2026-11-23T06:20:00+00:00"}])
def test_a_channel_with_a_time_of_its_own_is_posted_then_and_not_before(newsroom: Newsroom, platform: ScriptedPlatform, timing: dict[str, Any]) -> None:
    story = newsroom.story()
    version = story.latest_revision.as_object()
    rows = list(version.channel_texts.all())
    for name, value in timing.items():
        setattr(rows[0], name, datetime.fromisoformat(value) if name == "at" else value)
    version.channel_texts = rows
    revision = version.save_revision()
    with door_open():
        revision.publish(skip_permission_checks=True)
    newsroom.event(story)
    delivery = Delivery.objects.get(story=story)
    assert delivery.state == S.SCHEDULED
    newsroom.tick(19 * 60)
    assert texts(platform) == []
    newsroom.tick(61)
    newsroom.tick(1)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED and len(platform.posts) == 1
