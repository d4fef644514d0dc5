"""Writes of the numbers: take new posts up, read what is due, one call for many posts of an account, outside any transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from distribution.channels import services as channels
from distribution.channels.enums import AccountState, GateReason
from distribution.channels.models import Account
from distribution.channels.renewals import fresh_target, renewed_target
from distribution.channels.selectors import capabilities_of, connector_of
from distribution.connectors.base import Counts, Failure, FailureClass, Measures, Target
from distribution.connectors.messages import sentence
from distribution.connectors.registry import connectors
from distribution.deliveries import breakers
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.machine import gate_seconds
from distribution.deliveries.models import Delivery
from distribution.metrics.models import AccountReading, Copy, CopyCount
from distribution.metrics.schedule import next_reading
from newsroom.common.crypto import CannotOpen

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
NAMES = ("views", "reactions", "comments", "shares")
BATCH = 50  # posts in one call: what YouTube's list and Facebook's batch take
LEASE = timedelta(minutes=5)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(hours=24)
OF_THE_NETWORK = frozenset({FailureClass.TRANSIENT_SAFE, FailureClass.AMBIGUOUS})
BUG = Failure(FailureClass.BUG, "bug", sentence("bug"))
NO_KEY = Failure(FailureClass.AUTH_DEAD, "token_dead", sentence("token_dead"))


def measures(account: Account) -> bool:
    """Whether the account's platform tells anything of posts."""
    return account.kind in connectors and bool(capabilities_of(account).metrics) and isinstance(connector_of(account), Measures)


def _next(posted_at: datetime, *, now: datetime) -> datetime | None:
    return next_reading(posted_at=posted_at, now=now, minutes=settings.METRICS_MINUTES, days=settings.METRICS_DAYS)


def take_up(*, now: datetime, limit: int = 500) -> int:
    """Posts that went out and are not watched yet. Returns how many."""
    accounts = [account.pk for account in Account.objects.all() if measures(account)]
    rows = Delivery.objects.filter(operation=Operation.PUBLISH, state=DeliveryState.PUBLISHED, account__in=accounts, reach=None, removed_at=None)
    rows = rows.filter(finished_at__gt=now - timedelta(days=settings.METRICS_DAYS)).exclude(remote_id="").order_by("finished_at")[:limit]
    copies = [Copy(delivery=row, account_id=row.account_id, posted_at=row.finished_at, next_at=_next(row.finished_at, now=now)) for row in rows if row.finished_at]
    Copy.objects.bulk_create(copies, ignore_conflicts=True)
    return len(copies)


def read_due(*, clock: Clock) -> int:
    """Read every account that has something due; one that fails does not stop the rest. Returns how many posts were asked for."""
    now, asked = clock(), 0
    accounts = Account.objects.filter(pk__in=Copy.objects.filter(next_at__lte=now).values("account"), state__in=[AccountState.READY, AccountState.PAUSED])
    for account in accounts.order_by("pk"):
        try:
            asked += read_account(account=account, clock=clock)
        except Exception:
            log.exception("metrics.failed account=%s", account.key)
    return asked


def read_account(*, account: Account, clock: Clock) -> int:
    """Ask for an account's due posts, many in a call. Nothing is asked while its gate, its platform's breaker or an earlier refusal says wait."""
    now = clock()
    if not measures(account) or _must_wait(account, now=now) or not _claim(account, now=now):
        return 0
    asked = 0
    try:
        while batch := _due(account, now=now):
            outcome = _ask(account, tuple(row.delivery.remote_id for row in batch), clock=clock)
            if isinstance(outcome, Failure):
                _refused(account, outcome, now=clock())
                break
            _write(batch, outcome, now=clock())
            asked += len(batch)
            breakers.record_success(account=account, now=clock())
            AccountReading.objects.filter(pk=account.pk).update(failures=0, failure_code="", failure_message="", not_before=None, read_at=clock(), lease_until=clock() + LEASE)
    finally:
        AccountReading.objects.filter(pk=account.pk).update(lease_until=None)
    return asked


