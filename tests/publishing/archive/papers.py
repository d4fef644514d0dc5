"""Documents for tests of the archive."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from publishing.archive.base import Document, Query
from publishing.archive.queries import parse
from publishing.archive.services import search

NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)


def document(story_id: int, title: str, *, version: int = 1, **more: Any) -> Document:
    """A document with everything a test does not care about filled in."""
    rest: dict[str, Any] = {"lead": "", "body": "", "kicker": "", "author": "", "section": "thoi-su", "path": f"/thoi-su/bai-a{story_id}.html", "published_at": NOON} | more
    return Document(story_id=story_id, version=version, title=title, **rest)


def found(text: str) -> list[int]:
    """Ids that readers find, in the order in which they are shown."""
    return [hit.story_id for hit in search(Query(terms=parse(text))).hits]
