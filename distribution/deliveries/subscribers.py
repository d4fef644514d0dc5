"""Glue: deliveries take events."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from distribution.channels.models import Account
from distribution.deliveries import outcomes, services
from distribution.deliveries.enums import DeliveryState
from distribution.deliveries.models import Delivery
from distribution.deliveries.planning import plan, plan_accepted
from publishing.events.models import StoryEvent
from publishing.events.registry import Subscriber


def take(*, event: StoryEvent, now: datetime) -> None:
    """Write all deliveries of an event in the transaction that marks it taken, and call workers once that is committed."""
    _begin(plan(event=event, now=now), now=now)


def take_accepted(account: Account, event: StoryEvent, now: datetime) -> None:
    """A unit has accepted a story for its channel: its post is written in the same transaction."""
    _begin(plan_accepted(account=account, event=event, now=now), now=now)


def _begin(rows: list[Delivery], *, now: datetime) -> None:
    for delivery in rows:
        if delivery.state in (DeliveryState.FAILED, DeliveryState.WAITING_FOR_HUMAN):
            outcomes.alarm(delivery, now=now)
    ready = [delivery.pk for delivery in rows if delivery.state == DeliveryState.READY]
    transaction.on_commit(partial(services.ring, ready), robust=True)


SUBSCRIBER = Subscriber("deliveries", take, takes_imported=False, queue="commit")
