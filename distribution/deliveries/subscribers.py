"""Glue: deliveries take events."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from distribution.deliveries import outcomes, services
from distribution.deliveries.enums import DeliveryState
from distribution.deliveries.planning import plan
from publishing.events.models import StoryEvent
from publishing.events.registry import Subscriber


def take(*, event: StoryEvent, now: datetime) -> None:
    """Write all deliveries of an event in the transaction that marks it taken, and call workers once that is committed."""
    rows = plan(event=event, now=now)
    for delivery in rows:
        if delivery.state == DeliveryState.FAILED:
            outcomes.alarm(delivery, now=now)
    ready = [delivery.pk for delivery in rows if delivery.state == DeliveryState.READY]
    transaction.on_commit(partial(services.ring, ready), robust=True)


SUBSCRIBER = Subscriber("deliveries", take, takes_imported=False, queue="commit")
