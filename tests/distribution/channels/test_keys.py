"""Keys in their old age: renewed before they end, told days before where nothing renews them, sealed anew when ours change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from distribution.channels import health, renewals
from distribution.channels.enums import AccountState, LogKind
from distribution.channels.keys import open_key
from distribution.channels.models import Account
from distribution.channels.services import connect_account
from distribution.connectors.base import Credential, FailureClass, Health
from publishing.events.models import Alarm
from tests.fakes.connector import KIND, ScriptedPlatform, failure, scripted_platform


@pytest.fixture
def platform() -> Iterator[ScriptedPlatform]:
    with scripted_platform() as made:
        yield made


def connected(now: datetime, *, hours: float = 1, refresh: str = "mãi", key: str = "kenh") -> Account:
    credential = Credential("cũ", expires_at=now + timedelta(hours=hours), refresh_token=refresh)
    return connect_account(kind=KIND, name=f"Kênh {key}", remote_id=key, address="https://social.example", credential=credential, rehearsal=False, actor=None, now=now, key=key)


def test_a_key_is_renewed_at_four_fifths_of_its_life_and_once(db: Any, platform: ScriptedPlatform, now: datetime) -> None:
    connected(now, hours=10)
    assert renewals.renew_due(clock=lambda: now + timedelta(hours=7.9)) == 0 and platform.calls == []
    late = now + timedelta(hours=8.6)
    platform.will("refresh", Credential("mới", expires_at=late + timedelta(hours=10), refresh_token="mãi"))
    assert renewals.renew_due(clock=lambda: late) == 1
    assert renewals.renew_due(clock=lambda: late + timedelta(minutes=1)) == 0
    assert open_key(Account.objects.get().sealed_token)[0] == "mới" and len(platform.calls) == 1


def test_accounts_do_not_all_ask_at_the_same_moment(db: Any, platform: ScriptedPlatform, now: datetime) -> None:
    moments = {renewals.renewal_due(connected(now, hours=100, key=f"kenh-{number}")) for number in range(6)}
    assert len(moments) == 6
    assert all(moment and timedelta(hours=80) <= moment - now <= timedelta(hours=85) for moment in moments)


def test_a_renewal_that_got_no_answer_disconnects_nobody_and_a_refused_one_asks_a_person(db: Any, platform: ScriptedPlatform, now: datetime) -> None:
    connected(now)
    late = now + timedelta(minutes=55)
    platform.will("refresh", failure(FailureClass.TRANSIENT_SAFE, code="no_connection"), failure(FailureClass.AUTH_DEAD, code="token_dead"))
    renewals.renew_due(clock=lambda: late)
    assert Account.objects.get().state == AccountState.READY
    renewals.renew_due(clock=lambda: late + timedelta(minutes=1))
    assert Account.objects.get().state == AccountState.NEEDS_RECONNECT


def test_a_key_that_nothing_renews_is_told_days_before_with_the_day_and_the_one_click(db: Any, platform: ScriptedPlatform, now: datetime, settings: Any) -> None:
    settings.PAPER_ADDRESS, settings.CHANNEL_KEY_WARNING_DAYS = "https://songba.example", 7
    account = connected(now, hours=24 * 60, refresh="")
    ends = account.token_expires_at
    for days_left, count in ((8, 0), (6, 1), (5, 1)):
        platform.will("health", Health("Kênh", "kenh", expires_at=ends))
        health.check_channels(clock=lambda at=ends - timedelta(days=days_left): at)
        assert Alarm.objects.filter(code="channel_key_ends", cleared_at=None).count() == count
    message = Alarm.objects.get(code="channel_key_ends").message
    assert f"https://songba.example/admin/channels/{account.pk}/reconnect/" in message and "Kênh kenh" in message
    connected(now)
    assert not Alarm.objects.filter(code="channel_key_ends", cleared_at=None).exists()


def test_what_a_platform_warns_of_is_kept_until_the_next_check(db: Any, platform: ScriptedPlatform, now: datetime) -> None:
    connected(now, hours=24)
    platform.will("health", Health("Kênh", "kenh", expires_at=now + timedelta(hours=24), warnings=("Trang chưa xác minh",)), Health("Kênh", "kenh"))
    health.check_channels(clock=lambda: now)
    assert Account.objects.get().warnings == ["Trang chưa xác minh"]
    health.check_channels(clock=lambda: now)
    assert (Account.objects.get().warnings, Account.objects.get().token_expires_at) == ([], now + timedelta(hours=24))


def test_after_a_new_key_of_ours_every_token_is_sealed_anew_and_the_old_one_can_go(db: Any, platform: ScriptedPlatform, now: datetime, settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.SECRETS_KEYS = [old]
    account = connected(now)
    generation = account.generation
    settings.SECRETS_KEYS = [new, old]
    for _ in range(2):
        call_command("reseal_keys")
    settings.SECRETS_KEYS = [new]
    account.refresh_from_db()
    assert (open_key(account.sealed_token), account.generation) == (("cũ", "mãi"), generation)
    assert account.log.filter(kind=LogKind.RESEALED).count() == 1


def test_a_token_that_no_key_of_ours_opens_is_named(db: Any, platform: ScriptedPlatform, now: datetime, settings: Any) -> None:
    connected(now)
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="Kênh kenh"):
        call_command("reseal_keys")
