"""The clock's process: publishes what is due, to the second. Several may run at once."""

from __future__ import annotations

import signal
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections

from newsroom.common import clock
from newsroom.common.services import beat
from publishing.releases.selectors import next_due_at
from publishing.releases.services import publish_due

LONGEST_SLEEP = 0.25
BEAT_EVERY = timedelta(seconds=5)


class Command(BaseCommand):
    """`publish_due` publishes what is due and ends; `--follow` stays and waits for the next time."""

    help = "Publish the stories whose time has come."
    stopping = False

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--follow", action="store_true", help="Stay, and publish each story at its second.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run once, or until a signal."""
        if not options["follow"]:
            events = publish_due(now=clock.now())
            self.stdout.write(f"{len(events)} published")
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._follow()

    def _stop(self, *_args: Any) -> None:
        self.stopping = True

    def _follow(self) -> None:
        last_beat = datetime.min.replace(tzinfo=UTC)
        while not self.stopping:
            try:
                now = clock.now()
                if now - last_beat >= BEAT_EVERY:
                    beat(name="publish_due", now=now)
                    last_beat = now
                if publish_due(now=now, limit=1):
                    continue
                time.sleep(self._pause(now=clock.now()))
            except OperationalError as error:
                # The database is away or busy: say so, let go of the connection, look again. Nothing is lost: the table is the truth.
                self.stderr.write(f"publish_due: database: {error}")
                close_old_connections()
                time.sleep(1)

    def _pause(self, *, now: datetime) -> float:
        due = next_due_at(after=now)
        until = (due - now).total_seconds() if due else LONGEST_SLEEP
        return min(LONGEST_SLEEP, max(0.005, until))
