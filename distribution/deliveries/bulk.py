"""One decision about everything that has the same cause: each row is decided by itself and written down by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from distribution.channels.permissions import may_operate
from distribution.deliveries import decisions
from distribution.deliveries.decisions import DecisionError
from distribution.deliveries.enums import DeliveryState
from distribution.deliveries.models import Delivery
from distribution.deliveries.wording import cause_in_words
from newsroom.accounts.models import User

MOST = 200
ACTS: dict[str, Callable[..., None]] = {decisions.RETRY: decisions.retry, decisions.CANCEL: decisions.cancel}


@dataclass(frozen=True)
class Cause:
    """Deliveries that failed for one reason, in words that are true of them all."""

    code: str
    words: str
    count: int


def causes() -> list[Cause]:
    """Reasons that two failed deliveries or more have in common, the most frequent first."""
    failed = Delivery.objects.filter(state=DeliveryState.FAILED).exclude(failure_code="")
    rows = failed.order_by().values("failure_code").annotate(count=Count("pk"), words=Max("failure_message")).filter(count__gte=2)
    return [Cause(row["failure_code"], cause_in_words(row["failure_code"], row["words"]), row["count"]) for row in rows.order_by("-count", "failure_code")[:10]]


def decide_all(name: str, *, code: str, actor: User, now: datetime) -> tuple[int, int]:
    """Carry out a decision about every failed delivery with a cause. Returns how many it was carried out for, and for how many it was not possible."""
    if not may_operate(actor):
        raise DecisionError("not_allowed", _("Your role does not run channels."))
    if name not in ACTS or not code:
        raise DecisionError("no_such_act", _("There is no such act."))
    done = left = 0
    for pk in list(Delivery.objects.filter(state=DeliveryState.FAILED, failure_code=code).order_by("scheduled_at", "id").values_list("pk", flat=True)[:MOST]):
        try:
            ACTS[name](delivery_id=pk, actor=actor, now=now)
            done += 1
        except DecisionError:
            left += 1
    return done, left
