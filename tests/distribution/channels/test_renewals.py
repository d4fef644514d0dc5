"""New tokens for old ones: one call whoever asks, and no connection lost for reasons of the network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection

from distribution.channels import health, renewals
from distribution.channels.keys import open_key
from distribution.channels.meters import DayMeter
from distribution.channels.models import Account, QuotaUse
from distribution.channels.services import connect_account, mark_needs_reconnect, pause
from distribution.connectors.base import Credential, Failure, FailureClass, Target
from distribution.connectors.registry import connectors
from newsroom.accounts.models import User
from newsroom.common.http import LONGEST_CALL, NoAnswer
from publishing.events.models import Alarm
from tests.fakes.connector import KIND, ScriptedPlatform, failure, scripted_platform


@pytest.fixture
def platform() -> Iterator[ScriptedPlatform]:
    with scripted_platform() as made:
        yield made


def connected(now: datetime, **more: object) -> Account:
    credential = Credential("cũ", expires_at=now + timedelta(hours=1), refresh_token="mãi")
    return connect_account(kind=KIND, name="Kênh", remote_id="r1", address="https://social.example", credential=credential, rehearsal=False, actor=None, now=now, key="kenh")


def new(now: datetime) -> Credential:
    return Credential("mới", expires_at=now + timedelta(hours=1), refresh_token="mãi")


def test_token_and_refresh_token_are_sealed_together(db: object, platform: ScriptedPlatform, now: datetime) -> None:
    account = connected(now)
    assert open_key(account.sealed_token) == ("cũ", "mãi") and "mãi" not in account.sealed_token


def test_a_renewal_stores_the_new_key_and_leaves_a_pause_as_it_is(db: object, platform: ScriptedPlatform, now: datetime) -> None:
    account = connected(now)
    Account.objects.filter(pk=account.pk).update(gate_until=now + timedelta(hours=1), gate_reason="rate")
    platform.will("refresh", new(now))
    target = renewals.renewed_target(account=account, clock=lambda: now)
    assert not isinstance(target, Failure) and target.credential.token == "mới"
    kept = Account.objects.get()
    assert (kept.generation, kept.gate_reason, open_key(kept.sealed_token)) == (2, "rate", ("mới", "mãi"))


def test_a_renewal_that_got_no_answer_changes_nothing(db: object, platform: ScriptedPlatform, now: datetime) -> None:
    account = connected(now)
    platform.will("refresh", failure(FailureClass.TRANSIENT_SAFE, code="no_connection"))
    assert isinstance(renewals.renewed_target(account=account, clock=lambda: now), Failure)
    kept = Account.objects.get()
    assert (kept.state, kept.generation, kept.renewing_until) == ("ready", 1, None)


def test_a_token_with_long_to_live_is_left_alone(db: object, platform: ScriptedPlatform, now: datetime) -> None:
    account = connected(now)
    target = renewals.fresh_target(account=account, clock=lambda: now)
    assert not isinstance(target, Failure) and target.credential.token == "cũ" and platform.calls == []


def test_who_comes_with_an_old_key_gets_the_new_one_without_asking(db: object, platform: ScriptedPlatform, now: datetime) -> None:
    connected(now)
    early, late = Account.objects.get(), Account.objects.get()
    platform.will("refresh", new(now))
    renewals.renewed_target(account=early, clock=lambda: now)
    target = renewals.renewed_target(account=late, clock=lambda: now)
    assert not isinstance(target, Failure) and target.credential.token == "mới"
    assert len(platform.calls) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
def test_two_who_ask_at_once_make_one_call(platform: ScriptedPlatform, now: datetime) -> None:
    account, entered = connected(now), threading.Event()

    def slow() -> Credential:
        entered.set()
        threading.Event().wait(0.5)
        return new(now)

    platform.will("refresh", slow)
    found: list[object] = []

    def ask() -> None:
        outcome = renewals.renewed_target(account=Account.objects.get(pk=account.pk), clock=lambda: now)
        found.append(outcome if isinstance(outcome, Failure) else outcome.credential.token)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == ["mới"] * 3 and len(platform.calls) == 1


ZALO = Credential("cũ", refresh_token="một-lần")


class Passing:
    """A clock that a test moves on."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
