"""A story version as a document: what readers read, as plain text."""

from __future__ import annotations

import json
import re
from datetime import datetime
from html import unescape
from typing import Any

from newsroom.articles.addresses import story_path
from newsroom.articles.models import ArticlePage
from publishing.archive.base import READERS, Document

TAGS = re.compile(r"<[^>]*>")
# Values of blocks that are no text for readers.
NOT_TEXT = frozenset({"id", "image", "url"})


def document_of(*, version_page: ArticlePage, version: int, published_at: datetime, audience: str = READERS) -> Document:
    """The document of a loaded version."""
    return Document(
        story_id=version_page.pk, version=version, title=version_page.title, lead=version_page.lead, body=body_text(version_page.body.raw_data),
        kicker=version_page.kicker, author=" ".join(byline.pen_name.name for byline in version_page.bylines.all()),
        section=version_page.main_section.slug if version_page.main_section else "", path=story_path(version_page), published_at=published_at, audience=audience,
    )  # fmt: skip


def body_text(raw: Any) -> str:
    """All text of a body, a block a line, without markup."""
    blocks = json.loads(raw) if isinstance(raw, str) else raw
    return "\n".join(filter(None, (_text(block["value"]) for block in blocks or [])))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return " ".join(unescape(TAGS.sub(" ", value)).split())
    if isinstance(value, dict):
        return " ".join(filter(None, (_text(item) for key, item in value.items() if key not in NOT_TEXT)))
    if isinstance(value, list):
        return " ".join(filter(None, (_text(item) for item in value)))
    return ""
