"""Doorbells of the deliveries."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from distribution.deliveries import handovers, reconciling, services
from newsroom.common import clock


@shared_task(queue="commit")
def deliver(*, delivery_id: str, **_later: Any) -> None:
    """Work on a delivery, if it is there to be taken."""
    services.work(delivery_id=delivery_id, clock=clock.now)


@shared_task(queue="urgent")
def relay_deliveries(**_later: Any) -> None:
    """Call workers for what is due."""
    services.relay(now=clock.now())


@shared_task(queue="mail")
def remind_people(**_later: Any) -> None:
    """Tell people of what waits for them on a platform."""
    handovers.remind(now=clock.now())


@shared_task(queue="urgent")
def sweep_deliveries(**_later: Any) -> None:
    """Find what a crash left."""
    services.sweep(now=clock.now())


@shared_task(queue="poll")
def look_around(**_later: Any) -> None:
    """Look whether posts are where we say they are."""
    reconciling.look_around(clock=clock.now)
