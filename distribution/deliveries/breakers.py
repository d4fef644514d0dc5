"""Circuit breakers: five failures of a platform within ten minutes, and nothing is sent there for a while; then one tries first."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from distribution.channels.models import Account
from distribution.connectors.registry import logins
from distribution.deliveries.models import Breaker
from publishing.events.alarms import clear_alarm, raise_alarm

MOST_FAILURES = 5
WINDOW = timedelta(minutes=10)
FIRST_PAUSE = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(minutes=15)
ALARM = "platform_closed"


def keys_of(account: Account) -> tuple[str, str]:
    """The breakers that an account stands behind: its own and its platform's, which is a server where every account names its own."""
    host = f":{urlsplit(account.address).netloc}" if account.kind in logins and not logins.get(account.kind).address else ""
    return f"account:{account.pk}", f"kind:{account.kind}{host}"[:80]


def closed_until(*, account: Account, now: datetime) -> datetime | None:
    """Until when nothing may be sent, or None."""
    moments = Breaker.objects.filter(key__in=keys_of(account), open_until__gt=now).values_list("open_until", flat=True)
    return max((moment for moment in moments if moment), default=None)


@transaction.atomic
def take_turn(*, account: Account, now: datetime) -> bool:
    """Whether a delivery may try now. Half open, the first that asks may; the others wait for what it finds."""
    rows = list(Breaker.objects.select_for_update().filter(key__in=keys_of(account)).exclude(open_until=None))
    if any(row.open_until and row.open_until > now for row in rows):
        return False
    Breaker.objects.filter(pk__in=[row.pk for row in rows]).update(open_until=now + FIRST_PAUSE)
    return True


@transaction.atomic
def record_failure(*, account: Account, now: datetime) -> None:
    """Count a failure of the platform; open at the fifth within the window, or at once while half open."""
    for key in keys_of(account):
        Breaker.objects.get_or_create(pk=key)
        row = Breaker.objects.select_for_update().get(pk=key)
        if row.first_failure_at is None or now - row.first_failure_at > WINDOW:
            row.first_failure_at, row.failures = now, 0
        row.failures += 1
        if row.opened or row.failures >= MOST_FAILURES:
            _open(row, pause=min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(row.opened, 8)), now=now)
        row.save()


def _open(row: Breaker, *, pause: timedelta, now: datetime) -> None:
    row.open_until = now + pause
    row.opened += 1


@transaction.atomic
def record_success(*, account: Account, now: datetime) -> None:
    """The platform answered as it should: both breakers close."""
    if Breaker.objects.filter(key__in=keys_of(account)).delete()[0]:
        clear_alarm(code=ALARM, subject=account.kind, now=now)


@transaction.atomic
def close_platform(*, account: Account, reason: str, now: datetime) -> None:
    """Our application is not set up rightly: the whole platform waits a quarter of an hour, an administrator is told."""
    key = keys_of(account)[1]
    Breaker.objects.get_or_create(pk=key)
    row = Breaker.objects.select_for_update().get(pk=key)
    _open(row, pause=LONGEST_PAUSE, now=now)
    row.reason = reason[:300]
    row.save()
    raise_alarm(code=ALARM, subject=account.kind, message=_("Posting to %(kind)s is stopped: %(reason)s") % {"kind": account.kind, "reason": _(reason)}, now=now)
