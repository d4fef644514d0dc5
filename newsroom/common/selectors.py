"""Reads of heartbeats."""

from __future__ import annotations

from datetime import datetime

from newsroom.common.models import Heartbeat


def ages(*, now: datetime) -> dict[str, float]:
    """Seconds since each process last said that it lives, by its name."""
    return {name: (now - beat_at).total_seconds() for name, beat_at in Heartbeat.objects.values_list("name", "beat_at")}
