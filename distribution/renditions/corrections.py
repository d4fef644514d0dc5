"""The notice of a correction, for every copy of the story that is edited."""

from __future__ import annotations

from newsroom.articles.models import ArticlePage
from publishing.corrections.selectors import notice_for
from publishing.events.models import StoryEvent


def notice_of_correction(story: ArticlePage, event: StoryEvent | None) -> str:
    """What readers were told at this event or before; nothing for a preview."""
    del story
    return notice_for(event) if event is not None else ""
