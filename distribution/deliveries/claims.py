"""Who works on what: leases, the order of an account's line, and what the relay and the sweep find.

A row is taken by a conditional UPDATE inside a short transaction that holds the account's row; on PostgreSQL rows that
another worker looks at are skipped, on SQLite the transaction itself is the lock. No network in here.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Max, Q, QuerySet

from distribution.channels.enums import AccountState, GateReason
from distribution.channels.models import Account
from distribution.channels.selectors import capabilities_of
from distribution.deliveries import breakers, followers, handovers, lateness, outcomes, pauses
from distribution.deliveries.enums import BEFORE_COMMIT, IN_FLIGHT, IN_LINE, REPEATABLE, WORKABLE, DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.deliveries.transitions import NO_FAILURE, LostRow, move, touch
from publishing.events.enums import EventKind

S = DeliveryState
URGENT = 10
TAKE_DOWN = 20
LOOK_LATER = timedelta(seconds=30)
# What `_jumps` says of a row, for the database.
KILLS = Q(operation=Operation.DELETE, event__kind=EventKind.KILLED, commits=0)
BLOCK_OF_STATE = {AccountState.NEEDS_RECONNECT: S.BLOCKED_AUTH, AccountState.HELD: S.HELD, AccountState.PAUSED: S.HELD}
BLOCK_OF_GATE = {GateReason.RATE: S.BLOCKED_RATE, GateReason.QUOTA: S.BLOCKED_QUOTA, GateReason.HOLD: S.HELD}


def lease_time() -> timedelta:
    """How long a worker may be silent before another takes over. Longer than the longest call (5 s + 30 s) with room."""
    return timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)


def _lockable(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True, of=("self",))
    return rows


def claim(*, delivery_id: str, now: datetime) -> Delivery | None:
    """Take the lease of a delivery, or of the one of its account whose turn it is. None: nothing to do now, or somebody has it."""
    with transaction.atomic():
        rung = Delivery.objects.filter(pk=delivery_id).only("state", "account_id").first()
        if rung is None or rung.state not in WORKABLE:
            return None
        if rung.state in IN_LINE:
            return _claim_next(account_id=rung.account_id, now=now)
        return _claim_look(delivery_id=delivery_id, now=now)


def _due(now: datetime) -> QuerySet[Delivery]:
    free = Q(lease_until=None) | Q(lease_until__lte=now) & ~Q(state__in=[S.STAGING, S.COMMITTING])
    work_of_people = Q(state=S.WAITING_FOR_HUMAN) & ~Q(operation=Operation.PUBLISH)
    return Delivery.objects.filter(free, state__in=WORKABLE, next_at__lte=now).exclude(work_of_people)


def _take(delivery: Delivery, *, now: datetime) -> Delivery | None:
    """Write the lease. None where somebody was faster."""
    try:
        touch(delivery, lease_owner=secrets.token_hex(16), lease_until=now + lease_time())
    except LostRow:
        return None
    return delivery


def _claim_look(*, delivery_id: str, now: datetime) -> Delivery | None:
    """A row whose outcome is unknown: looking needs the account's key, not its turn in the line."""
    rows = _due(now).filter(pk=delivery_id, state__in=IN_FLIGHT)
    delivery = _lockable(rows.select_related("account", "story", "original", "event")).first()
    if delivery is None:
        return None
    account = delivery.account
    if account.state not in (AccountState.READY, AccountState.PAUSED):
        touch(delivery, next_at=now + LOOK_LATER)
        return None
    if account.gate_until and account.gate_until > now:
        touch(delivery, next_at=account.gate_until)
        return None
    return _take(delivery, now=now)


def _claim_next(*, account_id: int, now: datetime) -> Delivery | None:
    """The first of an account's line that can go: urgent ones first, then by the time they were due. A kill does not wait while another post is being prepared."""
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    busy = set(Delivery.objects.filter(account=account, state__in=IN_LINE, lease_until__gt=now).values_list("state", flat=True))
    if S.COMMITTING in busy:
        return None
    line = _due(now).filter(KILLS if busy else Q(), account=account, state__in=[S.READY, S.STAGED]).order_by("-priority", "scheduled_at", "id")
    for delivery in _lockable(line.select_related("account", "story", "original", "event"))[:50]:
        if _may_go(delivery, account=account, now=now):
            return _take(delivery, now=now) if _jumps(delivery) or breakers.take_turn(account=account, now=now) else None
    return None


def _may_go(delivery: Delivery, *, account: Account, now: datetime) -> bool:
    """Whether nothing stands in the way; what does is written on the row."""
    if delivery.expires_at and delivery.expires_at <= now:
        move(delivery, S.EXPIRED, now=now)
        return False
    if followers.end_without_call(delivery, now=now):
        outcomes.clear_alarms(delivery, now=now)
        return False
    if handovers.hand_over(delivery, now=now):
        return False
    if lateness.must_ask(delivery, now=now):
        move(delivery, S.HELD, now=now, **lateness.held_because_late())
        outcomes.clear_alarms(delivery, now=now)  # one alarm a post: the question
        outcomes.alarm(delivery, now=now)
        return False
    block = _block(delivery, account=account, now=now)
    if block is not None:
        move(delivery, block, now=now, **(followers.why(pauses.PAUSED) if block == S.HELD and pauses.stop(delivery) else {}))
        return False
    wait = _not_before(delivery, account=account, now=now)
    if wait is not None:
        touch(delivery, next_at=wait)
        return False
    return True


