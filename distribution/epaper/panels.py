"""The paper's own copy on the story's desk page, and a word on its card of the board while readers do not have it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from distribution.epaper.enums import CopyState
from distribution.epaper.selectors import copy_lines
from newsroom.articles.models import ArticlePage


def desk_panel(story: ArticlePage, user: Any) -> SafeString | None:
    """State of the copy and who was told; nothing for what was never published."""
    del user
    line = copy_lines([story.pk]).get(story.pk)
    return render_to_string("distribution/epaper/copy.html", {"line": line}) if line else None


def marks_of(story_ids: list[int], now: datetime) -> dict[int, tuple[tuple[str, Any], ...]]:
    """(tone, words) for stories whose newest version readers do not get."""
    del now
    late = {story_id: line for story_id, line in copy_lines(story_ids).items() if line.check.state == CopyState.LATE}
    return {story_id: ((line.tone, f"{_('E-newspaper')}: {line.state}"),) for story_id, line in late.items()}
