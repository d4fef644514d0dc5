"""Accounts: keys that never go backwards, gates, holds, pauses, and a check that never disconnects for network reasons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from distribution.channels import health, services
from distribution.channels.enums import AccountState, GateReason, LogKind
from distribution.channels.models import Account
from distribution.connectors.base import Credential, FailureClass
from newsroom.accounts.models import User
from newsroom.common.crypto import open_sealed
from publishing.events.models import Alarm
from tests.fakes.connector import KIND, ScriptedPlatform, failure, scripted_platform

pytestmark = pytest.mark.database


@pytest.fixture
def platform() -> Iterator[ScriptedPlatform]:
    with scripted_platform() as made:
        yield made


@pytest.fixture
def account(db: Any, platform: ScriptedPlatform, now: datetime) -> Account:
    return services.connect_account(
        kind=KIND, name="Fanpage Báo Sông Ba", remote_id="r1", address="https://social.example", credential=Credential("khóa-một"), rehearsal=False, actor=None, now=now
    )


def fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def test_an_older_key_never_overwrites_a_newer(account: Account, now: datetime) -> None:
    assert services.store_token(account=account, credential=Credential("khóa-hai"), generation=account.generation, now=now)
    assert not services.store_token(account=account, credential=Credential("khóa-cũ"), generation=account.generation, now=now)
    assert open_sealed(fresh(account).sealed_token) == "khóa-hai"


def test_a_failure_of_an_old_key_does_not_disconnect_a_newer(account: Account, now: datetime) -> None:
    services.store_token(account=account, credential=Credential("khóa-hai"), generation=account.generation, now=now)
    assert not services.mark_needs_reconnect(account=account, generation=account.generation, reason="x", now=now)
    assert fresh(account).state == AccountState.READY


def test_a_dead_key_alarms_once_and_a_new_one_clears_it(account: Account, now: datetime) -> None:
    for _ in range(2):
        services.mark_needs_reconnect(account=account, generation=account.generation, reason="token_dead", now=now)
    assert Alarm.objects.filter(code="channel_reconnect", cleared_at=None).count() == 1
    services.store_token(account=account, credential=Credential("mới"), generation=account.generation, now=now)
    assert fresh(account).state == AccountState.READY
    assert not Alarm.objects.filter(cleared_at=None).exists()


@pytest.mark.parametrize("kind", [FailureClass.TRANSIENT_SAFE, FailureClass.AMBIGUOUS, FailureClass.BUG, FailureClass.CONFIG])
def test_a_check_that_fails_for_other_reasons_disconnects_nobody(account: Account, platform: ScriptedPlatform, now: datetime, kind: FailureClass) -> None:
    platform.will("health", failure(kind))
    health.check_channels(clock=lambda: now)
    assert fresh(account).state == AccountState.READY


def test_a_check_that_finds_the_key_dead_asks_to_connect_again(account: Account, platform: ScriptedPlatform, now: datetime) -> None:
    platform.will("health", failure(FailureClass.AUTH_DEAD, code="token_dead"))
    health.check_channels(clock=lambda: now)
    assert fresh(account).state == AccountState.NEEDS_RECONNECT


def test_a_key_that_cannot_be_opened_asks_to_connect_again(account: Account, now: datetime) -> None:
    Account.objects.filter(pk=account.pk).update(sealed_token="hỏng")
    health.check_channels(clock=lambda: now)
    assert fresh(account).state == AccountState.NEEDS_RECONNECT


def test_a_longer_pause_stands_and_opens_by_itself(account: Account, now: datetime) -> None:
    services.gate(account=account, until=now + timedelta(hours=2), reason=GateReason.RATE, now=now)
    services.gate(account=account, until=now + timedelta(hours=1), reason=GateReason.RATE, now=now)
    assert fresh(account).gate_until == now + timedelta(hours=2)
    assert services.open_gates(now=now + timedelta(hours=1)) == 0
    assert services.open_gates(now=now + timedelta(hours=2)) == 1
    assert fresh(account).gate_until is None


def test_an_operator_pauses_and_opens_a_channel_and_both_are_written_down(account: Account, now: datetime, secretary: User) -> None:
    services.pause(account=account, actor=secretary, reason="Đang có sự cố", now=now)
    assert (fresh(account).state, fresh(account).state_reason) == (AccountState.PAUSED, "Đang có sự cố")
    services.resume(account=account, actor=secretary, now=now)
    assert fresh(account).state == AccountState.READY
    assert list(account.log.filter(actor=secretary).values_list("kind", flat=True)) == [LogKind.RESUMED, LogKind.PAUSED]


def test_a_reporter_does_not_pause_a_channel(account: Account, now: datetime, reporter: User) -> None:
    with pytest.raises(services.ChannelError):
        services.pause(account=account, actor=reporter, reason="", now=now)


def test_a_new_key_leaves_a_paused_channel_paused(account: Account, now: datetime, secretary: User) -> None:
    services.pause(account=account, actor=secretary, reason="", now=now)
    services.store_token(account=fresh(account), credential=Credential("mới"), generation=account.generation, now=now)
    assert fresh(account).state == AccountState.PAUSED


def test_two_pages_of_one_name_get_different_keys(account: Account, now: datetime) -> None:
    other = services.connect_account(
        kind=KIND, name=account.name, remote_id="r2", address="https://social.example", credential=Credential("k"), rehearsal=False, actor=None, now=now
    )
    assert (account.key, other.key) == ("fanpage-bao-song-ba", "fanpage-bao-song-ba-2")


def test_an_expected_account_is_the_one_that_gets_connected(db: None, platform: ScriptedPlatform, now: datetime) -> None:
    expected = services.expect_account(kind=KIND, key="fanpage", name="Fanpage", rehearsal=False, now=now)
    assert expected.state == AccountState.NEEDS_RECONNECT
    connected = services.connect_account(
        kind=KIND, name="Fanpage", remote_id="r9", address="https://social.example", credential=Credential("k"), rehearsal=False, actor=None, now=now, key="fanpage"
    )
    assert (connected.pk, connected.state, connected.remote_id) == (expected.pk, AccountState.READY, "r9")
