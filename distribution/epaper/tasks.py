"""Doorbells of the paper's own copies."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from distribution.epaper import pings, services
from newsroom.common import clock


@shared_task(queue="poll")
def check_copies(**_later: Any) -> None:
    """Look at what is due."""
    services.check_copies(clock=clock.now)


@shared_task(queue="poll")
def send_pings(**_later: Any) -> None:
    """Tell whose time has come."""
    pings.send_pings(clock=clock.now)
