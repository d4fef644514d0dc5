"""Glue: the deposit takes events, and what arrives in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from newsroom.articles.bulk import WrittenStory
from publishing.deposit import services
from publishing.deposit.models import Waiting
from publishing.deposit.selectors import begin_of_term
from publishing.events.models import StoryEvent
from publishing.events.registry import Subscriber


def take(*, event: StoryEvent, now: datetime) -> None:
    """The story's new state waits to be sealed."""
    services.hand_in(event=event, now=now)


def hand_in_batch(*, batch: Sequence[WrittenStory], now: datetime) -> None:
    """Stories that arrived in bulk within the legal term wait; those of before it were another system's to keep."""
    begin = begin_of_term(now)
    fresh = [item.story_id for item in batch if item.story.published_at >= begin]
    if not fresh:
        return
    events = StoryEvent.objects.filter(story_id__in=fresh, version=1).values_list("pk", "happened_at")
    Waiting.objects.bulk_create([Waiting(reference=f"event:{pk}", event_id=pk, at=at, next_at=now) for pk, at in events])
    transaction.on_commit(partial(services.ring), robust=True)


SUBSCRIBER = Subscriber("deposit", take, takes_imported=True, queue="default")
