"""What a delivery sends, as people read it: the connector's own preview of the stored payload, whatever the platform and the operation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from distribution.channels.previews import facts_of, film_in_words
from distribution.connectors.registry import connectors
from distribution.deliveries.enums import CHANGES, Operation
from distribution.deliveries.models import Delivery
from distribution.renditions.media import PREFIX, key_of
from newsroom.media.models import NewsImage

WORDS = ("message", "text", "caption", "status", "description")  # where payloads keep their words, for one that no connector here can read


@dataclass(frozen=True)
class Sent:
    """The words, the title of a card or a video, the address, the pictures, what the video is, who sees it and its tags."""

    text: str
    title: str = ""
    host: str = ""
    link: str = ""
    pictures: list[NewsImage] = field(default_factory=list)
    film: str = ""
    facts: list[str] = field(default_factory=list)


def sent_of(delivery: Delivery) -> Sent:
    """What goes out with a delivery; of a take-down the post that it takes down."""
    body = delivery.payload.get("body") or {}
    if delivery.operation not in (Operation.PUBLISH, *CHANGES):
        return Sent(text=str(body.get("message", "")), link=str(body.get("link", "")))
    seen = _seen(delivery)
    if seen is None:
        return Sent(text=next((str(body[name]) for name in WORDS if body.get(name)), ""), link=str(body.get("link") or ""))
    card, film = seen.get("card") or {}, seen.get("film") or {}
    return Sent(
        text=str(seen.get("text", "")), title=str(seen.get("title") or card.get("title") or film.get("title") or ""), host=str(card.get("host") or ""), link=str(seen.get("link") or ""),
        pictures=_pictures(seen.get("pictures") or []), film=film_in_words(seen), facts=facts_of(seen),
    )  # fmt: skip


def _seen(delivery: Delivery) -> dict[str, Any] | None:
    """The connector's preview; None for a platform that is gone, and for a payload of a time when its connector wrote others."""
    try:
        return connectors.get(delivery.account.kind).preview(payload=delivery.stored_payload)
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def _pictures(keys: list[str]) -> list[NewsImage]:
    """The newsroom's pictures behind a payload's keys, in their order; without those that are gone."""
    numbers = [int(number) for key in keys if key.startswith(PREFIX) and (number := key.removeprefix(PREFIX)).isdecimal() and len(number) < 19]
    found = {key_of(image): image for image in NewsImage.objects.filter(pk__in=numbers)}
    return [found[key] for key in keys if key in found]
