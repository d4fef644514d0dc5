"""The events of stories that arrive in bulk: marked imported, so that distribution leaves them alone. Nobody is rung; the sweep finds open runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from newsroom.articles.bulk import WrittenStory
from newsroom.articles.registry import bulk_steps
from publishing.events.enums import EventKind
from publishing.events.models import StoryEvent, SubscriberRun
from publishing.events.registry import subscribers


def write_events(*, batch: Sequence[WrittenStory], now: datetime) -> None:
    """One published event a story, and a waiting run for each subscriber that takes imports and has no bulk step of its own name."""
    takers = [taker.name for _name, taker in subscribers.items() if taker.takes_imported and taker.name not in bulk_steps]
    events = StoryEvent.objects.bulk_create([
        StoryEvent(
            story_id=item.story_id, kind=EventKind.PUBLISHED, revision_id=item.revision_id, version=1, happened_at=item.story.published_at,
            actor_id=item.story.owner_id, imported=True, taken_at=None if takers else now,
        )
        for item in batch
    ])  # fmt: skip
    SubscriberRun.objects.bulk_create([SubscriberRun(event=event, subscriber=name, next_at=now) for event in events for name in takers])
