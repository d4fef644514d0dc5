"""The project's day at the Data API: units of each call (channels.md 2.3), a bucket of its own for uploads."""

import sqlite3
from datetime import datetime
from zoneinfo import ZoneInfo

from distribution.rehearsal.platforms.youtube import errors
from distribution.rehearsal.settings import Settings

PACIFIC = ZoneInfo("America/Los_Angeles")
UNITS = {
    "list": 1,
    "statistics": 1,
    "update": 50,
    "delete": 50,
    "thumbnail": 50,
    "captions.list": 50,
    "captions": 400,
    "playlist": 50,
}


def spend(db: sqlite3.Connection, settings: Settings, *, name: str, now: datetime) -> None:
    """Count a call; even a refused one costs. Raises GoogleError where the day is used up."""
    bucket, units, limit = ("uploads", 1, settings.uploads) if name == "open" else ("units", UNITS[name], settings.units)
    day = now.astimezone(PACIFIC).date().isoformat()
    row = db.execute("SELECT units FROM youtube_quota WHERE day = ? AND bucket = ?", (day, bucket)).fetchone()
    if (row["units"] if row else 0) + units > limit:
        raise errors.quota_empty()
    db.execute(
        "INSERT INTO youtube_quota (day, bucket, units) VALUES (?, ?, ?) ON CONFLICT (day, bucket) DO UPDATE SET units = units + ?",
        (day, bucket, units, units),
    )
