"""What changed between two versions, in words that a person can read."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from wagtail.models import Revision

from newsroom.articles.models import ChannelText
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
    return [Change(words.LABELS[name], marked(readable(name, old.get(name, "")), readable(name, new.get(name, "")))) for name in words.changed_fields(old, new)]


def readable(name: str, value: Any) -> str:
    """A field of a snapshot as a person reads it; a channel's row with the names of its choices."""
    return "\n".join(_channel(row) for row in value or []) if name == "channel_texts" else plain(value)


def _channel(row: list[Any]) -> str:
    key, wanted, text, *own = row
    parts = [f"{key}:", *([] if wanted else [f"({_('not posted to this channel')})"]), text]
    for entry in own:
        name, _colon, value = entry.partition(": ")
        parts.append(f"· {_label(name)}: {_choice(name, value)}")
    return " ".join(part for part in parts if part)


def _label(name: str) -> str:
    field: Any = ChannelText._meta.get_field(name)
    return str(field.verbose_name)


def _choice(name: str, value: str) -> str:
    field: Any = ChannelText._meta.get_field(name)
    if name == "at" and (moment := parse_datetime(value)):
        return date_format(localtime(moment), "H:i d/m/Y")
    return str(dict(field.flatchoices).get(value, value))


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
