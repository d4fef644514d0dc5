"""The only way a delivery changes its state: along the table, by a conditional UPDATE that says whether it was still ours."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction

from distribution.deliveries import records
from distribution.deliveries.enums import BEFORE_COMMIT, FINISHED, TRANSITIONS, DeliveryState
from distribution.deliveries.models import Delivery

log = logging.getLogger(__name__)
NO_LEASE: dict[str, Any] = {"lease_until": None, "lease_owner": ""}
NO_FAILURE: dict[str, Any] = {"failure_kind": "", "failure_code": "", "failure_message": "", "failure_said": "", "failure_values": {}}


class IllegalStep(Exception):
    """The table of transitions has no such step: a mistake in our program."""


class LostRow(Exception):
    """Somebody else changed the row since we read it: our lease is over, or it was cancelled. What we hold is worth nothing."""


def move(delivery: Delivery, to: DeliveryState, *, now: datetime, only_if: dict[str, Any] | None = None, **changes: Any) -> None:
    """Move a row that we hold (same state and lease owner as read) to another state, and our copy with it.

    Raises IllegalStep for a step outside the table, LostRow where the row is no longer as we read it.
    """
    came_from = DeliveryState(delivery.state)
    sends_a_draft_again = came_from == DeliveryState.WAITING_FOR_HUMAN and to == DeliveryState.READY and delivery.original_id is None
    never_sent = to == DeliveryState.PUBLISHED and came_from in BEFORE_COMMIT and not delivery.commits
    if to not in TRANSITIONS[came_from] or sends_a_draft_again or never_sent:
        raise IllegalStep(f"{delivery.pk}: {came_from} → {to}")
    changes |= {"state": to, "state_at": now}
    if to in FINISHED:
        changes |= {"finished_at": now, **NO_LEASE}
    if came_from == DeliveryState.WAITING_FOR_HUMAN:
        changes.setdefault("remind_at", None)
    with transaction.atomic():
        _write(delivery, only_if=only_if or {}, changes=changes)
        if to == DeliveryState.PUBLISHED and delivery.operation in records.KINDS:
            records.hand_in(delivery, now=now)
    log.info("delivery.%s id=%s story=%s account=%s op=%s from=%s", to, delivery.pk, delivery.story_id, delivery.account_id, delivery.operation, came_from)


def touch(delivery: Delivery, **changes: Any) -> None:
    """Change fields of a row that we hold, in its state. Raises LostRow."""
    _write(delivery, only_if={}, changes=changes)


def _write(delivery: Delivery, *, only_if: dict[str, Any], changes: dict[str, Any]) -> None:
    ours = Delivery.objects.filter(pk=delivery.pk, state=delivery.state, lease_owner=delivery.lease_owner, **only_if)
    if not ours.update(**changes):
        raise LostRow(delivery.pk)
    for name, value in changes.items():
        setattr(delivery, name, value)
