"""Writing a delivery's row, and cancelling one that was not sent; for planning alone, inside its transaction."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from ulid import ULID

from distribution.channels.models import Account
from distribution.channels.selectors import connector_of, settings_of
from distribution.connectors.base import Payload, Problem, Snapshot
from distribution.deliveries import outcomes
from distribution.deliveries.enums import BEFORE_COMMIT, DeliveryState, Operation
from distribution.deliveries.followers import why
from distribution.deliveries.models import Delivery
from distribution.deliveries.transitions import NO_LEASE
from publishing.events.models import StoryEvent

log = logging.getLogger(__name__)
S = DeliveryState
WITH_WORDS = frozenset({Operation.PUBLISH, Operation.UPDATE})
CANCELLABLE = frozenset({*BEFORE_COMMIT, S.FAILED})
# Work of a person on a post that is there may be called off as well; a draft that they finish may not.
NOT_SENT = Q(state__in=CANCELLABLE) | Q(state=S.WAITING_FOR_HUMAN) & ~Q(operation=Operation.PUBLISH)


def new_marker(now: datetime) -> str:
    """A ULID: the row's id, and what its post is found by."""
    return str(ULID.from_datetime(now))


def compose(account: Account, *, snapshot: Snapshot, marker: str) -> Payload:
    """What is sent, exactly; composed here once."""
    return connector_of(account).compose(snapshot=snapshot, marker=marker, settings=settings_of(account))


def first_blocking(account: Account, payload: Payload) -> Problem | None:
    """The first thing that keeps a payload from its channel as it is set up now; found without the network."""
    found = connector_of(account).validate(payload=payload, settings=settings_of(account))
    return next((problem for problem in found if problem.blocking), None)


def blocking_problem(delivery: Delivery) -> Problem | None:
    """The same for a post or an edit that is about to be sent: limits and rights of a channel change while a story waits."""
    if delivery.operation not in WITH_WORDS:
        return None
    try:
        return first_blocking(delivery.account, delivery.stored_payload)
    except (LookupError, TypeError, ValueError):  # composed by an older program: the platform itself judges it
        log.exception("delivery.not_judged id=%s", delivery.pk)
        return None


def write(
    operation: Operation, *, account: Account, event: StoryEvent, now: datetime, payload: Payload, original: Delivery | None = None, marker: str = "",
    due: datetime | None = None, **fields: Any,
) -> Delivery:  # fmt: skip
    """One row, ready or at its time."""
    due = due or now
    state = S.SCHEDULED if due > now else S.READY
    defaults = {"state": state, "state_at": now, "scheduled_at": due, "next_at": due, "created_at": now, "payload": asdict(payload), "payload_sha256": payload.sha256}
    return Delivery.objects.create(
        id=marker or new_marker(now), story_id=event.story_id, event=event, version=event.version, account=account, operation=operation, original=original,
        **(defaults | fields),
    )  # fmt: skip


def gives_way(post: Delivery, operation: Operation) -> QuerySet[Delivery]:
    """Rows about a post that nobody has sent yet."""
    return Delivery.objects.filter(NOT_SENT, original=post, operation=operation)


def cancel(delivery: Delivery, code: str, *, now: datetime) -> None:
    """Cancel a row that was not sent, whoever holds its lease: the holder's next conditional write finds nothing and stops."""
    rows = Delivery.objects.filter(NOT_SENT, pk=delivery.pk)
    if not rows.update(state=S.CANCELLED, state_at=now, finished_at=now, remind_at=None, **NO_LEASE, **why(code)):
        raise RuntimeError(f"{delivery.pk} was sent while it was being cancelled")  # the whole event is taken again
    outcomes.clear_alarms(delivery, now=now)
    if delivery.operation == Operation.PUBLISH:
        outcomes.wake_followers(delivery, now=now)
