"""Which call of a connector an operation is. Pure of the database: rows in, answers out."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_noop

from distribution.connectors.base import (
    Broadcasts,
    Capabilities,
    Comments,
    Connector,
    Done,
    Failure,
    FailureClass,
    Handed,
    Look,
    Published,
    RefreshesPreview,
    Sight,
    Target,
    Wait,
)  # fmt: skip
from distribution.deliveries.enums import COMMENTS, Operation
from distribution.deliveries.followers import NO_REMOTE_ID as CODE_OF_NO_ID
from distribution.deliveries.models import Delivery

NO_REMOTE_ID = Failure(FailureClass.CONTENT, CODE_OF_NO_ID, gettext_noop("The post's id is not known. Change the post by hand on the platform."))
NO_SUCH_CALL = Failure(FailureClass.CONTENT, "no_such_call", gettext_noop("This channel cannot do it from here. Do it by hand on the platform."))


def can_look_up(can: Capabilities, delivery: Delivery) -> bool:
    """Whether a lost answer can be made good by a look."""
    if delivery.operation in COMMENTS:
        return can.can_comment
    return delivery.operation == Operation.PUBLISH and can.can_lookup


def send(connector: Connector, target: Target, delivery: Delivery) -> Published | Wait | Handed | Failure:
    """The one call that readers see."""
    if delivery.operation == Operation.PUBLISH:
        return connector.commit(target=target, payload=delivery.stored_payload, handle=dict(delivery.handle))
    post = _post_of(delivery)
    if not post:
        return NO_REMOTE_ID
    if delivery.operation in COMMENTS and isinstance(connector, Comments):
        return connector.comment(target=target, remote_id=post, text=delivery.payload["body"]["message"])
    if delivery.operation == Operation.BROADCAST and isinstance(connector, Broadcasts):
        return connector.broadcast(target=target, remote_id=post)
    return NO_SUCH_CALL


def look_up(connector: Connector, target: Target, delivery: Delivery, *, since: datetime) -> Look | Wait | Handed | Failure:
    """Whether it is there, by what we know of it."""
    if delivery.operation == Operation.PUBLISH:
        return connector.lookup(target=target, payload=delivery.stored_payload, since=since, handle=dict(delivery.handle))
    if delivery.operation in COMMENTS and isinstance(connector, Comments):
        return connector.find_comment(target=target, remote_id=_post_of(delivery), text=delivery.payload["body"]["message"])
    return Look(Sight.CANNOT)


def check(connector: Connector, target: Target, delivery: Delivery) -> Look | Wait | Handed | Failure:
    """What became of a post that the platform works on, or that a person finishes."""
    return connector.check(target=target, handle=dict(delivery.handle), remote_id=delivery.remote_id)


def apply(connector: Connector, target: Target, delivery: Delivery) -> Done | Failure:
    """An edit, a take-down, a new card: may be repeated."""
    if delivery.operation == Operation.DELETE:
        return connector.delete(target=target, remote_id=_post_of(delivery))
    if delivery.operation == Operation.UPDATE:
        return connector.update(target=target, remote_id=_post_of(delivery), payload=delivery.stored_payload)
    if isinstance(connector, RefreshesPreview):
        return connector.refresh_preview(target=target, link=delivery.payload["body"]["link"])
    return NO_SUCH_CALL


def _post_of(delivery: Delivery) -> str:
    return delivery.original.remote_id if delivery.original is not None else ""