def test_the_longest_call_is_still_the_only_one(platform: ScriptedPlatform, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform that takes a refresh token once and answers as late as a call can last: who comes meanwhile does not spend it again."""
    monkeypatch.setattr(renewals, "LOOKS", 1)
    account, clock, asked, answer = connected(now), Passing(now), threading.Event(), threading.Event()

    def slow() -> Credential:
        asked.set()
        assert answer.wait(20)
        return new(clock())

    platform.will("refresh", slow, failure(FailureClass.AUTH_DEAD, code="token_dead"))

    def ask() -> None:
        renewals.renewed_target(account=Account.objects.get(pk=account.pk), clock=clock)
        connection.close()

    first = threading.Thread(target=ask)
    first.start()
    assert asked.wait(20)
    clock.now = now + timedelta(seconds=LONGEST_CALL)
    second = renewals.renewed_target(account=Account.objects.get(pk=account.pk), clock=clock)
    answer.set()
    first.join(20)
    kept = Account.objects.get()
    assert isinstance(second, Failure) and second.kind == FailureClass.TRANSIENT_SAFE
    assert (len(platform.calls), kept.state, open_key(kept.sealed_token)[0], kept.token_stored_at) == (1, "ready", "mới", clock.now)


def test_a_good_key_that_comes_late_makes_a_lost_channel_ready_again(db: object, platform: ScriptedPlatform, now: datetime) -> None:
    """Whoever called the connection lost meanwhile did so for the key that this one takes the place of."""
    account = connected(now)

    def late() -> Credential:
        mark_needs_reconnect(account=account, generation=account.generation, reason="token_dead", now=now)
        return new(now)

    platform.will("refresh", late)
    assert not isinstance(renewals.renewed_target(account=account, clock=lambda: now), Failure)
    kept = Account.objects.get()
    assert (kept.state, kept.state_reason, open_key(kept.sealed_token)) == ("ready", "", ("mới", "mãi"))
    assert not Alarm.objects.filter(cleared_at=None).exists()
    assert list(kept.log.values_list("kind", flat=True))[:2] == ["resumed", "token_stored"]


def test_a_good_key_that_comes_late_opens_no_channel_that_a_person_paused(db: object, platform: ScriptedPlatform, now: datetime, secretary: User) -> None:
    account = connected(now)

    def late() -> Credential:
        pause(account=account, actor=secretary, reason="Đang có sự cố", now=now)
        mark_needs_reconnect(account=account, generation=account.generation, reason="token_dead", now=now)
        return new(now)

    platform.will("refresh", late)
    renewals.renewed_target(account=account, clock=lambda: now)
    assert (Account.objects.get().state, Account.objects.get().state_reason) == ("paused", "Đang có sự cố")
    assert not Alarm.objects.filter(cleared_at=None).exists()


def test_a_refusal_lets_go_of_no_claim_but_its_own(db: object, platform: ScriptedPlatform, now: datetime) -> None:
    account, others = connected(now), now + timedelta(hours=1)

    def refused() -> Failure:
        Account.objects.update(renewing_until=others)  # ours ran out, somebody else is at it
        return failure(FailureClass.TRANSIENT_SAFE, code="no_connection")

    platform.will("refresh", refused)
    renewals.renewed_target(account=account, clock=lambda: now)
    assert Account.objects.get().renewing_until == others


def test_a_check_that_comes_to_an_account_late_claims_by_the_time_it_is_then(
    db: object, platform: ScriptedPlatform, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(now)
    clock, seen = Passing(now), []

    def slow(**_asked: object) -> Failure:
        clock.now += timedelta(seconds=LONGEST_CALL)
        return failure(FailureClass.AUTH_REFRESHABLE, code="token_dead")

    def renewed() -> Credential:
        seen.append((Account.objects.get().renewing_until or now) - clock())
        return new(clock())

    monkeypatch.setattr(platform, "health", slow)
    platform.will("refresh", renewed)
    health.check_channels(clock=clock)
    assert seen == [renewals.HELD]


@pytest.mark.parametrize("kind", ["zalo_oa", "tiktok", "youtube"])
def test_a_renewal_is_one_call_so_the_claim_outlasts_it(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    def nothing(method: str, url: str, **more: object) -> NoAnswer:
        made.append(more.keys() & {"deadline_seconds", "read_seconds"})
        return NoAnswer(True, "slow")

    monkeypatch.setattr(f"distribution.connectors.{kind}.oauth.call", nothing)
    connectors.get(kind).refresh(target=Target("1", "https://social.example", ZALO))
    assert made == [set()] and timedelta(seconds=LONGEST_CALL) < renewals.HELD


def test_a_meter_counts_for_all_workers_and_never_over_its_limit(db: object) -> None:
    first, second = DayMeter(kind="youtube", app_id="a"), DayMeter(kind="youtube", app_id="a")
    assert first.spend(bucket="units", day="2026-11-23", units=60, limit=100)
    assert not second.spend(bucket="units", day="2026-11-23", units=60, limit=100)
    assert second.spend(bucket="units", day="2026-11-23", units=40, limit=100)
    assert second.spend(bucket="units", day="2026-11-24", units=60, limit=100)
    assert DayMeter(kind="youtube", app_id="b").spend(bucket="units", day="2026-11-23", units=60, limit=100)
    assert QuotaUse.objects.get(day="2026-11-23", app_id="a").units == 100
