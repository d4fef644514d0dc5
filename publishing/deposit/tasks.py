"""Doorbells of the deposit."""

from __future__ import annotations

import time
from typing import Any

from celery import shared_task

from newsroom.common import clock
from publishing.deposit import exports, services

LONGEST = 50.0  # seconds; then the next call goes on


@shared_task(queue="index")
def append_records(**_later: Any) -> None:
    """Seal what waits. With pauses as long as the work, so that a large arrival leaves the database to others."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        began = time.monotonic()
        if services.append_waiting(now=clock.now()) < services.BATCH:
            return
        time.sleep(min(1.0, time.monotonic() - began))


@shared_task(queue="index")
def sweep_deposit(**_later: Any) -> None:
    """What nobody handed in, and exports whose worker died."""
    services.hand_in_missing(now=clock.now())
    exports.sweep(now=clock.now())


@shared_task(queue="index")
def make_export(*, export_id: int, **_later: Any) -> None:
    """Make a zip that somebody asked for."""
    exports.make_asked(export_id=export_id, clock=clock.now)
