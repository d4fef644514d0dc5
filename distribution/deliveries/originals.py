"""Just before sending: are the files still those that were signed? An import or somebody at a shell may have changed them behind the newsroom's back."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from distribution.connectors.base import Problem
from distribution.connectors.messages import sentence
from distribution.deliveries.models import Delivery
from distribution.deliveries.rows import WITH_WORDS
from distribution.renditions.media import FILE, PREFIX, RenditionMedia, image_of
from publishing.workflow.pictures import file_hash, signed_hashes

PIECE = 1024 * 1024


def changed_file(delivery: Delivery, *, beat: Callable[[], None]) -> Problem | None:
    """What keeps a post or an edit back because its bytes are not the approved ones. `beat` is called while a long file is read."""
    if delivery.operation not in WITH_WORDS:
        return None
    if any(_differs(number, digest) for number, digest in _pictures(delivery)):
        return _problem("picture_changed")
    if not delivery.handle and any(_film_differs(film, beat=beat) for film in _films(delivery.payload)):  # a handle: the upload has begun
        return _problem("video_changed")
    return None


def _problem(code: str) -> Problem:
    return Problem("media", code, sentence(code), blocking=True)


def _pictures(delivery: Delivery) -> Iterator[tuple[str, str]]:
    """Number and signed hash of the pictures that the payload names, by key or by address."""
    text = json.dumps(delivery.payload)
    for number, digest in signed_hashes(revision_id=delivery.event.revision_id).items():
        if re.search(rf"\b{PREFIX}{number}(?!\d)", text):
            yield number, digest


def _differs(number: str, digest: str) -> bool:
    """One that is gone or cannot be read is the connector's to tell."""
    image = image_of(f"{PREFIX}{number}")
    found = file_hash(image) if image else ""
    return bool(found) and found != digest


def _films(value: Any) -> Iterator[dict[str, Any]]:
    """Every video in a payload, with its key and hash."""
    if isinstance(value, dict):
        if value.get("sha256") and str(value.get("key", "")).startswith(FILE):
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _films(item)


def _film_differs(film: dict[str, Any], *, beat: Callable[[], None]) -> bool:
    found, start = hashlib.sha256(), 0
    try:
        with RenditionMedia(before_each=beat) as media:
            file = media.file(film["key"])
            while start < file.size and (piece := file.part(start, PIECE)):
                found.update(piece)
                start += len(piece)
    except LookupError:
        return False
    return found.hexdigest() != film["sha256"]
