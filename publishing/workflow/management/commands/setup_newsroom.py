"""Groups, rights and the root of the paper: what every newsroom has before its first story."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from newsroom.articles.services import ensure_home
from publishing.workflow.setup import ensure_rights


class Command(BaseCommand):
    """Safe to repeat."""

    help = "Make the groups, their rights and the root page."

    def add_arguments(self, parser: CommandParser) -> None:
        """The paper's name."""
        parser.add_argument("--name", default="Báo Sông Ba")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing."""
        address = urlsplit(settings.PAPER_ADDRESS)
        ensure_home(name=options["name"], hostname=address.hostname or "localhost", port=address.port or (443 if address.scheme == "https" else 80))
        ensure_rights()
        self.stdout.write("newsroom is set up")
