"""Writes of deliveries: work on one, relay what is due, sweep what was left, and what a person decides."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from celery import current_app
from django.db.models import Q
from django.utils.translation import gettext as _

from distribution.channels.services import open_gates
from distribution.connectors.registry import connectors
from distribution.deliveries import claims
from distribution.deliveries.enums import BEFORE_COMMIT, IN_LINE, DeliveryState, Operation
from distribution.deliveries.lateness import ASKED
from distribution.deliveries.models import Attempt, Delivery
from distribution.deliveries.steps import Clock, Walk
from publishing.events.alarms import raise_alarm

log = logging.getLogger(__name__)
S = DeliveryState
DELIVER_TASK = "distribution.deliveries.tasks.deliver"
FILMS = ("video", "reel")  # kinds of posts that carry a big file on channels that need none
LATE_AFTER = timedelta(minutes=30)
KEEP_ATTEMPTS = timedelta(days=90)


def ring(delivery_ids: Iterable[str]) -> None:
    """Call a worker for each; big files have workers of their own. Nothing is lost where the call is: the relay calls again."""
    rows = Delivery.objects.filter(pk__in=list(delivery_ids)).order_by("-priority", "scheduled_at", "id").values_list("pk", "account__kind", "operation", "state", "payload__kind")
    for pk, kind, operation, state, carries in rows:
        big = operation == Operation.PUBLISH and state in IN_LINE and kind in connectors and (connectors.get(kind).capabilities({}).needs_video or carries in FILMS)
        current_app.send_task(DELIVER_TASK, kwargs={"delivery_id": pk}, queue="upload" if big else "commit")


def work(*, delivery_id: str, clock: Clock) -> Delivery | None:
    """Take a delivery (or the one before it in its account's line) and go as far as it gets; then call for the next.

    Repeated and late calls find nothing to take. Returns the row that was worked on.
    """
    delivery = claims.claim(delivery_id=delivery_id, now=clock())
    if delivery is None:
        return None
    Walk(delivery, clock=clock).run()
    following = _next_of(delivery, now=clock())
    ring(following)
    return delivery


def _next_of(delivery: Delivery, *, now: datetime) -> list[str]:
    """The next of the account, and this one where it goes on at once."""
    line = Delivery.objects.filter(account_id=delivery.account_id, state__in=[S.READY, S.STAGED], lease_until=None, next_at__lte=now)
    return list(line.order_by("-priority", "scheduled_at", "id").values_list("pk", flat=True)[:1])


def relay(*, now: datetime) -> list[str]:
    """Open gates, wake what waited, call workers for what is due. Returns the ids called for."""
    open_gates(now=now)
    claims.wake(now=now)
    ids = claims.due_to_ring(now=now)
    ring(ids)
    return ids


def sweep(*, now: datetime) -> dict[str, int]:
    """Leases of dead workers, late posts (one alarm each), attempts older than 90 days."""
    return {"leases": claims.sweep_leases(now=now), "late": _alarm_late(now=now), "forgotten": Attempt.objects.filter(at__lt=now - KEEP_ATTEMPTS).delete()[0]}


def _alarm_late(*, now: datetime) -> int:
    late = Delivery.objects.filter(state__in=BEFORE_COMMIT | IN_LINE, scheduled_at__lt=now - LATE_AFTER).select_related("account", "story")
    changes_of_posts = Q(operation__in=[Operation.UPDATE, Operation.REPLY], original__state=S.PUBLISHED)
    found = list(late.exclude(ASKED).filter(Q(operation__in=[Operation.PUBLISH, Operation.DELETE]) | changes_of_posts)[:50])
    for delivery in found:
        values = {"channel": delivery.account.name, "headline": delivery.story.draft_title, "state": delivery.get_state_display()}
        raise_alarm(code="delivery_late", subject=delivery.pk, message=_("%(channel)s, “%(headline)s”: more than 30 minutes late (%(state)s).") % values, now=now)
    return len(found)
