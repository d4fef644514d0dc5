"""Whose names stand under what an event made public: for the legal deposit."""

from __future__ import annotations

from typing import Any

from newsroom.accounts.models import User
from publishing.events.models import StoryEvent
from publishing.workflow.models import Approval, Confirmation, Step


def signatures_of(event: StoryEvent) -> dict[str, Any]:
    """The signature, second readers, and every step on the desk since the story's event before."""
    approval = Approval.objects.filter(story_id=event.story_id, revision_id=event.revision_id, approved_at__lte=event.happened_at).select_related("approver").order_by("-pk").first()
    readers = Confirmation.objects.filter(story_id=event.story_id, digest=event.digest, at__lte=event.happened_at) if event.digest else Confirmation.objects.none()
    return {
        "approved_by": _person(approval.approver) if approval else None, "approved_at": approval.approved_at.isoformat() if approval else None,
        "confirmed_by": [_person(row.reader) for row in readers.select_related("reader").order_by("pk")], "steps": _steps(event),
    }  # fmt: skip


def _steps(event: StoryEvent) -> list[dict[str, Any]]:
    before = StoryEvent.objects.filter(story_id=event.story_id, version__lt=event.version).order_by("-version").values_list("happened_at", flat=True).first()
    rows = Step.objects.filter(story_id=event.story_id, at__lte=event.happened_at).select_related("actor").order_by("pk")
    rows = rows.filter(at__gt=before) if before else rows
    return [{"kind": row.kind, "by": _person(row.actor), "at": row.at.isoformat(), "reason": row.reason} for row in rows]


def _person(user: User) -> dict[str, str]:
    return {"name": user.display_name, "account": user.username}
