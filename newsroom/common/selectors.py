"""Reads of heartbeats."""

from __future__ import annotations

from datetime import datetime

from newsroom.common.models import Heartbeat
from newsroom.common.services import DEMO_MARK


def ages(*, now: datetime) -> dict[str, float]:
    """Seconds since each process last said that it lives, by its name."""
    return {name: (now - beat_at).total_seconds() for name, beat_at in Heartbeat.objects.values_list("name", "beat_at")}


def somebody_lives(*, now: datetime, within_seconds: float) -> bool:
    """Whether any process of the newsroom has said that it lives, not long ago."""
    return any(age < within_seconds for name, age in ages(now=now).items() if not name.startswith(DEMO_MARK))
