"""After an outage of ours a post may be news no more: it asks a person before it goes out, so that a fanpage is not flooded.

Late is what lay untouched while nobody worked: its story went live long after its time, its event was taken long after it happened, or its
row waited long after the moment it was free to go. Waits that have a reason of their own (a gate, a breaker, the pause between posts, a person)
are not an outage, for they move that moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.followers import why
from distribution.deliveries.models import Delivery

ASK_AFTER = timedelta(minutes=30)
LATE = "late"
# Rows that wait for a person's word about being late; no gate that opens wakes them.
ASKED = Q(state=DeliveryState.HELD, failure_code=LATE)


def ask_after(delivery: Delivery) -> timedelta:
    """How late a post may be before it asks; `ask_when_late_minutes` of the account, 30 unless set."""
    minutes = (delivery.account.settings or {}).get("ask_when_late_minutes")
    return ASK_AFTER if minutes is None else timedelta(minutes=float(minutes))


def must_ask(delivery: Delivery, *, now: datetime) -> bool:
    """Whether a post that was never sent must wait for a person's word. Edits and take-downs never ask."""
    if delivery.operation != Operation.PUBLISH or delivery.commit_intent_at or delivery.late_agreed_at:
        return False
    event, patience = delivery.event, ask_after(delivery)
    came_late = delivery.created_at - (event.due_at or event.happened_at) > patience
    return came_late or (now - delivery.next_at > patience and not _line_moves(delivery, since=now - patience))


def _line_moves(delivery: Delivery, *, since: datetime) -> bool:
    """Whether the account posted lately: then the row waited for its turn, not for us."""
    return Delivery.objects.filter(account_id=delivery.account_id, commit_intent_at__gte=since).exists()


def held_because_late() -> dict[str, Any]:
    """Fields of a row that asks."""
    return why(LATE)
