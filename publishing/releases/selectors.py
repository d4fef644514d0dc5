"""Reads about releases."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from newsroom.articles.models import ArticlePage
from publishing.releases.enums import ReleaseState
from publishing.releases.models import Release


def names_revision(revision_id: int) -> bool:
    """Whether a release names the revision through its approval."""
    return Release.objects.filter(approval__revision_id=revision_id).exists()


def scheduled_release(story: ArticlePage) -> Release | None:
    """The time a story waits for."""
    return Release.objects.filter(story=story, state=ReleaseState.SCHEDULED).select_related("created_by").first()


def due_releases(*, now: datetime) -> QuerySet[Release]:
    """What is due, in order: time first, then the order in which people scheduled."""
    return Release.objects.filter(state=ReleaseState.SCHEDULED, next_at__lte=now).order_by("due_at", "id")


def next_due_at(*, after: datetime) -> datetime | None:
    """The next time something is due."""
    return Release.objects.filter(state=ReleaseState.SCHEDULED, next_at__gt=after).order_by("next_at").values_list("next_at", flat=True).first()


def late_releases(*, now: datetime, by: timedelta) -> QuerySet[Release]:
    """Scheduled stories whose time passed longer ago than `by`."""
    return Release.objects.filter(state=ReleaseState.SCHEDULED, due_at__lt=now - by).select_related("story").order_by("due_at")