def _jumps(delivery: Delivery) -> bool:
    """Whether a take-down of a killed story makes its first try: no gate, breaker or pause stands in its way."""
    return delivery.operation == Operation.DELETE and delivery.event.kind == EventKind.KILLED and not delivery.commits


def _block(delivery: Delivery, *, account: Account, now: datetime) -> DeliveryState | None:
    if pauses.stop(delivery):
        return S.HELD
    paused_but_urgent = account.state == AccountState.PAUSED and delivery.operation == Operation.DELETE and account.sealed_token
    jumps = _jumps(delivery) and account.sealed_token and account.state != AccountState.NEEDS_RECONNECT
    if account.state != AccountState.READY and not paused_but_urgent and not jumps:
        return BLOCK_OF_STATE[AccountState(account.state)]
    if account.gate_until and account.gate_until > now and not jumps:
        return BLOCK_OF_GATE.get(GateReason(account.gate_reason), S.BLOCKED_RATE)
    return None


def _not_before(delivery: Delivery, *, account: Account, now: datetime) -> datetime | None:
    """A later moment to come back at: the breaker, the post that an edit waits for, the pause between two posts."""
    closed = None if _jumps(delivery) else breakers.closed_until(account=account, now=now)
    if closed is not None:
        return closed
    waits = followers.wait_for_original(delivery)
    if waits is not None:
        return now + waits
    if delivery.operation != Operation.PUBLISH or delivery.priority >= URGENT:
        return None
    gap = timedelta(seconds=capabilities_of(account).minimum_gap)
    last = Delivery.objects.filter(account=account, operation=Operation.PUBLISH).exclude(pk=delivery.pk).aggregate(last=Max("commit_intent_at"))["last"] if gap else None
    return last + gap if last and last + gap > now else None


def due_to_ring(*, now: datetime, limit: int = 200) -> list[str]:
    """Ids of due rows that nobody was called for lately, marked as called for twenty seconds."""
    with transaction.atomic():
        rows = _due(now).filter(Q(rung_until=None) | Q(rung_until__lte=now)).order_by("-priority", "scheduled_at", "id")
        ids = [row.pk for row in _lockable(rows.only("pk"))[:limit]]
        Delivery.objects.filter(pk__in=ids).update(rung_until=now + timedelta(seconds=20))
    return ids


def wake(*, now: datetime) -> int:
    """Rows whose time has come or whose gate has opened are ready again; stale news expires. Returns how many moved."""
    moved = 0
    due = Q(state__in=[S.SCHEDULED, S.RETRY_WAIT], next_at__lte=now)
    open_account = Q(account__state=AccountState.READY) & (Q(account__gate_until=None) | Q(account__gate_until__lte=now))
    new_key = Q(state=S.BLOCKED_AUTH, account__token_stored_at__gt=F("state_at"))
    take_down = (Q(state=S.HELD) | new_key) & Q(operation=Operation.DELETE, account__state=AccountState.PAUSED)
    blocked = Q(state__in=list(BLOCK_OF_GATE.values()) + [S.BLOCKED_AUTH]) & (open_account | take_down) & ~pauses.stopped()
    for delivery in Delivery.objects.filter(due | blocked, lease_until=None).exclude(lateness.ASKED)[:500]:
        paused = delivery.failure_code == pauses.PAUSED
        moved += _try_move(delivery, S.READY, now=now, next_at=now, **(NO_FAILURE if paused else {}))
    stale = Delivery.objects.filter(state__in=BEFORE_COMMIT, lease_until=None, expires_at__lte=now)
    for delivery in stale[:500]:
        moved += _try_move(delivery, S.EXPIRED, now=now)
    return moved


def _try_move(delivery: Delivery, to: DeliveryState, *, now: datetime, **changes: Any) -> bool:
    try:
        move(delivery, to, now=now, **changes)
    except LostRow:
        return False
    return True


def sweep_leases(*, now: datetime) -> int:
    """What a dead worker left: before the commit, begin again; after it, look. Never the other way. Returns how many."""
    found = 0
    for delivery in Delivery.objects.filter(lease_until__lte=now)[:500]:
        free: dict[str, Any] = {"lease_until": None, "lease_owner": "", "next_at": now, "rung_until": None}
        try:
            if delivery.state == S.COMMITTING:
                if delivery.operation in REPEATABLE:
                    move(delivery, S.RETRY_WAIT, now=now, look_owed=False, **free)  # made once more without harm: there is nothing to look for
                else:
                    move(delivery, S.VERIFYING, now=now, **free)
            elif delivery.state in (S.STAGING, S.STAGED):
                move(delivery, S.READY, now=now, **free)
            else:
                touch(delivery, **free)
            found += 1
        except LostRow:
            continue
    return found
