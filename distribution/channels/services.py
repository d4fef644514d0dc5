"""Writes about accounts: connecting, keys, and every reason to wait. Each leaves a line in the account's log."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from distribution.channels.ends import WHY_IT_ENDS, End
from distribution.channels.enums import AccountState, GateReason, LogKind
from distribution.channels.keys import seal_key
from distribution.channels.models import Account, AccountLog
from distribution.channels.options import MISSING, in_words, value_at, with_values
from distribution.channels.permissions import may_connect, may_operate
from distribution.connectors.base import Credential, Failure, FailureClass
from distribution.connectors.options import Option
from newsroom.accounts.models import User
from newsroom.common.errors import NewsroomError
from newsroom.common.text import slugify_vi
from publishing.events.alarms import clear_alarm, raise_alarm
from publishing.events.models import Alarm

log = logging.getLogger(__name__)
RECONNECT_ALARM = "channel_reconnect"
HELD_ALARM = "channel_held"
DYING_ALARM = "channel_key_ends"
HOLD_TIME = timedelta(hours=24)


class ChannelError(NewsroomError):
    """An account cannot be changed in this way."""


def write_log(*, account: Account, kind: LogKind, now: datetime, actor: User | None = None, detail: str = "") -> None:
    """One line of the account's history."""
    AccountLog.objects.create(account=account, kind=kind, at=now, actor=actor, detail=detail[:500])
    log.info("channel.%s account=%s actor=%s", kind, account.key, actor.pk if actor else "-")


def expect_account(*, kind: str, key: str, name: str, rehearsal: bool, now: datetime) -> Account:
    """A row for an account that will be connected soon: stories may name it, what is meant for it waits."""
    return Account.objects.get_or_create(key=key, defaults={"kind": kind, "name": name, "rehearsal": rehearsal, "created_at": now, "opened_on": now.date()})[0]


@transaction.atomic
def connect_account(
    *, kind: str, name: str, remote_id: str, address: str, credential: Credential, rehearsal: bool, actor: User | None, now: datetime, key: str = "",
    settings: dict[str, Any] | None = None,
) -> Account:  # fmt: skip
    """Add an account, or give the one that is there (same platform, address and id) a new key. Actor None: the demo.

    Raises ChannelError where the person may not, or where the wanted key belongs to another account.
    """
    if actor is not None and not may_connect(actor):
        raise ChannelError("not_allowed", _("Your role does not connect channels."))
    account = _known_account(kind=kind, remote_id=remote_id, address=address, key=key)
    if account is None:
        account = _add_account(
            key=key, kind=kind, name=name[:120], remote_id=remote_id, address=address, rehearsal=rehearsal, settings=settings or {}, person_responsible=actor,
            opened_on=now.date(), created_at=now,
        )  # fmt: skip
        write_log(account=account, kind=LogKind.CONNECTED, now=now, actor=actor, detail=name)
    else:
        _take_settings(account, settings or {})
    if account.generation and account.state != AccountState.READY:
        write_log(account=account, kind=LogKind.RECONNECTED, now=now, actor=actor, detail=name)
    if not store_token(account=account, credential=credential, generation=account.generation, now=now, actor=actor):
        raise ChannelError("raced", _("Somebody has just connected this channel. Look at it again."))
    account.refresh_from_db()
    return account


def _take_settings(account: Account, settings: dict[str, Any]) -> None:
    """What the log-in tells of the account takes the place of what an earlier one told; the rest stays."""
    if settings and {**account.settings, **settings} != account.settings:
        account.settings = {**account.settings, **settings}
        account.save(update_fields=["settings"])


@transaction.atomic
def keep_settings(*, account: Account, settings: dict[str, Any]) -> None:
    """What the platform allows an account now, as a check was told."""
    if settings:
        _take_settings(Account.objects.select_for_update(of=("self",)).get(pk=account.pk), settings)


def _known_account(*, kind: str, remote_id: str, address: str, key: str) -> Account | None:
    """The account of this Page, or the expected one that has no Page yet, which gets this one."""
    rows = Account.objects.select_for_update().filter(kind=kind)
    known = rows.filter(address=address, remote_id=remote_id).first()
    expected = rows.filter(key=key, remote_id="").first() if known is None and key else None
    if expected is not None:
        expected.remote_id, expected.address = remote_id, address
        expected.save(update_fields=["remote_id", "address"])
    return known or expected


def _add_account(*, key: str, name: str, **fields: Any) -> Account:
    base = key or slugify_vi(name, max_length=50) or "kenh"
    tries = [base] if key else [base, *(f"{base}-{number}" for number in range(2, 20))]
    for wanted in tries:
        try:
            with transaction.atomic():
                return Account.objects.create(key=wanted, name=name, **fields)
        except IntegrityError:
            continue
    raise ChannelError("key_taken", _("Another channel has the key “%(key)s”.") % {"key": base})


