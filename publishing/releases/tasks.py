"""Doorbells of the releases."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from newsroom.common import clock
from publishing.releases import services


@shared_task(queue="urgent")
def watch_releases(**_later: Any) -> None:
    """Alarm when a scheduled story is late."""
    services.alarm_late(now=clock.now())
