"""Writes of heartbeats."""

from __future__ import annotations

from datetime import datetime

from newsroom.common.models import Heartbeat

DEMO_MARK = "demo_"  # a row that starts so says that the demo did something once; it is no process
DEMO_POST = "demo_post"


def beat(*, name: str, now: datetime, detail: str = "") -> None:
    """Say that the process `name` lives at `now`."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now, "detail": detail[:200]})


def forget_heartbeats() -> None:
    """Before a start: what an earlier run said of its processes says nothing about this one's."""
    Heartbeat.objects.exclude(name__startswith=DEMO_MARK).delete()