@transaction.atomic
def store_token(*, account: Account, credential: Credential, generation: int, now: datetime, actor: User | None = None) -> bool:
    """Store a new key if nobody stored one since `generation` was read; the account is ready again (unless paused). False: somebody did."""
    state = AccountState.PAUSED if account.state == AccountState.PAUSED else AccountState.READY
    changed = Account.objects.filter(pk=account.pk, generation=generation).update(
        sealed_token=seal_key(credential), token_expires_at=credential.expires_at, token_stored_at=now, generation=F("generation") + 1, state=state, renewing_until=None,
        connection_ends_at=credential.ends_at,
        state_reason=account.state_reason if state == AccountState.PAUSED else "", gate_until=None, gate_reason=GateReason.NONE,
    )  # fmt: skip
    if not changed:
        return False
    write_log(account=account, kind=LogKind.TOKEN_STORED, now=now, actor=actor)
    for code in (RECONNECT_ALARM, HELD_ALARM, DYING_ALARM):
        clear_alarm(code=code, subject=account.key, now=now)
    return True


def reconnect_address(account: Account) -> str:
    """The one click of an alarm: leads straight to the log-in of the channel's platform."""
    return f"{settings.PAPER_ADDRESS.rstrip('/')}{reverse('channel_reconnect', args=[account.pk])}"


@transaction.atomic
def warn_of_end(*, account: Account, end: End, now: datetime) -> bool:
    """A connection ends in some days: said once, with the day, the true reason and the one click, until it ends later or the channel is connected again."""
    if Alarm.objects.filter(code=DYING_ALARM, subject=account.key, cleared_at=None).exists():
        return False
    write_log(account=account, kind=LogKind.DYING, now=now, detail=end.at.isoformat(timespec="minutes"))
    values = {"name": account.name, "platform": account.platform, "at": date_format(localtime(end.at), "H:i d/m/Y"), "address": reconnect_address(account)}
    raise_alarm(code=DYING_ALARM, subject=account.key, message=_(WHY_IT_ENDS[end.reason]) % values, now=now)
    return True


def no_end_soon(*, account: Account, now: datetime) -> None:
    """What was warned of is over: the end has moved away."""
    clear_alarm(code=DYING_ALARM, subject=account.key, now=now)


def _said_of_this_key(account: Account, kind: LogKind) -> bool:
    return AccountLog.objects.filter(account=account, kind=kind, at__gte=account.token_stored_at or account.created_at).exists()


@transaction.atomic
def mark_needs_reconnect(*, account: Account, generation: int, reason: str, now: datetime) -> bool:
    """The key is dead. Only for the key that failed: a newer one (by generation) is left alone. Alarms once. A paused channel stays paused; its take-downs need the key."""
    rows = Account.objects.filter(pk=account.pk, generation=generation)
    changed = rows.exclude(state__in=[AccountState.NEEDS_RECONNECT, AccountState.PAUSED]).update(state=AccountState.NEEDS_RECONNECT, state_reason=reason[:500])
    if not changed:
        changed = rows.filter(state=AccountState.PAUSED).exists() and not _said_of_this_key(account, LogKind.NEEDS_RECONNECT)
    if changed:
        write_log(account=account, kind=LogKind.NEEDS_RECONNECT, now=now, detail=reason)
        values = {"name": account.name, "reason": _(reason), "address": reconnect_address(account)}
        message = _("The channel “%(name)s” must be connected again: %(reason)s %(address)s") % values
        raise_alarm(code=RECONNECT_ALARM, subject=account.key, message=message, now=now)
    return bool(changed)


@transaction.atomic
def found_again(*, account: Account, generation: int, now: datetime) -> bool:
    """A good key came for an account whose connection may have been called lost: it posts again unless it is paused, and nobody needs to connect it."""
    lost = Account.objects.filter(pk=account.pk, generation=generation, state=AccountState.NEEDS_RECONNECT)
    changed = lost.update(state=AccountState.READY, state_reason="")
    if changed:
        write_log(account=account, kind=LogKind.RESUMED, now=now)
    clear_alarm(code=RECONNECT_ALARM, subject=account.key, now=now)
    return bool(changed)


@transaction.atomic
def hold(*, account: Account, reason: str, now: datetime, until: datetime | None = None) -> bool:
    """The platform has blocked the account: nothing is sent for a day (or `until`), a person is told."""
    until = until or now + HOLD_TIME
    changed = Account.objects.filter(pk=account.pk, state=AccountState.READY).update(
        state=AccountState.HELD, state_reason=reason[:500], gate_until=until, gate_reason=GateReason.HOLD
    )
    if changed:
        write_log(account=account, kind=LogKind.HELD, now=now, detail=reason)
        message = _("The platform holds the channel “%(name)s”: %(reason)s") % {"name": account.name, "reason": _(reason)}
        raise_alarm(code=HELD_ALARM, subject=account.key, message=message, now=now)
    return bool(changed)


