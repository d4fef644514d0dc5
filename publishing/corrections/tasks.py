"""Doorbells of corrections."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from newsroom.common import clock
from publishing.corrections import requests, told


@shared_task(queue="mail")
def tell(**_later: Any) -> None:
    """Send what waits to partners, writers and the desk."""
    told.tell_waiting(now=clock.now())


@shared_task(queue="urgent")
def watch_deadlines(**_later: Any) -> None:
    """Alarm for deadlines that are near or past."""
    requests.alarm_deadlines(now=clock.now())
