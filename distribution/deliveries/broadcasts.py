"""Sending a post to every follower: by a person who types the story's number, once, never again by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from distribution.channels.permissions import may_operate
from distribution.channels.selectors import capabilities_of
from distribution.connectors.base import Payload
from distribution.deliveries import services
from distribution.deliveries.claims import URGENT
from distribution.deliveries.decisions import BROADCAST, DecisionError
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.followers import is_withdrawn
from distribution.deliveries.models import Act, Delivery
from distribution.deliveries.rows import new_marker, write
from newsroom.accounts.models import User

LASTS = timedelta(hours=1)  # what could not be sent in this time is not sent: followers are not called at night for what was confirmed at noon


def may_broadcast(post: Delivery) -> bool:
    """Whether a post can be sent to followers now."""
    there = post.operation == Operation.PUBLISH and post.state == DeliveryState.PUBLISHED and post.removed_at is None and bool(post.remote_id)
    return there and capabilities_of(post.account).can_broadcast and not is_withdrawn(post) and not _sent(post)


def _sent(post: Delivery) -> bool:
    rows = Delivery.objects.filter(original=post, operation=Operation.BROADCAST)
    return rows.exclude(state__in=[DeliveryState.CANCELLED, DeliveryState.EXPIRED]).exists()


@transaction.atomic
def start(*, delivery_id: str, typed: str, actor: User, now: datetime) -> Delivery:
    """Write the order down and call a worker. Raises DecisionError where the person may not, or typed another number, or it was sent."""
    if not may_operate(actor):
        raise DecisionError("not_allowed", _("Your role does not run channels."))
    post = Delivery.objects.select_for_update(of=("self",)).select_related("account", "event").get(pk=delivery_id)
    if typed.strip() != str(post.story_id):
        raise DecisionError("not_confirmed", _("Type the story's number, %(number)d, to send it to every follower.") % {"number": post.story_id})
    if not may_broadcast(post):
        raise DecisionError("cannot_broadcast", _("This post cannot be sent to followers, or it was sent already."))
    marker = new_marker(now)
    payload = Payload("broadcast", marker, {"message": post.payload["body"].get("message", ""), "post": post.remote_id})
    try:
        with transaction.atomic():
            order = write(
                Operation.BROADCAST, account=post.account, event=post.event, now=now, original=post, payload=payload, marker=marker, priority=URGENT, expires_at=now + LASTS
            )
    except IntegrityError:
        raise DecisionError("cannot_broadcast", _("This post cannot be sent to followers, or it was sent already.")) from None
    Act.objects.create(delivery=order, kind=BROADCAST, actor=actor, at=now)
    transaction.on_commit(partial(services.ring, [order.pk]), robust=True)
    return order
