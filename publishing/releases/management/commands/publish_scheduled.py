"""Wagtail's scheduler, shut: this command has its name and comes first (docs/doors.md)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Refuses: the schedule is the table of releases, and `publish_due` reads it."""

    help = "Closed door: use publish_due."

    def add_arguments(self, parser: Any) -> None:
        """Accept what Wagtail's accepts, to refuse it in words."""
        parser.add_argument("--dryrun", "--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse."""
        raise CommandError("publish_scheduled is shut here: releases are published by `manage.py publish_due`.")
