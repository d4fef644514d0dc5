"""Reads of the deposit."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from newsroom.common.clock import LOCAL
from publishing.deposit.enums import RecordKind
from publishing.deposit.models import Record, Waiting
from publishing.events.models import StoryEvent

LARGEST_ID = 2**63 - 1


def begin_of_term(now: datetime) -> datetime:
    """What was first seen before this moment is past the legal term."""
    months = now.year * 12 + now.month - 1 - settings.DEPOSIT_MONTHS
    return now.astimezone(UTC).replace(year=months // 12, month=months % 12 + 1, day=min(now.day, 28))


def is_of_the_past(event: StoryEvent, *, now: datetime) -> bool:
    """Whether a story arrived in bulk whose term was over before it came: another system published and kept it, there is nothing to deposit."""
    return event.imported and event.happened_at < begin_of_term(now)


def unrecorded(*, now: datetime) -> QuerySet[StoryEvent]:
    """Events that neither a record nor anything waiting names, older than a minute."""
    story = [kind for kind in RecordKind.values if kind.startswith("story_")]
    recorded = Exists(Record.objects.filter(event_id=OuterRef("pk"), kind__in=story))
    waits = Exists(Waiting.objects.filter(event_id=OuterRef("pk"), post__isnull=True))
    rows = StoryEvent.objects.filter(~recorded, ~waits, happened_at__lt=now - timedelta(minutes=1))
    return rows.exclude(imported=True, happened_at__lt=begin_of_term(now)).order_by("pk")


def day_span(first: date, last: date) -> tuple[datetime, datetime]:
    """From the first moment of the first day to the first moment after the last, on the newsroom's clock."""
    return datetime.combine(first, time.min, LOCAL), datetime.combine(last, time.min, LOCAL) + timedelta(days=1)


def of_days(first: date | None, last: date | None) -> QuerySet[Record]:
    """Records of what the public saw in these days, in the chain's order."""
    rows = Record.objects.order_by("sequence")
    if first:
        rows = rows.filter(at__gte=day_span(first, first)[0])
    return rows.filter(at__lt=day_span(last, last)[1]) if last else rows


def found(*, words: str, first: date | None, last: date | None) -> QuerySet[Record]:
    """Records for the list, the newest first: by the story's number or words of its headline, and by days. Without the long fields."""
    rows = of_days(first, last).order_by("-sequence").defer("content", "html")
    typed = words.strip().replace("\x00", "")[:200]
    if typed.isascii() and typed.isdigit():
        return rows.filter(Q(story_id=min(int(typed[:19]), LARGEST_ID)) | Q(title__icontains=typed))
    return rows.filter(title__icontains=typed) if typed else rows


def states_of_story(record: Record) -> list[Record]:
    """Every record of the same story, in order: what came before and what was changed later."""
    return list(Record.objects.filter(story_id=record.story_id).order_by("sequence").defer("content", "html")[:500])