def _must_wait(account: Account, *, now: datetime) -> bool:
    return bool(account.gate_until and account.gate_until > now) or breakers.closed_until(account=account, now=now) is not None


def _claim(account: Account, *, now: datetime) -> bool:
    AccountReading.objects.get_or_create(pk=account.pk)
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    return bool(AccountReading.objects.filter(free, Q(not_before=None) | Q(not_before__lte=now), pk=account.pk).update(lease_until=now + LEASE))


def _due(account: Account, *, now: datetime) -> list[Copy]:
    """The next posts to ask for; what is no longer on the channel leaves the plan."""
    Copy.objects.filter(account=account, next_at__lte=now, delivery__removed_at__isnull=False).update(next_at=None)
    return list(Copy.objects.filter(account=account, next_at__lte=now).select_related("delivery").order_by("next_at", "pk")[:BATCH])


def _ask(account: Account, remote_ids: tuple[str, ...], *, clock: Clock) -> dict[str, Counts] | Failure:
    """One call; where the token is over, once more with a new one. A mistake of the connector is a failure of class BUG."""
    connector: Any = connector_of(account)

    def call(target: Target) -> dict[str, Counts] | Failure:
        try:
            answer: dict[str, Counts] | Failure = connector.metrics(target=target, remote_ids=remote_ids)
        except Exception:
            log.exception("metrics.bug account=%s", account.key)
            return BUG
        return answer

    try:
        target = fresh_target(account=account, clock=clock)
        outcome = target if isinstance(target, Failure) else call(target)
        if isinstance(outcome, Failure) and outcome.kind == FailureClass.AUTH_REFRESHABLE and not isinstance(target, Failure) and target.credential.refresh_token:
            fresh = renewed_target(account=account, clock=clock)
            outcome = fresh if isinstance(fresh, Failure) else call(fresh)
    except CannotOpen:
        return NO_KEY
    return outcome


def _number(value: Any) -> int | None:
    """A count as it may be stored: what is no whole number from 0 up was not told."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


@transaction.atomic
def _write(batch: Iterable[Copy], told: dict[str, Counts], *, now: datetime) -> None:
    """Keep what was told; a post that is missing in the answer keeps its last numbers and is asked again at its next moment."""
    readings: list[CopyCount] = []
    for row in batch:
        counts, next_at = told.get(row.delivery.remote_id), _next(row.posted_at, now=now)
        values = {name: _number(getattr(counts, name)) for name in NAMES} if counts else {}
        if any(value is not None for value in values.values()):
            readings.append(CopyCount(delivery_id=row.delivery_id, at=now, **values))
            values["told_at"] = now  # type: ignore[assignment]
        Copy.objects.filter(pk=row.pk).update(asked_at=now, next_at=next_at, **values)
    CopyCount.objects.bulk_create(readings, ignore_conflicts=True)


@transaction.atomic
def _refused(account: Account, failure: Failure, *, now: datetime) -> None:
    """What a refusal means: a rate shuts the account's gate for all, a dead key asks for a person, the rest only keeps the reading waiting.

    A quota that reading has used up must not keep posts back, nor a right to read numbers that the account was never given.
    """
    reading = AccountReading.objects.select_for_update().get(pk=account.pk)
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(reading.failures, 8))
    if failure.kind in (FailureClass.RATE, FailureClass.QUOTA):
        pause = timedelta(seconds=gate_seconds(failure))
    if failure.kind == FailureClass.RATE:
        channels.gate(account=account, until=now + pause, reason=GateReason.RATE, now=now)
    elif failure.kind in (FailureClass.AUTH_DEAD, FailureClass.AUTH_REFRESHABLE, FailureClass.HOLD):
        channels.apply_health_failure(account=account, generation=account.generation, failure=failure, now=now)
    elif failure.kind in OF_THE_NETWORK:
        breakers.record_failure(account=account, now=now)
    AccountReading.objects.filter(pk=account.pk).update(
        failures=min(reading.failures + 1, 100), failure_code=failure.code[:60], failure_message=failure.message[:300], not_before=now + pause
    )
