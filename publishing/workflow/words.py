"""The exact words of a revision: a canonical snapshot, its digest, and what differs between two.

The snapshot holds all that readers see or that decides who may sign: texts, picture, video, body, bylines, real author, sections
and every channel's text, and a notice of correction that goes out with them. It leaves out what the database numbers anew (row keys, block ids) and the internal note.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from publishing.workflow.registry import words_beside

PLAIN = (
    "title", "kicker", "short_headline", "seo_title", "social_headline", "search_description", "lead", "main_image", "main_image_caption",
    "main_section", "real_author", "source", "ai_use",
)  # fmt: skip
# Of a channel's row, beside its text: what was chosen, and when it goes where that is not with the story.
OWN_WORDS = ("title", "tags", "privacy", "hashtags", "first_comment", "media", "link_place")
TIMES = {"after": ("timing", "after_minutes"), "at": ("timing", "at")}
# A signer who changes one of these needs one more named person (DESIGN 3, "Four eyes").
SENSITIVE = frozenset({"title", "lead", "body", "channel_texts", "notice"})
LABELS: dict[str, Any] = {
    "title": _("headline"), "kicker": _("kicker"), "short_headline": _("short headline"), "seo_title": _("SEO headline"), "social_headline": _("social headline"),
    "search_description": _("description for search engines"), "lead": _("lead"), "main_image": _("main picture"), "main_video": _("main video"), "main_image_caption": _("caption in this story"),
    "main_section": _("main section"), "real_author": _("real author"), "source": _("source of the story"), "ai_use": _("use of AI"), "body": _("body"),
    "bylines": _("bylines"), "other_sections": _("other sections"), "channel_texts": _("channel texts"), "notice": _("notice of correction"),
}  # fmt: skip


def snapshot(revision: Revision) -> dict[str, Any]:
    """The canonical words of a revision, as plain JSON."""
    content = revision.content
    words: dict[str, Any] = {name: content.get(name) or "" for name in PLAIN}
    if content.get("main_video"):  # left away where there is none: what was signed before videos came keeps its digest
        words["main_video"] = content["main_video"]
    words["body"] = _body(content.get("body"))
    words["bylines"] = [[row["pen_name"], row["role"]] for row in _rows(content, "bylines")]
    words["other_sections"] = sorted(content.get("other_sections") or [])
    words["channel_texts"] = sorted(_channel_text(row) for row in _rows(content, "channel_texts"))
    for name, beside in words_beside.items():
        if found := beside(revision):
            words[name] = found
    return words


def _channel_text(row: dict[str, Any]) -> list[Any]:
    """What goes to one channel and when; of its further choices only those that were made, so that older signatures stay good."""
    chosen = [*OWN_WORDS, *TIMES.get(str(row.get("timing") or ""), ())]
    own = [f"{name}: {row[name]}" for name in chosen if row.get(name)]
    return [row["account_key"], bool(row["wanted"]), row["text"], *own]


def _rows(content: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return sorted(content.get(name) or [], key=lambda row: row.get("sort_order") or 0)


def _body(raw: Any) -> list[Any]:
    blocks = json.loads(raw) if isinstance(raw, str) and raw else raw or []
    return [[block["type"], _without_ids(block["value"])] for block in blocks]


def _without_ids(value: Any) -> Any:
    """Block values without the ids that Wagtail gives to list items."""
    if isinstance(value, dict):
        return {key: _without_ids(item) for key, item in value.items() if key != "id"}
    if isinstance(value, list):
        return [_without_ids(item) for item in value]
    return value


def digest(words: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON, hex."""
    return hashlib.sha256(json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def digest_of(revision: Revision) -> str:
    """The digest of a revision's words."""
    return digest(snapshot(revision))


def changed_fields(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Names of the fields that differ, in a stable order."""
    return [name for name in LABELS if before.get(name) != after.get(name)]
