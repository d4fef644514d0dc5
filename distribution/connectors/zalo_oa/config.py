"""Numbers of the platform, with where they come from (channels.md 3)."""

from __future__ import annotations

import time

ADDRESS = "https://openapi.zalo.me"
DIALOG = "https://oauth.zaloapp.com"  # log-in and tokens have a host of their own (3.1)

TITLE_LIMIT, AUTHOR_LIMIT, DESCRIPTION_LIMIT = 150, 50, 300  # characters (3.2)
LIST_LIMIT = 10  # of one getslice
METRIC_PAGES = 5  # of getslice, before single articles are asked

# Polling of jobs is our choice: (age in seconds, pause). Zalo names no time.
PAUSES = ((10.0, 2.0), (60.0, 5.0), (600.0, 30.0))
LONGEST_PAUSE = 120.0
VIDEO_BYTES = 50_000_000  # of an uploaded video (3.2)
UPLOAD_READ_SECONDS = 60.0
STUCK_SECONDS = 3600.0  # a job that takes longer is told as a failure; `settings["stuck_seconds"]`
VERIFY_LOOKS, VERIFY_PAUSE = 3, 1.0  # after an edit, before it is asked after at the next try; `settings["verify_pause"]`
LOST_SETTLE, LOST_PAUSE, MOST_LOST = 20.0, 4.0, 3  # after a create whose answer was lost; `settings["lost_settle"]`

RATE_SECONDS = 60.0  # 4,000 requests a minute per application (3.3)
FALLBACK_LIFE = 3600.0  # of a token whose end Zalo does not tell; it tells 90000 (3.1)
REFRESH_LIFE = 90 * 24 * 3600.0  # of a refresh token: 3 months, each renewal brings a new one (3.1)
PACKAGE_DAYS = 14  # before its end a package is warned of

BROADCAST_HOURS = (6, 22)  # Zalo sends to followers from 06:00 to 21:59 (3.2); `settings["broadcast_hours"]`
EVERYBODY = {"gender": "0"}  # recipient.target; [U] that 0 is everybody: `settings["audience"]`


def pause(since: float) -> float:
    """How long to wait before a job is asked after again, by its age."""
    age = max(0.0, time.time() - since)
    return next((seconds for until, seconds in PAUSES if age < until), LONGEST_PAUSE)
