"""Keys in their old age: renewed before they end, told days before where nothing renews them, sealed anew when ours change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.utils import translation

from distribution.channels import demo, health, renewals
from distribution.channels.ends import WHY_IT_ENDS, Reason
from distribution.channels.enums import AccountState, LogKind
from distribution.channels.keys import open_key
from distribution.channels.models import Account
from distribution.channels.services import connect_account
from distribution.connectors.base import Credential, FailureClass, Health
from publishing.events.models import Alarm
from tests.fakes.connector import KIND, ScriptedPlatform, failure, scripted_platform
from tests.fakes.rehearsal import RehearsalServer


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


def open_warnings() -> list[str]:
    return list(Alarm.objects.filter(code="channel_key_ends", cleared_at=None).values_list("message", flat=True))


def checked(platform: ScriptedPlatform, at: datetime, told: Health) -> None:
    platform.will("health", told)
    health.check_channels(clock=lambda: at)


def test_the_end_of_a_consent_is_told_days_before_although_the_key_lives_on(db: Any, platform: ScriptedPlatform, now: datetime, settings: Any) -> None:
    """Facebook: a Page's key has no end, the access to data ends 90 days after a person agreed."""
    settings.CHANNEL_KEY_WARNING_DAYS = 7
    forever, ends = Credential("trang"), now + timedelta(days=90)
    again = {"kind": KIND, "name": "Kênh", "remote_id": "kenh", "address": "https://social.example", "rehearsal": False, "actor": None, "key": "kenh"}
    account = connect_account(credential=forever, now=now, **again)  # type: ignore[arg-type]
    for days_left, count in ((8, 0), (7, 1), (5, 1)):
        checked(platform, ends - timedelta(days=days_left), Health("Kênh", "kenh", ends_at=ends))
        assert len(open_warnings()) == count and Account.objects.get().connection_ends_at == ends
    assert "đồng ý" in open_warnings()[0] and f"/admin/channels/{account.pk}/reconnect/" in open_warnings()[0]
    assert account.log.filter(kind=LogKind.DYING).count() == 1
    connect_account(credential=forever, now=ends - timedelta(days=4), **again)  # type: ignore[arg-type]
    assert open_warnings() == []
    checked(platform, ends - timedelta(days=4), Health("Kênh", "kenh", ends_at=ends + timedelta(days=86)))
    assert open_warnings() == []


def test_the_end_of_what_a_key_is_renewed_with_is_told_and_forgotten_when_a_renewal_moves_it(db: Any, platform: ScriptedPlatform, now: datetime, settings: Any) -> None:
    """Zalo and TikTok: the key is renewed, what it is renewed with ends after months in which no renewal succeeded."""
    settings.CHANNEL_KEY_WARNING_DAYS = 7
    ends = now + timedelta(days=90)
    old = Credential("cũ", expires_at=now + timedelta(days=89), refresh_token="một-lần", ends_at=ends)
    account = connect_account(kind=KIND, name="Kênh", remote_id="kenh", address="https://social.example", credential=old, rehearsal=False, actor=None, now=now, key="kenh")
    late = ends - timedelta(days=6)
    for _check in range(2):
        checked(platform, late, Health("Kênh", "kenh"))
    assert len(open_warnings()) == 1 and "gia hạn" in open_warnings()[0] and account.log.filter(kind=LogKind.DYING).count() == 1
    platform.will("refresh", Credential("mới", expires_at=late + timedelta(hours=25), refresh_token="hai", ends_at=late + timedelta(days=90)))
    assert renewals.renew_due(clock=lambda: late) == 1
    checked(platform, late, Health("Kênh", "kenh"))
    assert open_warnings() == [] and Account.objects.get().connection_ends_at == late + timedelta(days=90)


def test_a_renewal_that_tells_no_end_leaves_the_one_that_is_known(db: Any, platform: ScriptedPlatform, now: datetime) -> None:
    ends = now + timedelta(days=7)
    account = connected(now)
    Account.objects.update(connection_ends_at=ends)
    account.refresh_from_db()
    platform.will("refresh", Credential("mới", expires_at=now + timedelta(hours=1), refresh_token="mãi"))
    renewals.renewed_target(account=account, clock=lambda: now)
    assert Account.objects.get().connection_ends_at == ends


@pytest.mark.parametrize(("reason", "word"), [(Reason.KEY, "không tự gia hạn"), (Reason.CONSENT, "đồng ý lại"), (Reason.RENEWAL, "chỉ gia hạn được đến")])
def test_the_true_reason_is_told_in_vietnamese(reason: Reason, word: str) -> None:
    with translation.override("vi"):
        assert word in translation.gettext(WHY_IT_ENDS[reason])


@pytest.mark.parametrize("kind", ["facebook_page", "zalo_oa", "tiktok"])
def test_the_end_that_a_platform_tells_is_kept_with_the_account(rehearsal: RehearsalServer, now: datetime, kind: str) -> None:
    account = demo.connect(next(channel for channel in demo.CHANNELS if channel.kind == kind), now=now)
    days = {"facebook_page": 90, "zalo_oa": 90, "tiktok": 180}[kind]
    assert account.connection_ends_at is not None and abs(account.connection_ends_at - datetime.now(tz=UTC) - timedelta(days=days)) < timedelta(hours=1)
    if account.token_expires_at is None:
        return
    before = account.connection_ends_at
    renewals.renewed_target(account=account, clock=lambda: datetime.now(tz=UTC))
    account.refresh_from_db()
    assert account.connection_ends_at >= before


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
