"""What changed between two versions, in words that a person can read."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from wagtail.models import Revision

from publishing.workflow import words

TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Change:
    """One field: its label and the text with what went and what came marked."""

    label: Any
    text: SafeString


def between(before: Revision, after: Revision) -> list[Change]:
    """The changed fields, in the order of the editor."""
    old, new = words.snapshot(before), words.snapshot(after)
    return [Change(words.LABELS[name], marked(plain(old.get(name, "")), plain(new.get(name, "")))) for name in words.changed_fields(old, new)]


def plain(value: Any) -> str:
    """Any value of a snapshot as running text."""
    if isinstance(value, str):
        return unescape(TAG.sub(" ", value)).strip()
    if isinstance(value, dict):
        return " ".join(filter(None, (plain(item) for item in value.values())))
    if isinstance(value, list):
        return "\n".join(filter(None, (plain(item) for item in value)))
    return str(value)


def marked(before: str, after: str) -> SafeString:
    """Word by word, what went in <del> and what came in <ins>; long unchanged stretches are cut."""
    old, new = before.split(), after.split()
    parts: list[tuple[str, str, str]] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(("span", _short(old[a:b]), "span"))
            continue
        if a < b:
            parts.append(("del", " ".join(old[a:b]), "del"))
        if c < d:
            parts.append(("ins", " ".join(new[c:d]), "ins"))
    return format_html_join(" ", "<{}>{}</{}>", parts)


def _short(run: list[str], keep: int = 12) -> str:
    return " ".join(run) if len(run) <= 2 * keep else f"{' '.join(run[:keep])} … {' '.join(run[-keep:])}"
