"""Beat, which says itself that it lives: a pulse that a worker has run cannot tell a dead worker from a dead beat."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

from celery.beat import Scheduler
from django.db import Error, close_old_connections

from newsroom.common import clock
from newsroom.common.services import beat

BEAT_EVERY = 5.0
log = logging.getLogger(__name__)


class HeartbeatScheduler(Scheduler):
    """Celery's scheduler with a heartbeat at each tick, at most every five seconds.

    It keeps no file: our tasks are sweeps at intervals, and a file cut short by a power failure or a full disk would keep beat
    from ever starting again. What is due is forgotten with the process; therefore everything is due once when it starts.
    """

    last_beat = float("-inf")

    def setup_schedule(self) -> None:
        """Take the schedule of the settings; every sweep runs once at the start, so that restarts starve none."""
        self.install_default_entries(self.schedule)
        self.merge_inplace(self.app.conf.beat_schedule)
        for entry in self.schedule.values():
            entry.last_run_at = clock.now() - timedelta(days=2)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; returns the seconds until the next look."""
        wait: float = super().tick(*args, **kwargs)
        if time.monotonic() - self.last_beat >= BEAT_EVERY:
            self._beat()
        return min(wait, BEAT_EVERY)

    def _beat(self) -> None:
        try:
            beat(name="beat", now=clock.now())
            self.last_beat = time.monotonic()
        except Error as error:  # the database is away: the schedule goes on, health says so
            log.warning("beat could not say that it lives: %s", error)
            close_old_connections()
