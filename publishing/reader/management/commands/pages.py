"""The page store from the command line."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from newsroom.common import clock
from publishing.reader.pages import drift, generations, selectors, services


class Command(BaseCommand):
    """`status`, `warm`, `check`, and `open` for a new release."""

    help = "Page store: status | warm [--all] | check [--sample N] | open."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do."""
        parser.add_argument("what", choices=("status", "warm", "check", "open", "renew"))
        parser.add_argument("--all", action="store_true", help="warm: every live story, not the newest ones only")
        parser.add_argument("--sample", type=int, default=200, help="check: how many pages")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        if not services.enabled():
            self.stdout.write(_("The page store is switched off (PAGE_STORE)."))
            return
        getattr(self, f"_{options['what']}")(options)

    def _status(self, options: dict[str, Any]) -> None:
        for name, number in selectors.status(now=clock.now()).items():
            self.stdout.write(f"{name}: {number}")

    def _open(self, options: dict[str, Any]) -> None:
        generations.open_release(now=clock.now())

    def _renew(self, options: dict[str, Any]) -> None:
        services.renew(name=f"renewed-{clock.now():%Y%m%d%H%M%S}", now=clock.now())

    def _warm(self, options: dict[str, Any]) -> None:
        addresses = selectors.all_addresses() if options["all"] else services.first_addresses()
        made = 0
        for address in tqdm(addresses, unit="trang", desc="Kho trang"):
            made += services.make(address, now=clock.now()) is not None
        self.stdout.write(_("%(made)s pages rendered, the others were there.") % {"made": made})

    def _check(self, options: dict[str, Any]) -> None:
        found = list(drift.differing(tqdm(selectors.sample(options["sample"]), unit="trang", desc="Kho trang")))
        for address in found:
            self.stdout.write(f"{address}")
        self.stdout.write(_("%(number)s pages differ from what a reader would get now.") % {"number": len(found)})
        if found:
            raise CommandError(_("The page store has drifted. `manage.py pages renew` renders it anew."))
