"""Where a story went: on its desk page, and as words on its card of the board."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from distribution.deliveries.selectors import copies_of, where_they_went
from distribution.epaper.selectors import copy_lines
from newsroom.articles.models import ArticlePage


def desk_panel(story: ArticlePage, user: Any) -> SafeString | None:
    """The paper's own copy, then channel, state and link of each post; nothing where the story went nowhere."""
    copies, paper = copies_of(story), copy_lines([story.pk]).get(story.pk)
    return render_to_string("distribution/deliveries/where_it_went.html", {"copies": copies, "line": paper}) if copies or paper else None


def marks_of(story_ids: list[int], now: datetime) -> dict[int, tuple[tuple[str, Any], ...]]:
    """(tone, words) of each channel, by story."""
    del now
    return {story_id: tuple((line.tone, f"{line.delivery.account.name}: {line.state}") for line in lines) for story_id, lines in where_they_went(story_ids).items()}
