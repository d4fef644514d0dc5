"""What the board says of a story's time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from newsroom.common.clock import LOCAL
from publishing.releases.enums import ReleaseState
from publishing.releases.models import Release
from publishing.releases.services import LATE_AFTER


def marks_of(story_ids: list[int], now: datetime) -> dict[int, tuple[tuple[str, Any], ...]]:
    """The time a story waits for; in red once it is late."""
    rows = Release.objects.filter(story_id__in=story_ids, state__in=[ReleaseState.SCHEDULED, ReleaseState.FAILED]).order_by("id")
    return {row.story_id: (_mark(row, now=now),) for row in rows if row.state == ReleaseState.SCHEDULED or row.done_at is None}


def _mark(row: Release, *, now: datetime) -> tuple[str, Any]:
    local = row.due_at.astimezone(LOCAL)
    when = f"{local:%H:%M}" if local.date() == now.astimezone(LOCAL).date() else f"{local:%H:%M %d/%m}"
    if row.state == ReleaseState.FAILED:
        return "late", _("Not published: %(reason)s") % {"reason": row.error[:80]}
    if row.due_at < now - LATE_AFTER:
        return "late", _("Late, due at %(time)s") % {"time": when}
    return "info", _("At %(time)s") % {"time": when}
