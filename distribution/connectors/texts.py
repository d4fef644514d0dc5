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


def first_comment_of(snapshot: Snapshot, places: tuple[str, ...]) -> str:
    """What our own comment under the post says: the approved words, and the story's link where it was put there and the channel has that place."""
    link = snapshot.link if snapshot.link_place == "comment" and "comment" in places else ""
    return f"{snapshot.first_comment.strip()}\n{link}".strip()


def with_hashtags(snapshot: Snapshot) -> str:
    """Words, then the hashtags in a line of their own."""
    return f"{words_of(snapshot)}\n\n{hashtags_of(snapshot)}".strip()


def with_link(snapshot: Snapshot, link: str) -> str:
    """Words, then the link in a line of its own, then the hashtags in the last one."""
    return "\n\n".join(part for part in (words_of(snapshot), link, hashtags_of(snapshot)) if part)


def wanted_media(snapshot: Snapshot, account: str) -> str:
    """What a post carries: "picture", "pictures", "video" or "none", by the story's own choice, else by the account's; none where the story has no such thing."""
    wanted = snapshot.media or account
    if wanted == "video":
        return wanted if snapshot.video is not None else "none"
    return wanted if wanted in ("picture", "pictures") and snapshot.pictures else "none"
