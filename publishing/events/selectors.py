"""Reads about events."""

from __future__ import annotations

from django.db.models import QuerySet

from newsroom.articles.models import ArticlePage
from publishing.events.enums import EventKind
from publishing.events.models import Alarm, StoryEvent


def names_revision(revision_id: int) -> bool:
    """Whether an event names the revision."""
    return StoryEvent.objects.filter(revision_id=revision_id).exists()


def latest_change(story: ArticlePage) -> StoryEvent | None:
    """The newest event that showed the story or took it away; a notice about a story that is away changes neither."""
    return StoryEvent.objects.filter(story=story).exclude(kind=EventKind.NOTICE).order_by("-version").first()


def latest_event(story: ArticlePage) -> StoryEvent | None:
    """The newest event of a story."""
    return StoryEvent.objects.filter(story=story).order_by("-version").first()


def is_overtaken(event: StoryEvent) -> bool:
    """Whether a newer event showed the story again or took it away. Whoever takes events late, or out of order, must not go back to this one."""
    return StoryEvent.objects.filter(story_id=event.story_id, version__gt=event.version).exclude(kind=EventKind.NOTICE).exists()


def is_published_anew(event: StoryEvent, *, since_version: int) -> bool:
    """Whether the story was published, not only changed, after a version and up to this event."""
    return StoryEvent.objects.filter(story_id=event.story_id, kind=EventKind.PUBLISHED, version__gt=since_version, version__lte=event.version).exists()


def open_alarms() -> QuerySet[Alarm]:
    """Alarms nobody has cleared, newest first."""
    return Alarm.objects.filter(cleared_at=None)
