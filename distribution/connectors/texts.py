"""The words of a post that every kind joins in the same way."""

from __future__ import annotations

import re
import unicodedata

from distribution.connectors.base import Snapshot

LINK, LINK_WEIGHT = re.compile(r"https?://[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]]", re.IGNORECASE), 23
LIGHT = ((0x0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))  # code points that weigh one; all others two
_PICTURE = "[\u203c-\u3299\U0001f000-\U0001faff]"
EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"  # a flag
    "|[0-9#*]\ufe0f?\u20e3"  # a key
    "|[\u00a9\u00ae]\ufe0f"
    f"|{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*)*[\U000e0020-\U000e007f]*"
)


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


def weighted_length(text: str) -> int:
    """As X counts (channels.md 5): composed first; a link weighs 23, an emoji 2 however many code points it has, Vietnamese letters with two marks (ế, ộ) 2."""
    rest, links = LINK.subn("", unicodedata.normalize("NFC", text))
    rest, pictures = EMOJI.subn("", rest)
    return LINK_WEIGHT * links + 2 * pictures + sum(1 if any(first <= ord(letter) <= last for first, last in LIGHT) else 2 for letter in rest)
