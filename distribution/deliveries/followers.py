"""Edits, take-downs, comments and the like: they follow a post, wait for its outcome, and the newest version wins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from distribution.connectors.base import Payload
from distribution.deliveries.enums import ASKS, DEAD, FOLLOW_UPS, IN_FLIGHT, DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.deliveries.transitions import NO_FAILURE, move

S = DeliveryState
NOTHING_THERE, NO_REMOTE_ID = "nothing_there", "no_remote_id"
SUPERSEDED = "superseded"
WORDS = {
    NOTHING_THERE: gettext_noop("There is no post on the channel any more; nothing to do."),
    SUPERSEDED: gettext_noop("A newer version of the story took its place."),
    "withdrawn": gettext_noop("The story was withdrawn before it was posted."),
    "shown_again": gettext_noop("The story was published again before the post was taken down."),
    "not_wanted": gettext_noop("The story is not meant for this channel any more."),
    "cannot_edit": gettext_noop("This channel cannot edit posts from here. Edit this post by hand in the platform's app, then say that it is done."),
    "cannot_delete": gettext_noop("This channel cannot delete posts from here. Delete this post by hand in the platform's app, then say that it is done."),
    "draft_withdrawn": gettext_noop("The story was withdrawn while its draft waits in the platform's app. Throw the draft away, do not post it."),
    "handed": gettext_noop("The draft is in the platform's app. Finish it there, then give the post's address here."),
    "not_posted": gettext_noop("A person said that the draft was not posted."),
    "draft_expired": gettext_noop("Nobody finished the draft in the platform's app in time."),
    "could_not": gettext_noop("A person could not do it on the platform: this copy is still there as it was."),
    "not_sent": gettext_noop("A person saw that it was not sent to followers. It is not sent again by itself."),
    "paused": gettext_noop("Posting was stopped by a person. It goes on by itself when it is let go on."),
    "comment_changed": gettext_noop("The first comment was posted before and its words have changed since. Edit the comment by hand."),
    "by_hand": gettext_noop("Cancelled by a person."),
    "late": gettext_noop("It could not go out at its time. Is it still news?"),
}


# No call of ours can do these, however often it is tried.
ONLY_A_PERSON = frozenset({"cannot_edit", "cannot_delete", "draft_withdrawn", "comment_changed"})


def why(code: str) -> dict[str, Any]:
    """Fields of a row that say why it ended."""
    return {"failure_code": code, "failure_message": WORDS[code]}


def wait_for_original(delivery: Delivery) -> timedelta | None:
    """How long to wait before asking again whether the post it is about has an outcome; None: it has one, or none is needed."""
    original = delivery.original
    if original is None or delivery.operation == Operation.REFRESH or original.state in (S.PUBLISHED, *DEAD):
        return None
    moving = original.state in (S.READY, S.STAGING, S.STAGED, *IN_FLIGHT) and original.state not in ASKS
    return timedelta(seconds=2) if moving else timedelta(minutes=1)


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
    for task in delivery.followers.filter(state=S.WAITING_FOR_HUMAN, failure_code="draft_withdrawn").select_related("account", "story", "original"):
        move(task, S.READY, now=now, next_at=now, **NO_FAILURE)  # the draft was posted all the same: it is taken down as any post
    if delivery.remote_id:
        for task in delivery.followers.filter(state__in=[S.FAILED, S.WAITING_FOR_HUMAN], failure_code=NO_REMOTE_ID).select_related("account", "story", "original"):
            move(task, S.READY, now=now, next_at=now, **NO_FAILURE)  # nothing was sent: what it is about was not known then
    waiting = delivery.followers.filter(state__in=[S.READY, S.SCHEDULED])
    ids = list(waiting.values_list("pk", flat=True))
    waiting.update(next_at=now)
    return ids


def _ended_by(delivery: Delivery) -> str:
    operation, original = delivery.operation, delivery.original
    if operation == Operation.PUBLISH:
        return "withdrawn" if is_withdrawn(delivery) else ""
    if operation == Operation.REFRESH:
        return ""
    if original is None or original.state in DEAD or (original.removed_at is not None and not delivery.repeat):
        return NOTHING_THERE
    if operation in FOLLOW_UPS:
        return "withdrawn" if is_withdrawn(delivery) else ""
    if original.state == S.FAILED and operation == Operation.DELETE:
        return NOTHING_THERE
    return SUPERSEDED if newer_was_applied(delivery) else ""


def newer_was_applied(delivery: Delivery) -> bool:
    """Whether a later version has reached the channel: an older one must not overwrite it."""
    later = Delivery.objects.filter(original_id=delivery.original_id, version__gt=delivery.version)
    sent = later.filter(operation=Operation.UPDATE, state__in=[S.PUBLISHED, *IN_FLIGHT])
    return sent.exists() or later.filter(operation=Operation.DELETE).exclude(state__in=DEAD).exists()


def is_withdrawn(delivery: Delivery) -> bool:
    """Whether a take-down of this post, or of the post that it is about, was ordered and not given up."""
    orders = Delivery.objects.filter(original_id=delivery.original_id or delivery.pk, operation=Operation.DELETE)
    return orders.exclude(state__in=DEAD).exists()


def shown_now(delivery: Delivery) -> Payload | None:
    """What the post of an edit shows on the platform now; None where that is not sure: an edit was tried and its outcome is open, or a person changed it.

    Of a take-down what was first posted: enough to tell what belongs to the post.
    """
    if delivery.operation == Operation.DELETE and delivery.original is not None:
        return delivery.original.stored_payload
    if delivery.operation != Operation.UPDATE or delivery.original is None or delivery.commits > 1:
        return None
    edits = list(Delivery.objects.filter(original=delivery.original, operation=Operation.UPDATE).exclude(pk=delivery.pk).order_by("version", "created_at"))
    if any((edit.commits > 0) != (edit.state == DeliveryState.PUBLISHED) for edit in edits):
        return None
    done = [edit for edit in edits if edit.state == DeliveryState.PUBLISHED]
    return (done[-1] if done else delivery.original).stored_payload