@transaction.atomic
def gate(*, account: Account, until: datetime, reason: GateReason, now: datetime) -> None:
    """Nothing is sent until a moment that the platform named. A later moment stands; an earlier one does not shorten it."""
    changed = Account.objects.filter(pk=account.pk, state=AccountState.READY).exclude(gate_until__gte=until).update(gate_until=until, gate_reason=reason)
    if changed:
        write_log(account=account, kind=LogKind.GATED, now=now, detail=f"{reason} {until.isoformat(timespec='seconds')}")


@transaction.atomic
def open_gates(*, now: datetime) -> int:
    """Open what waited for a time that has come; returns how many accounts."""
    opened = 0
    for account in Account.objects.filter(gate_until__lte=now, state__in=[AccountState.READY, AccountState.HELD]):
        changed = Account.objects.filter(pk=account.pk, gate_until=account.gate_until, state=account.state).update(
            state=AccountState.READY, state_reason="", gate_until=None, gate_reason=GateReason.NONE
        )
        if changed:
            opened += 1
            write_log(account=account, kind=LogKind.RESUMED, now=now)
            clear_alarm(code=HELD_ALARM, subject=account.key, now=now)
    return opened


@transaction.atomic
def pause(*, account: Account, actor: User, reason: str, now: datetime) -> None:
    """A person stops the channel: posts wait, take-downs still go out. Raises ChannelError."""
    _require_operator(actor)
    changed = Account.objects.filter(pk=account.pk).exclude(state=AccountState.PAUSED).update(state=AccountState.PAUSED, state_reason=reason.strip()[:500])
    if changed:
        write_log(account=account, kind=LogKind.PAUSED, now=now, actor=actor, detail=reason.strip())


@transaction.atomic
def resume(*, account: Account, actor: User, now: datetime) -> None:
    """A person lets a paused or held channel post again. One without a key stays to be connected. Raises ChannelError."""
    _require_operator(actor)
    current = Account.objects.select_for_update().get(pk=account.pk)
    if current.state not in (AccountState.PAUSED, AccountState.HELD):
        return
    state = AccountState.READY if current.sealed_token else AccountState.NEEDS_RECONNECT
    Account.objects.filter(pk=account.pk).update(state=state, state_reason="", gate_until=None, gate_reason=GateReason.NONE)
    write_log(account=account, kind=LogKind.RESUMED, now=now, actor=actor)
    clear_alarm(code=HELD_ALARM, subject=account.key, now=now)


def _require_operator(actor: User) -> None:
    if not may_operate(actor):
        raise ChannelError("not_allowed", _("Your role does not run channels."))


def apply_health_failure(*, account: Account, generation: int, failure: Failure, now: datetime) -> None:
    """What a failed check means for the account. A check that failed for network reasons changes nothing."""
    if failure.kind in (FailureClass.AUTH_DEAD, FailureClass.AUTH_REFRESHABLE):
        mark_needs_reconnect(account=account, generation=generation, reason=failure.message, now=now)
    elif failure.kind == FailureClass.HOLD:
        hold(account=account, reason=failure.message, now=now)
    elif failure.kind in (FailureClass.RATE, FailureClass.QUOTA):
        reason = GateReason.RATE if failure.kind == FailureClass.RATE else GateReason.QUOTA
        gate(account=account, until=now + timedelta(seconds=failure.retry_after or 3600), reason=reason, now=now)


@transaction.atomic
def change_details(*, account: Account, changes: dict[str, Any], actor: User, now: datetime) -> list[str]:
    """Change what the register says of a channel; each field leaves a line with what it said before. Returns their names. Raises ChannelError."""
    if not may_connect(actor):
        raise ChannelError("not_allowed", _("Your role does not connect channels."))
    current = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    changed = [name for name, value in changes.items() if getattr(current, name) != value]
    for name in changed:
        before, after = getattr(current, name), changes[name]
        setattr(current, name, after)
        label = str(Account._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        write_log(account=current, kind=LogKind.EDITED, now=now, actor=actor, detail=f"{label}: {_said(before)} → {_said(after)}")
    current.save(update_fields=changed or ["name"])
    return changed


@transaction.atomic
def change_options(*, account: Account, values: list[tuple[Option, Any]], actor: User, now: datetime) -> list[str]:
    """Set how a channel posts; None: the default holds again. Settings that no option names stay. Each change leaves a line. Returns their names. Raises ChannelError."""
    if not may_connect(actor):
        raise ChannelError("not_allowed", _("Your role does not connect channels."))
    current = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    before, after = current.settings or {}, with_values(current.settings or {}, values)
    changed = [option for option, _value in values if value_at(before, option) != value_at(after, option)]
    for option in changed:
        old, new = (_("default") if value is MISSING else in_words(option, value) for value in (value_at(before, option), value_at(after, option)))
        write_log(account=current, kind=LogKind.EDITED, now=now, actor=actor, detail=f"{_(option.label)}: {old} → {new}")
    if changed:
        current.settings = after
        current.save(update_fields=["settings"])
    return [option.name for option in changed]


def _said(value: Any) -> str:
    return str(getattr(value, "display_name", value)) if value not in (None, "") else "–"
