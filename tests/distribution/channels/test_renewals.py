"""New tokens for old ones: one call whoever asks, and no connection lost for reasons of the network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection

from distribution.channels import renewals
from distribution.channels.keys import open_key
from distribution.channels.meters import DayMeter
from distribution.channels.models import Account, QuotaUse
from distribution.channels.services import connect_account
from distribution.connectors.base import Credential, Failure, FailureClass
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


def test_a_meter_counts_for_all_workers_and_never_over_its_limit(db: object) -> None:
    first, second = DayMeter(kind="youtube", app_id="a"), DayMeter(kind="youtube", app_id="a")
    assert first.spend(bucket="units", day="2026-11-23", units=60, limit=100)
    assert not second.spend(bucket="units", day="2026-11-23", units=60, limit=100)
    assert second.spend(bucket="units", day="2026-11-23", units=40, limit=100)
    assert second.spend(bucket="units", day="2026-11-24", units=60, limit=100)
    assert DayMeter(kind="youtube", app_id="b").spend(bucket="units", day="2026-11-23", units=60, limit=100)
    assert QuotaUse.objects.get(day="2026-11-23", app_id="a").units == 100
