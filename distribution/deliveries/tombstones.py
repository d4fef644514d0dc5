"""The correction of a story that readers no longer see: every copy that is still somewhere says that the story is withdrawn, and what is right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from django.utils.translation import pgettext

from distribution.channels.selectors import capabilities_of
from distribution.connectors.base import Snapshot
from distribution.deliveries import followups
from distribution.deliveries.enums import DEAD, DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.deliveries.rows import CANCELLABLE, cancel, compose, gives_way, write
from distribution.renditions.snapshots import snapshot_of
from publishing.events.models import StoryEvent

S = DeliveryState
# A take-down in these has not done it and does not go on by itself.
STUCK = frozenset({S.FAILED, S.WAITING_FOR_HUMAN})


def tell(posts: Iterable[Delivery], *, event: StoryEvent, now: datetime) -> Iterator[Delivery]:
    """Edit what can be edited, else answer under it, else ask a person; a post that is being taken down is left alone."""
    for post in posts:
        take_down = Delivery.objects.filter(original=post, operation=Operation.DELETE).exclude(state__in=DEAD).order_by("-version").first()
        if post.state in CANCELLABLE or (take_down is not None and take_down.state not in STUCK):
            continue
        can, snapshot = capabilities_of(post.account), _tombstone(snapshot_of(event=event, account_key=post.account.key))
        if can.can_edit or (take_down is None and not can.can_comment):
            yield from _edit(post, snapshot=snapshot, event=event, now=now)
        elif take_down is None:
            yield from followups.notice(post, snapshot=snapshot, event=event, now=now)


def _tombstone(snapshot: Snapshot) -> Snapshot:
    """Nothing of the story's own words: that it is gone, behind what the correction tells."""
    return replace(snapshot, channel_text=pgettext("paper", "This story has been withdrawn."), lead="", hashtags=(), first_comment="")


def _edit(post: Delivery, *, snapshot: Snapshot, event: StoryEvent, now: datetime) -> Iterator[Delivery]:
    for older in gives_way(post, Operation.UPDATE):
        cancel(older, "superseded", now=now)
    payload = compose(post.account, snapshot=snapshot, marker=post.pk)
    yield write(Operation.UPDATE, account=post.account, event=event, now=now, original=post, payload=payload)
