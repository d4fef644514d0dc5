"""The words of a post, composed once and checked without the network. Sent as they are, with entities: there is no markup that could break."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlencode, urlsplit

from distribution.connectors.base import JSON, Payload, Problem, Snapshot
from distribution.connectors.messages import sentence
from distribution.connectors.telegram_channel import config
from distribution.connectors.texts import wanted_media, with_link, words_of


def units(text: str) -> int:
    """UTF-16 code units, as Telegram counts lengths and places: ế is one, a flag four."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def marked(link: str, marker: str) -> str:
    """The story's address with the marker of this delivery."""
    return f"{link}{'&' if '?' in link else '?'}{urlencode({'utm_source': 'telegram', 'utm_medium': 'social', 'utm_id': marker})}"


def compose(*, snapshot: Snapshot, marker: str, settings: JSON) -> Payload:
    """Words, link, hashtags; the notice of a correction in bold; pictures or the video where they are wanted, else a card of the link."""
    link, choice = marked(snapshot.link, marker), wanted_media(snapshot, settings.get("mode", "link"))
    text, media = with_link(snapshot, link), _media(snapshot, choice)
    kind = "video" if choice == "video" else {0: "text", 1: "photo"}.get(len(media), "album")
    body: JSON = {
        "text": text, "words": words_of(snapshot), "entities": _entities(snapshot.notice), "link": link, "media": media, "silent": bool(settings.get("silent", False)),
        "card": {"title": snapshot.social_headline or snapshot.headline, "host": urlsplit(snapshot.link).netloc},
    }  # fmt: skip
    return Payload(kind=kind, marker=marker, body=body)


def _entities(notice: str) -> list[JSON]:
    length = units(unicodedata.normalize("NFC", notice.strip()))
    return [{"type": "bold", "offset": 0, "length": length}] if length else []


def _media(snapshot: Snapshot, choice: str) -> list[JSON]:
    if choice == "video" and snapshot.video is not None:
        film = snapshot.video
        return [{"key": film.key, "video": True, "size": film.size, "sha256": film.sha256, "width": film.width, "height": film.height, "duration": round(film.duration)}]
    most = {"picture": 1, "pictures": config.MOST_PICTURES}.get(choice, 0)
    return [{"key": picture.key, "alt": picture.alt, "video": False} for picture in snapshot.pictures[:most]]


def validate(*, payload: Payload, settings: JSON) -> list[Problem]:
    """Length in UTF-16 units (a caption takes a quarter of a message), emptiness, size of the video."""
    found: list[Problem] = []
    length, limit = units(payload.body["text"]), config.CAPTION_LIMIT if payload.body["media"] else config.TEXT_LIMIT
    if length > limit:
        found.append(Problem("text", "text_too_long", sentence("text_too_long"), True, {"count": length, "limit": limit}))
    if not payload.body["words"].strip():
        found.append(Problem("text", "text_empty", sentence("text_empty"), True))
    most = int(settings.get("video_bytes", config.VIDEO_BYTES))
    if any(item["video"] and item["size"] > most for item in payload.body["media"]):
        found.append(Problem("video", "video_over_limit", sentence("video_over_limit"), True, {"limit": most // 1_000_000}))
    return found


def preview(payload: Payload) -> JSON:
    """What readers there will see."""
    body = payload.body
    pictures = [item["key"] for item in body["media"] if not item["video"]]
    film = next(({"format": "video", "seconds": item["duration"]} for item in body["media"] if item["video"]), None)
    return {"text": body["text"], "card": None if body["media"] else body["card"], "pictures": pictures, "length": units(body["text"]), "film": film}


def message_of(payload: Payload) -> JSON:
    """Fields of a message of words."""
    body = payload.body
    return {"text": body["text"], "entities": body["entities"], "link_preview_options": {"url": body["link"], "prefer_large_media": True}}


def caption_of(payload: Payload) -> JSON:
    """Fields of the words under a picture or a video."""
    return {"caption": payload.body["text"], "caption_entities": payload.body["entities"]}
