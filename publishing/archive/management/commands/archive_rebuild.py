"""Writes the archive anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from newsroom.articles.models import ArticlePage
from publishing.archive.indexing import rebuild


class Command(BaseCommand):
    """Safe to repeat."""

    help = "Write the archive's index anew from the live stories."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild with a bar."""
        total = ArticlePage.objects.filter(live=True).count()
        written = rebuild(progress=lambda documents: tqdm(documents, total=total, unit="bài", desc="Kho tư liệu"))
        self.stdout.write(f"{written} stories")
