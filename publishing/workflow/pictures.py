"""The files of a signed version's pictures: hashed when it is signed, kept beside the digest of its words, compared before they are sent.

Beside the digest and not in it: what was signed before files were hashed stays good (docs/decisions/0014-pictures-files-beside-the-digest.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from newsroom.common.hashing import sha256_of
from newsroom.media.models import NewsImage
from publishing.workflow.models import Approval


def hashes_of(words: dict[str, Any]) -> dict[str, str]:
    """Number of every picture that the words of a version name → SHA-256 of its file. One that cannot be read is left out."""
    images = NewsImage.objects.filter(pk__in=set(_numbers(words)))
    return {str(image.pk): digest for image in images if (digest := file_hash(image))}


def file_hash(image: NewsImage) -> str:
    """SHA-256 of the file as it lies in the storage, hex, read piece by piece; empty where it cannot be read."""
    try:
        with image.file.storage.open(image.file.name, "rb") as file:
            return sha256_of(file)
    except (OSError, ValueError):
        return ""


def signed_hashes(*, revision_id: int) -> dict[str, str]:
    """What was kept with the newest signature under a version; nothing for one that was signed before files were hashed."""
    approval = Approval.objects.filter(revision_id=revision_id, revoked_at=None).order_by("-pk").first()
    return dict(approval.pictures) if approval else {}


def _numbers(value: Any) -> Iterator[int]:
    """Every picture in the words: the main one, and those of the body."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name in ("main_image", "image") and isinstance(item, int) and not isinstance(item, bool):
                yield item
            else:
                yield from _numbers(item)
    elif isinstance(value, list):
        for item in value:
            yield from _numbers(item)
