"""Glue: an alarm when a story went live without an event row. `page_published` also fires for scheduled pages and copies."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from wagtail.models import Revision
from wagtail.signals import page_published

from newsroom.articles.models import ArticlePage
from newsroom.common import clock
from publishing.events.alarms import raise_alarm
from publishing.events.models import StoryEvent


def alarm_when_silent(instance: ArticlePage, revision: Revision | None = None, **_kwargs: Any) -> None:
    """Look after commit: the service writes its row right after Wagtail's signal, in the same transaction."""
    story_id, title = instance.pk, instance.title

    def look() -> None:
        live = ArticlePage.objects.filter(pk=story_id, live=True).values_list("live_revision_id", flat=True).first()
        if live and not StoryEvent.objects.filter(story_id=story_id, revision_id=live).exists():
            raise_alarm(code="live_without_event", subject=str(story_id), message=title, now=clock.now())

    transaction.on_commit(look, robust=True)


def connect() -> None:
    """Connect to Wagtail's signal."""
    page_published.connect(alarm_when_silent, sender=ArticlePage, dispatch_uid="alarm_when_silent")
