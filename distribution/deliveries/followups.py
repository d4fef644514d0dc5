"""Work after a post: its first comment, the notice of a correction under it, a new card for its link. Rows of their own: whatever becomes of them, the post stays posted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from distribution.channels.selectors import capabilities_of
from distribution.connectors.base import Payload, Snapshot
from distribution.connectors.texts import first_comment_of
from distribution.deliveries.enums import DEAD, DeliveryState, Operation
from distribution.deliveries.followers import why
from distribution.deliveries.models import Delivery
from distribution.deliveries.rows import cancel, gives_way, new_marker, write
from publishing.events.models import StoryEvent

S = DeliveryState
COMMENT, CARD = "comment", "card"
PAGE_IS_NEW = timedelta(seconds=15)  # by then the story's page is rendered anew; the platform is told to read it


def first_comment(post: Delivery, *, snapshot: Snapshot, event: StoryEvent, now: datetime) -> Iterator[Delivery]:
    """The approved comment of our own under the post. One that was posted is not posted again; where its words changed, a person is asked."""
    can = capabilities_of(post.account)
    words = first_comment_of(snapshot, can.link_places)
    if not can.can_comment or _last_words(post, Operation.COMMENT) == words:
        return
    for older in gives_way(post, Operation.COMMENT):
        cancel(older, "superseded", now=now)
    said = _last_words(post, Operation.COMMENT)
    if said:
        if said != words:
            yield _comment(post, Operation.COMMENT, words, event=event, now=now, state=S.WAITING_FOR_HUMAN, remind_at=now, **why("comment_changed"))
    elif words:
        yield _comment(post, Operation.COMMENT, words, event=event, now=now)


def notice(post: Delivery, *, snapshot: Snapshot, event: StoryEvent, now: datetime) -> Iterator[Delivery]:
    """What a correction tells readers, as an answer under a post that cannot be edited."""
    words = f"{snapshot.notice}\n{snapshot.link}"
    if _last_words(post, Operation.REPLY) == words:
        return
    for older in gives_way(post, Operation.REPLY):
        cancel(older, "superseded", now=now)
    if _last_words(post, Operation.REPLY) != words:
        yield _comment(post, Operation.REPLY, words, event=event, now=now)


def new_card(post: Delivery, *, snapshot: Snapshot, event: StoryEvent, now: datetime) -> Iterator[Delivery]:
    """The platform reads the story's page anew, for the card under the post and under what readers shared."""
    if not capabilities_of(post.account).can_refresh_preview:
        return
    for older in gives_way(post, Operation.REFRESH):
        cancel(older, "superseded", now=now)
    marker = new_marker(now)
    payload = Payload(CARD, marker, {"link": snapshot.link})
    yield write(Operation.REFRESH, account=post.account, event=event, now=now, original=post, payload=payload, marker=marker, due=now + PAGE_IS_NEW)


def _last_words(post: Delivery, operation: Operation) -> str:
    rows = Delivery.objects.filter(original=post, operation=operation).exclude(state__in=DEAD)
    last = rows.order_by("-version", "-id").first()
    return str(last.payload["body"]["message"]) if last is not None else ""


def _comment(post: Delivery, operation: Operation, words: str, *, event: StoryEvent, now: datetime, **fields: Any) -> Delivery:
    marker = new_marker(now)
    payload = Payload(COMMENT, marker, {"message": words})
    return write(operation, account=post.account, event=event, now=now, original=post, payload=payload, marker=marker, due=max(post.scheduled_at, now), **fields)
