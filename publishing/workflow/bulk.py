"""The desk rows of stories that arrive in bulk: they were published elsewhere, nobody here took a step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from newsroom.articles.bulk import WrittenStory
from publishing.workflow.enums import StoryState
from publishing.workflow.models import StoryDesk


def write_desks(*, batch: Sequence[WrittenStory], now: datetime) -> None:
    """A row in the state published for each story, since its publication."""
    del now
    StoryDesk.objects.bulk_create([StoryDesk(story_id=item.story_id, state=StoryState.PUBLISHED, changed_at=item.story.published_at) for item in batch])
