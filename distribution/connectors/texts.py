"""The words of a post that every kind joins in the same way."""

from __future__ import annotations

import unicodedata

from distribution.connectors.base import Snapshot


def words_of(snapshot: Snapshot) -> str:
    """What the desk wrote for the channel (the lead where it wrote nothing), behind what a correction tells readers."""
    text = (snapshot.channel_text or snapshot.lead).strip()
    return unicodedata.normalize("NFC", f"{snapshot.notice.strip()}\n\n{text}".strip())


def hashtags_of(snapshot: Snapshot) -> str:
    """The hashtags in one line, each with its "#" and without spaces inside."""
    return " ".join(dict.fromkeys("#" + "".join(tag.split()).lstrip("#") for tag in snapshot.hashtags if tag.strip(" #")))


def with_hashtags(snapshot: Snapshot) -> str:
    """Words, then the hashtags in a line of their own."""
    return f"{words_of(snapshot)}\n\n{hashtags_of(snapshot)}".strip()
