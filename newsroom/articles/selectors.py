"""Reads about stories and sections."""

from __future__ import annotations

from django.db.models import QuerySet

from newsroom.articles.models import SectionPage


def menu_sections() -> QuerySet[SectionPage]:
    """The paper's open sections of the first rank, in the order of the menu."""
    return SectionPage.objects.live().filter(depth=3).order_by("in_menu_order", "path")
