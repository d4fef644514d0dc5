"""Everything that must be there before the first process starts: tables, groups, static files. Safe to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

from newsroom.common.services import forget_heartbeats


class Command(BaseCommand):
    """One process instead of three: starting Django takes a second each time."""

    help = "Migrate, set the newsroom up, collect static files."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps in order, saying each."""
        self._say("Chuẩn bị cơ sở dữ liệu / Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)
        forget_heartbeats()
        if "setup_newsroom" in get_commands():
            self._say("Chuẩn bị tòa soạn / Preparing the newsroom …")
            call_command("setup_newsroom", stdout=self.stdout)
        self._say("Chuẩn bị tệp tĩnh / Collecting static files …")
        call_command("collectstatic", interactive=False, verbosity=0)
        if "pages" in get_commands():
            call_command("pages", "open", stdout=self.stdout)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
