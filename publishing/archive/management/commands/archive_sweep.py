"""Finds and heals what the archive missed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from publishing.archive.indexing import sweep


class Command(BaseCommand):
    """`--check` only tells."""

    help = "Compare the archive with the live stories and heal the difference."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep."""
        found = sweep(heal=not options["check"])
        self.stdout.write(", ".join(f"{name}: {number}" for name, number in found.items()))
