"""Every post, edit and take-down goes to the legal deposit in the transaction that says it was carried out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from distribution.deliveries.enums import COMMENTS, Operation
from distribution.deliveries.models import Delivery
from distribution.renditions.media import FILE, PREFIX
from newsroom.media.models import NewsImage
from publishing.deposit.canonical import moment
from publishing.deposit.content import person
from publishing.deposit.enums import RecordKind
from publishing.deposit.services import hand_in_post

KINDS = {
    Operation.PUBLISH: RecordKind.POST_PUBLISHED, Operation.UPDATE: RecordKind.POST_EDITED, Operation.DELETE: RecordKind.POST_REMOVED,
    Operation.COMMENT: RecordKind.POST_PUBLISHED, Operation.REPLY: RecordKind.POST_PUBLISHED, Operation.BROADCAST: RecordKind.POST_PUBLISHED,
}  # fmt: skip
NOTHING_THERE = "nothing_there"  # an edit found that somebody had deleted the post


def hand_in(delivery: Delivery, *, now: datetime) -> None:
    """What a delivery did to its channel, as plain facts. `delivery` has just come to its end."""
    post = delivery if delivery.operation in COMMENTS else delivery.original or delivery
    gone = delivery.operation == Operation.UPDATE and delivery.failure_code == NOTHING_THERE
    facts = {
        "delivery": delivery.pk, "operation": delivery.operation, "original": delivery.original_id, "platform": delivery.account.kind, "account": delivery.account.key,
        "account_id": delivery.account.remote_id, "rehearsal": delivery.account.rehearsal, "remote_id": post.remote_id, "removed_on_the_platform": gone,
        "payload": delivery.payload, "payload_sha256": delivery.payload_sha256, **_ordered_by(delivery),
    }  # fmt: skip
    hand_in_post(
        reference=f"delivery:{delivery.pk}", event=delivery.event, kind=RecordKind.POST_REMOVED if gone else KINDS[Operation(delivery.operation)],
        channel=delivery.account.name, permalink=post.remote_url, facts=facts, files=files_of(delivery), at=now,
    )  # fmt: skip


def _ordered_by(delivery: Delivery) -> dict[str, Any]:
    """A message to followers goes by a person's order alone: the record names them and the moment."""
    if delivery.operation != Operation.BROADCAST:
        return {}
    order = delivery.acts.filter(kind=Operation.BROADCAST).select_related("actor").order_by("pk").first()
    return {"ordered_by": person(order.actor), "ordered_at": moment(order.at)} if order else {}


def hand_in_gone(post: Delivery, *, now: datetime) -> None:
    """Somebody took a post away on the platform itself."""
    facts = {
        "delivery": post.pk, "operation": post.operation, "original": None, "platform": post.account.kind, "account": post.account.key, "account_id": post.account.remote_id,
        "rehearsal": post.account.rehearsal, "remote_id": post.remote_id, "removed_on_the_platform": True, "payload": post.payload, "payload_sha256": post.payload_sha256,
    }  # fmt: skip
    hand_in_post(
        reference=f"delivery:{post.pk}:gone", event=post.event, kind=RecordKind.POST_REMOVED, channel=post.account.name, permalink=post.remote_url, facts=facts, files=[], at=now
    )


def files_of(delivery: Delivery) -> list[str]:
    """Originals of the pictures and the files that the payload names, as names in the default storage."""
    if delivery.operation == Operation.DELETE:
        return []
    keys = list(dict.fromkeys(_keys(delivery.payload)))
    numbers = [int(key.removeprefix(PREFIX)) for key in keys if key.startswith(PREFIX)]
    pictures = dict(NewsImage.objects.filter(pk__in=numbers).values_list("pk", "file"))
    named = [pictures.get(int(key.removeprefix(PREFIX)), "") if key.startswith(PREFIX) else key.removeprefix(FILE) for key in keys]
    return [name for name in dict.fromkeys(named) if name]


def _keys(value: Any) -> Iterator[str]:
    """Every word in a payload that is a key of our media."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)
    elif isinstance(value, str) and (value.startswith(FILE) or (value.startswith(PREFIX) and value.removeprefix(PREFIX).isdecimal() and len(value) < 25)):
        yield value
