"""Reads of heartbeats."""

from __future__ import annotations

from datetime import datetime

from newsroom.common.models import Heartbeat


def ages(*, now: datetime) -> dict[str, float]:
    """Seconds since each process last said that it lives."""
    return {row.name: (now - row.beat_at).total_seconds() for row in Heartbeat.objects.all()}
