"""Which version of a story a page shows, in the page itself, so that whoever fetches it can tell (distribution.epaper does)."""

from __future__ import annotations

import re

NAME = "story-version"
_MARK = re.compile(rb'<meta name="story-version" content="([0-9]{1,18})\.([0-9]{1,9})">')


def version_mark(story_id: int, version: int | None) -> str:
    """`1204.3`: story and version of its newest event; empty for what was never published (previews)."""
    return f"{story_id}.{version}" if story_id and version else ""


def read_mark(page: bytes) -> tuple[int, int] | None:
    """Story and version that a page says it shows."""
    found = _MARK.search(page)
    return (int(found[1]), int(found[2])) if found else None
