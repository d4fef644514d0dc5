"""Looks whether the legal deposit is whole, and hands it out."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from newsroom.common import clock
from publishing.deposit import exports
from publishing.deposit.models import Record
from publishing.deposit.verify import Walk

MOST_LINES = 200


def a_day(text: str) -> date:
    """A day as 2026-11-23. Raises ArgumentTypeError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day; write it as 2026-11-23") from None


class Command(BaseCommand):
    """Changes nothing in the deposit."""

    help = "The legal deposit: `verify` walks the whole chain (exit code 1 where anything is broken), `export` writes a zip of a period."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and for which days."""
        parser.add_argument("action", choices=("verify", "export"))
        parser.add_argument("--no-files", action="store_true", help="verify: leave the kept files alone")
        parser.add_argument("--from", dest="first", type=a_day, help="export: first day, as 2026-11-01")
        parser.add_argument("--to", dest="last", type=a_day, help="export: last day, as 2026-11-30")
        parser.add_argument("--out", type=Path, help="export: the zip to write")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        if options["action"] == "verify":
            self._verify(with_files=not options["no_files"])
        else:
            self._export(first=options["first"], last=options["last"], out=options["out"])

    def _verify(self, *, with_files: bool) -> None:
        broken = 0
        with tqdm(total=Record.objects.count(), unit=_("records"), desc=_("Legal deposit")) as bar:
            walk = Walk(told=lambda: bar.update() and None, with_files=with_files)
            for found in walk.run(now=clock.now()):
                broken += 1
                if broken <= MOST_LINES:
                    tqdm.write(found.sentence, file=self.stdout)
        if broken:
            raise CommandError(_("%(broken)d faults in %(records)d records.") % {"broken": broken, "records": walk.records})
        self.stdout.write(_("Whole: %(records)d records, %(files)d files, last hash %(hash)s") % {"records": walk.records, "files": walk.checked_files, "hash": walk.hash})

    def _export(self, *, first: date | None, last: date | None, out: Path | None) -> None:
        if out is None:
            raise CommandError(_("Say where to: --out luu-chieu.zip"))
        if first and last and last < first:
            raise CommandError(_("The last day lies before the first. Choose a later one."))
        with tqdm(unit=_("records"), desc=_("Legal deposit")) as bar:

            def told(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            count = exports.write(out=out, first=first, last=last, told=told, now=clock.now())
        self.stdout.write(_("%(count)d records in %(path)s") % {"count": count, "path": out})
