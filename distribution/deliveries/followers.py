"""Edits and take-downs: they follow a post, wait for its outcome, and the newest version wins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from distribution.deliveries.enums import ASKS, DEAD, IN_FLIGHT, DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.deliveries.transitions import move

S = DeliveryState
NOTHING_THERE = "nothing_there"
SUPERSEDED = "superseded"
WORDS = {
    NOTHING_THERE: gettext_noop("There is no post on the channel any more; nothing to do."),
    SUPERSEDED: gettext_noop("A newer version of the story took its place."),
    "withdrawn": gettext_noop("The story was withdrawn before it was posted."),
    "shown_again": gettext_noop("The story was published again before the post was taken down."),
    "not_wanted": gettext_noop("The story is not meant for this channel any more."),
    "cannot_edit": gettext_noop("This channel cannot edit posts. Edit it by hand on the platform."),
    "cannot_delete": gettext_noop("This channel cannot delete posts. Delete it by hand on the platform."),
    "by_hand": gettext_noop("Cancelled by a person."),
    "late": gettext_noop("It could not go out at its time. Is it still news?"),
}


def why(code: str) -> dict[str, Any]:
    """Fields of a row that say why it ended."""
    return {"failure_code": code, "failure_message": WORDS[code]}


def wait_for_original(delivery: Delivery) -> timedelta | None:
    """How long to wait before asking again whether the post it is about has an outcome; None: it has one."""
    if delivery.original is None or delivery.original.state in (S.PUBLISHED, *DEAD):
        return None
    return timedelta(minutes=1) if delivery.original.state in ASKS else timedelta(seconds=2)


def end_without_call(delivery: Delivery, *, now: datetime) -> bool:
    """End an edit or a take-down that has nothing to do any more, and a post of a story that was withdrawn. True: ended."""
    code = _ended_by(delivery)
    if not code:
        return False
    move(delivery, S.CANCELLED, now=now, **why(code))
    if delivery.operation == Operation.DELETE and delivery.original is not None and delivery.original.state == S.FAILED:
        move(delivery.original, S.CANCELLED, now=now, **why("withdrawn"))  # else somebody might still send it
    return True


def wake_followers(delivery: Delivery, *, now: datetime) -> list[str]:
    """A post has its outcome: what waits for it may go. Returns the ids."""
    waiting = delivery.followers.filter(state__in=[S.READY, S.SCHEDULED])
    ids = list(waiting.values_list("pk", flat=True))
    waiting.update(next_at=now)
    return ids


def _ended_by(delivery: Delivery) -> str:
    if delivery.operation == Operation.PUBLISH:
        return "withdrawn" if is_withdrawn(delivery) else ""
    original = delivery.original
    if original is None or original.state in DEAD or original.removed_at is not None:
        return NOTHING_THERE
    if original.state == S.FAILED and delivery.operation == Operation.DELETE:
        return NOTHING_THERE
    return SUPERSEDED if newer_was_applied(delivery) else ""


def newer_was_applied(delivery: Delivery) -> bool:
    """Whether a later version has reached the channel: an older one must not overwrite it."""
    later = Delivery.objects.filter(original_id=delivery.original_id, version__gt=delivery.version)
    return later.filter(state__in=[S.PUBLISHED, *IN_FLIGHT]).exists() or later.filter(operation=Operation.DELETE).exclude(state__in=DEAD).exists()


def is_withdrawn(delivery: Delivery) -> bool:
    """Whether a take-down of this post waits for its outcome."""
    return delivery.followers.filter(operation=Operation.DELETE).exclude(state__in=DEAD).exists()
