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


def open_alarms() -> QuerySet[Alarm]:
    """Alarms nobody has cleared, newest first."""
    return Alarm.objects.filter(cleared_at=None)
