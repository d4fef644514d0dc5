"""Doorbells of the numbers."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from distribution.metrics import services
from newsroom.common import clock


@shared_task(queue="poll")
def read_metrics(**_later: Any) -> None:
    """Take new posts up and read what is due."""
    services.take_up(now=clock.now())
    services.read_due(clock=clock.now)
