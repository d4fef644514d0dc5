"""Reading numbers back: due posts, many in a call, nothing invented, and nobody's posting disturbed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from distribution.channels.enums import AccountState
from distribution.connectors.base import Counts, FailureClass
from distribution.deliveries import breakers
from distribution.deliveries.models import Breaker, Delivery
from distribution.metrics import services
from distribution.metrics.models import AccountReading, Copy, CopyCount
from publishing.events.enums import EventKind
from tests.distribution.deliveries.stage import Newsroom
from tests.fakes.connector import ScriptedPlatform, failure

pytestmark = pytest.mark.database
F = FailureClass


def posted(newsroom: Newsroom, count: int = 1) -> list[Delivery]:
    """Posts that went out and are watched."""
    made = [newsroom.publish(f"lời {number}") for number in range(count)]
    newsroom.run_until_quiet(seconds=1, rounds=count + 1)
    services.take_up(now=newsroom.now)
    for delivery in made:
        delivery.refresh_from_db()
    return made


def read(newsroom: Newsroom, *, minutes: float = 0) -> int:
    newsroom.later(minutes * 60)
    return services.read_due(clock=newsroom.clock)


def numbers(delivery: Delivery) -> tuple[int | None, ...]:
    row = Copy.objects.get(pk=delivery.pk)
    return row.views, row.reactions, row.comments, row.shares


def asked(platform: ScriptedPlatform) -> list[str]:
    return [what for call, what in platform.calls if call == "metrics"]


def test_a_post_is_read_at_its_moments_and_every_reading_is_kept(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    (delivery,) = posted(newsroom)
    platform.numbers[delivery.remote_id] = Counts(10, 2, 1, 0)
    assert read(newsroom, minutes=4) == 0
    assert read(newsroom, minutes=1) == 1 and numbers(delivery) == (10, 2, 1, 0)
    assert read(newsroom, minutes=1) == 0
    platform.numbers[delivery.remote_id] = Counts(50, 9, 4, 3)
    assert read(newsroom, minutes=9) == 1 and numbers(delivery) == (50, 9, 4, 3)
    assert list(CopyCount.objects.values_list("views", flat=True)) == [10, 50]


def test_a_number_that_is_not_told_is_empty_and_the_others_stay(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    (delivery,) = posted(newsroom)
    platform.numbers[delivery.remote_id] = Counts(10, 2, 1, 0)
    read(newsroom, minutes=5)
    platform.numbers[delivery.remote_id] = Counts(None, 3, 1, 0)
    read(newsroom, minutes=10)
    assert numbers(delivery) == (None, 3, 1, 0)
    assert list(CopyCount.objects.values_list("views", "reactions")) == [(10, 2), (None, 3)]


@pytest.mark.parametrize("wrong", [-1, 2**63, True, "7", 1.5])
def test_what_is_no_count_is_not_told(newsroom: Newsroom, platform: ScriptedPlatform, wrong: object) -> None:
    (delivery,) = posted(newsroom)
    platform.numbers[delivery.remote_id] = Counts(wrong, 3, None, None)  # type: ignore[arg-type]
    read(newsroom, minutes=5)
    assert numbers(delivery) == (None, 3, None, None)


def test_a_post_that_is_missing_in_the_answer_keeps_its_last_numbers(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    first, second = posted(newsroom, 2)
    platform.numbers |= {first.remote_id: Counts(1, 1, 1, 1), second.remote_id: Counts(2, 2, 2, 2)}
    read(newsroom, minutes=6)
    platform.numbers = {second.remote_id: Counts(3, 3, 3, 3)}
    assert read(newsroom, minutes=15) == 2
    assert numbers(first) == (1, 1, 1, 1) and numbers(second) == (3, 3, 3, 3)
    assert CopyCount.objects.count() == 3 and Copy.objects.get(pk=first.pk).next_at is not None


def test_many_posts_of_an_account_go_into_one_call(newsroom: Newsroom, platform: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 3)
    made = posted(newsroom, 5)
    platform.numbers = {delivery.remote_id: Counts(1, None, None, None) for delivery in made}
    assert read(newsroom, minutes=10) == 5
    assert [len(what.split(",")) for what in asked(platform)] == [3, 2]
    assert CopyCount.objects.count() == 5


def test_the_call_is_made_outside_any_write_and_one_worker_at_a_time_reads_an_account(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    (delivery,) = posted(newsroom)
    inner: list[int] = []

    def answer() -> dict[str, Counts]:
        with CaptureQueriesContext(connection):
            inner.append(services.read_account(account=newsroom.account, clock=newsroom.clock))
        return {delivery.remote_id: Counts(1, 1, 1, 1)}

    platform.will("metrics", answer)
    assert read(newsroom, minutes=5) == 1 and inner == [0]
    assert AccountReading.objects.get().lease_until is None


def test_a_lease_of_a_dead_worker_runs_out(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    posted(newsroom)
    AccountReading.objects.create(pk=newsroom.account.pk, lease_until=newsroom.now + timedelta(minutes=7))
    assert read(newsroom, minutes=5) == 0 and read(newsroom, minutes=3) == 1


def test_a_post_that_was_taken_down_is_not_asked_for(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    (delivery,) = posted(newsroom)
    platform.numbers[delivery.remote_id] = Counts(7, 0, 0, 0)
    read(newsroom, minutes=5)
    newsroom.event(delivery.story, EventKind.WITHDRAWN)
    newsroom.run_until_quiet(seconds=1, rounds=2)
    calls = len(asked(platform))
    assert read(newsroom, minutes=60) == 0 and len(asked(platform)) == calls and numbers(delivery)[0] == 7
    assert Copy.objects.get().next_at is None


def test_only_posts_that_can_be_asked_for_are_taken_up(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    newsroom.publish()
    assert services.take_up(now=newsroom.now) == 0  # it has not gone out
    newsroom.run_until_quiet(seconds=1, rounds=2)
    platform.tells = ()
    assert services.take_up(now=newsroom.now) == 0  # the platform tells nothing
    platform.tells = ("views",)
    assert services.take_up(now=newsroom.now + timedelta(days=91)) == 0  # too old
    assert services.take_up(now=newsroom.now) == 1 and services.take_up(now=newsroom.now) == 0


def test_a_rate_shuts_the_accounts_gate_and_nothing_is_asked_before_it_opens(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    (delivery,) = posted(newsroom)
    platform.will("metrics", failure(F.RATE, retry_after=1800))
    platform.numbers[delivery.remote_id] = Counts(1, 1, 1, 1)
    assert read(newsroom, minutes=5) == 0
    newsroom.account.refresh_from_db()
    assert newsroom.account.gate_until is not None
    assert read(newsroom, minutes=20) == 0 and len(asked(platform)) == 1
    assert read(newsroom, minutes=11) == 1 and numbers(delivery) == (1, 1, 1, 1)


def test_a_quota_used_up_by_reading_keeps_no_post_back(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    posted(newsroom)
    platform.will("metrics", failure(F.QUOTA, retry_after=7200))
    read(newsroom, minutes=5)
    newsroom.account.refresh_from_db()
    assert newsroom.account.gate_until is None
    assert read(newsroom, minutes=100) == 0 and len(asked(platform)) == 1
    assert read(newsroom, minutes=30) == 1


def test_a_right_that_is_missing_stops_the_reading_only_and_is_asked_for_ever_more_seldom(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    posted(newsroom)
    platform.will("metrics", *[failure(F.CONFIG)] * 3)
    waits = []
    for _round in range(3):
        newsroom.later(24 * 3600)
        services.read_due(clock=newsroom.clock)
        reading = AccountReading.objects.get()
        assert reading.not_before is not None and reading.failure_message
        waits.append(round((reading.not_before - newsroom.now) / timedelta(minutes=1)))
    assert waits == [15, 30, 60]
    assert not Breaker.objects.exists()
    newsroom.account.refresh_from_db()
    assert newsroom.account.state == AccountState.READY
    assert read(newsroom, minutes=61) == 1
    assert AccountReading.objects.get().failures == 0


def test_failures_of_the_network_count_for_the_breaker_and_an_open_one_is_respected(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    posted(newsroom)
    platform.will("metrics", failure(F.TRANSIENT_SAFE))
    read(newsroom, minutes=5)
    assert Breaker.objects.get(pk=f"account:{newsroom.account.pk}").failures == 1
    breakers.close_platform(account=newsroom.account, reason="x", now=newsroom.now + timedelta(minutes=14))
    assert read(newsroom, minutes=16) == 0 and len(asked(platform)) == 1
    assert read(newsroom, minutes=20) == 1 and not Breaker.objects.exists()


def test_a_dead_key_asks_a_person_to_connect_again(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    posted(newsroom)
    platform.will("metrics", failure(F.AUTH_DEAD, code="token_dead"))
    read(newsroom, minutes=5)
    newsroom.account.refresh_from_db()
    assert newsroom.account.state == AccountState.NEEDS_RECONNECT
    assert read(newsroom, minutes=120) == 0 and len(asked(platform)) == 1


def test_a_mistake_in_a_connector_stops_neither_the_others_nor_the_next_time(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    other = newsroom.new_account()
    story = newsroom.story(accounts=(newsroom.account, other))
    newsroom.event(story)
    newsroom.run_until_quiet(seconds=1, rounds=3)
    services.take_up(now=newsroom.now)

    def breaks() -> None:
        raise KeyError("views")

    platform.will("metrics", breaks)
    platform.numbers = {remote_id: Counts(1, 1, 1, 1) for remote_id in platform.posts}
    assert read(newsroom, minutes=5) == 1
    assert read(newsroom, minutes=30) == 2 and CopyCount.objects.count() == 3
