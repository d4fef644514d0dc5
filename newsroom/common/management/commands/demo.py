"""Fill the newsroom with invented people and stories."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import Any, TypeVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _
from tqdm import tqdm

from newsroom.common import clock, demo

MOST_STORIES = 5_000_000
T = TypeVar("T")


class Command(BaseCommand):
    """Safe to repeat: what is there stays as it is."""

    help = "Fill a demo newsroom: people, sections, pictures, stories in every state. With --stories also N generated stories."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many generated stories, and whether to leave a newsroom in use alone."""
        parser.add_argument("--stories", type=int, default=0, metavar="N", help="also write N generated stories")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed gives the same generated stories")
        parser.add_argument("--when-empty", action="store_true", help="do nothing where somebody has already worked")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps of all apps, in demo mode only."""
        with translation.override("vi"):
            self._refuse_bad(options)
            if options["when_empty"] and demo.somebody_works_here():
                self.stdout.write(_("There are stories here already: the demo is left as it is."))
                return
            self._run(options)

    def _refuse_bad(self, options: dict[str, Any]) -> None:
        if not settings.NEWSROOM_DEMO:
            raise CommandError(_("This newsroom is not in demo mode. Set NEWSROOM_DEMO=1 only where no real reader comes, then try again."))
        if not 0 <= options["stories"] <= MOST_STORIES:
            raise CommandError(_("--stories takes a number from 0 to %(most)s.") % {"most": MOST_STORIES})

    def _run(self, options: dict[str, Any]) -> None:
        started = time.monotonic()
        run = demo.DemoRun(now=clock.now(), stories=options["stories"], seed=options["seed"], say=self._say, track=self._track)
        logging.disable(logging.INFO)  # a line for every step of every story would hide what the demo says
        try:
            failed = demo.run_all(run)
        finally:
            logging.disable(logging.NOTSET)
        if failed:
            raise CommandError(_("Not everything worked; run the command again. %(failed)s") % {"failed": " · ".join(failed)})
        self.stdout.write(_("The demo newsroom is ready (%(seconds)s s).") % {"seconds": round(time.monotonic() - started)})

    def _say(self, text: Any) -> None:
        self.stdout.write(str(text))
        self.stdout.flush()

    def _track(self, items: Iterable[T], *, total: int, what: Any) -> Iterable[T]:
        return tqdm(items, total=total, desc=str(what), unit="", leave=False, disable=None, mininterval=0.5)
