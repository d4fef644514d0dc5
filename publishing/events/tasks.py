"""Doorbells of the outbox."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from newsroom.common import clock
from publishing.events import alarms, services


@shared_task(queue="default")
def take_event(*, event_id: int, subscriber: str, **_later: Any) -> None:
    """Let a subscriber take an event."""
    services.take_event(event_id=event_id, subscriber=subscriber, now=clock.now())


@shared_task(queue="urgent")
def sweep_events(**_later: Any) -> None:
    """Ring again what nobody took."""
    services.sweep(now=clock.now())


@shared_task(queue="mail")
def mail_alarms(**_later: Any) -> None:
    """Mail new alarms."""
    alarms.mail_alarms(now=clock.now())
