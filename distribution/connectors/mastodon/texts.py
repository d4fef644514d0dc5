"""The words of a post, composed once and checked without the network."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlencode, urlsplit

from distribution.connectors.base import JSON, Payload, Problem, Snapshot
from distribution.connectors.mastodon import config
from distribution.connectors.messages import sentence
from distribution.connectors.texts import wanted_media, with_link, words_of

URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
MENTION = re.compile(r"(?<![\w/])@(\w+)@[\w.-]+\w")


def marked(link: str, marker: str) -> str:
    """The story's address with the marker of this delivery: it finds the post again."""
    return f"{link}{'&' if '?' in link else '?'}{urlencode({'utm_source': 'mastodon', 'utm_medium': 'social', 'utm_id': marker})}"


def count(text: str, url_length: int) -> int:
    """Characters as the server counts them: every address as 23, of a person on another server only the name. It counts letters with
    all their marks as one; we count NFC, which is never less."""
    return len(MENTION.sub(r"@\1", URL.sub("x" * url_length, unicodedata.normalize("NFC", text))))


def number_of(settings: JSON, name: str, usual: int) -> int:
    """A limit that the server told while connecting, else the usual one."""
    value = settings.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else usual


def compose(*, snapshot: Snapshot, marker: str, settings: JSON) -> Payload:
    """Words, link, hashtags; pictures or the video where they are wanted, else the server makes a card of the link."""
    link = marked(snapshot.link, marker)
    kind = wanted_media(snapshot, settings.get("mode", "link"))
    media: list[JSON] = []
    if kind == "video" and snapshot.video is not None:
        video = snapshot.video
        media = [{"key": video.key, "alt": video.title[: config.ALT_LIMIT], "video": True, "size": video.size, "sha256": video.sha256}]
    elif kind != "none":
        most = 1 if kind == "picture" else number_of(settings, "picture_limit", config.PICTURE_LIMIT)
        media = [{"key": picture.key, "alt": picture.alt[: config.ALT_LIMIT], "video": False} for picture in snapshot.pictures[:most]]
    visibility = settings.get("visibility", "public")
    body: JSON = {
        "text": words_of(snapshot), "status": with_link(snapshot, link), "link": link, "media": media, "language": str(settings.get("language", "vi"))[:3],
        "visibility": visibility if visibility in config.VISIBILITIES else "public",
        "card": {"title": snapshot.social_headline or snapshot.headline, "host": urlsplit(snapshot.link).netloc},
    }  # fmt: skip
    return Payload(kind=kind if media else "link", marker=marker, body=body)


def validate(*, payload: Payload, settings: JSON) -> list[Problem]:
    """Length by the server's own counting, emptiness, size of the video; pictures beyond the limit were left out while composing."""
    found: list[Problem] = []
    limit = number_of(settings, "text_limit", config.TEXT_LIMIT)
    length = count(payload.body["status"], number_of(settings, "url_length", config.URL_LENGTH))
    if length > limit:
        found.append(Problem("text", "text_too_long", sentence("text_too_long"), True, {"count": length, "limit": limit}))
    if not payload.body["text"].strip():
        found.append(Problem("text", "text_empty", sentence("text_empty"), True))
    most = number_of(settings, "video_bytes", config.VIDEO_BYTES)
    if any(item["video"] and item["size"] > most for item in payload.body["media"]):
        found.append(Problem("video", "video_over_limit", sentence("video_over_limit"), True, {"limit": most // 1_000_000}))
    return found


def preview(payload: Payload) -> JSON:
    """What readers there will see. The length is without the link, as the limit of the channel's text is."""
    body = payload.body
    length = count(body["status"], config.URL_LENGTH) - config.URL_LENGTH - 2
    pictures = [item["key"] for item in body["media"] if not item["video"]]
    film = {"format": "video"} if len(pictures) < len(body["media"]) else None
    return {"text": body["status"], "card": None if body["media"] else body["card"], "pictures": pictures, "length": length, "film": film}


def status_of(payload: Payload, ids: list[str]) -> JSON:
    """The body of a post or of an edit."""
    body = payload.body
    return {"status": body["status"], "media_ids": ids, "language": body["language"], "sensitive": False, "spoiler_text": ""}
