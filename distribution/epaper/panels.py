"""A word on the story's card of the desk board while readers do not have it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from distribution.epaper.enums import CopyState
from distribution.epaper.selectors import copy_lines


def marks_of(story_ids: list[int], now: datetime) -> dict[int, tuple[tuple[str, Any], ...]]:
    """(tone, words) for stories whose newest version readers do not get."""
    del now
    late = {story_id: line for story_id, line in copy_lines(story_ids).items() if line.check.state == CopyState.LATE}
    return {story_id: ((line.tone, f"{_('E-newspaper')}: {line.state}"),) for story_id, line in late.items()}
