"""Beat, which says itself that it lives: a pulse that a worker has run cannot tell a dead worker from a dead beat."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery.beat import PersistentScheduler
from django.db import Error, close_old_connections

from newsroom.common import clock
from newsroom.common.services import beat

BEAT_EVERY = 5.0
log = logging.getLogger(__name__)


class HeartbeatScheduler(PersistentScheduler):
    """Celery's own scheduler with a heartbeat at each tick, at most every five seconds."""

    last_beat = float("-inf")

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
