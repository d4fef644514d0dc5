"""What the board says of a story's corrections."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from newsroom.common.clock import LOCAL
from publishing.corrections.enums import NoticeState
from publishing.corrections.models import CorrectionSettings, Notice


def marks_of(story_ids: list[int], now: datetime) -> dict[int, tuple[tuple[str, Any], ...]]:
    """The notice that waits; in red once its time is over."""
    rows = list(Notice.objects.filter(story_id__in=story_ids, state=NoticeState.WAITING))
    near = timedelta(minutes=CorrectionSettings.load().alarm_minutes) if rows else timedelta(0)
    return {notice.story_id: (_mark(notice, now=now, near=near),) for notice in rows}


def _mark(notice: Notice, *, now: datetime, near: timedelta) -> tuple[str, Any]:
    label = notice.get_kind_display()
    if notice.due_at is None:
        return "info", label
    words = _("%(notice)s, due at %(time)s") % {"notice": label, "time": f"{notice.due_at.astimezone(LOCAL):%H:%M %d/%m}"}
    return "late" if notice.due_at < now else "soon" if notice.due_at - now <= near else "info", words
