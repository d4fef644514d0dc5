"""`make messages`: merge the parts of the Vietnamese catalogue and compile them."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import trans_real

from newsroom.common import catalogues, source_strings


class Command(BaseCommand):
    """`--check` changes nothing; `--missing` lists what lacks Vietnamese."""

    help = "Merges locale/vi/parts into locale/vi/LC_MESSAGES and compiles it, without GNU gettext."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Change nothing; fail where the catalogue is not what the parts say.")
        parser.add_argument("--missing", action="store_true", help="Change nothing; list our strings that have no Vietnamese yet.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.LOCALE_PATHS[0]) / "vi"
        if options["missing"]:
            self._list_missing()
            return
        for domain in catalogues.DOMAINS:
            try:
                catalogue = catalogues.merge_parts(folder, domain)
            except catalogues.BadParts as bad:
                raise CommandError(str(bad)) from bad
            if options["check"] and not catalogues.is_current(folder, catalogue):
                raise CommandError(f"{domain}: the parts have changed; run `make messages` and commit the result.")
            changed = not options["check"] and catalogues.write_catalogue(folder, catalogue)
            self.stdout.write(f"{domain}: {len(catalogue.po)} messages, {'written' if changed else 'up to date'}")

    def _list_missing(self) -> None:
        known = source_strings.known_below(trans_real.translation("vi"))
        for string in source_strings.untranslated(source_strings.source_strings(Path(settings.BASE_DIR)), known):
            self.stdout.write(f"{string.place}: {string.context + ' | ' if string.context else ''}{string.msgid!r}")
