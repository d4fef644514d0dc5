"""The words of a post, composed once and checked without the network; and how a post is known again by them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from distribution.connectors.base import JSON, Payload, Problem, Snapshot, Video
from distribution.connectors.facebook_page.config import (
    LONGEST_MINUTES,
    MODES,
    PICTURE_LIMIT,
    REEL_SECONDS,
    REEL_SHAPE,
    REEL_SIDES,
    REEL_TOLERANCE,
    TEXT_LIMIT,
)
from distribution.connectors.messages import sentence
from distribution.connectors.texts import with_hashtags

URL = re.compile(r"https?://\S+")


def compose(*, snapshot: Snapshot, marker: str, settings: JSON) -> Payload:
    """Channel text (the lead where there is none) with what the story shows there; the marked link as a card, in the text or left to the first comment."""
    kind, link, text = kind_of(snapshot, settings), marked(snapshot.link, marker), with_hashtags(snapshot)
    pictures = [{"key": picture.key, "alt": picture.alt} for picture in snapshot.pictures[:PICTURE_LIMIT]] if kind == "photos" else []
    in_text = kind != "link" and snapshot.link_place != "comment"
    body: JSON = {"message": f"{text}\n\n{link}".strip() if in_text else text, "link": link if kind == "link" else "", "pictures": pictures}
    body["card"] = {"title": snapshot.social_headline or snapshot.headline, "host": urlsplit(snapshot.link).netloc}
    if kind in ("video", "reel"):
        body["title"], body["video"] = body["card"]["title"], _video(snapshot.video) if snapshot.video else None
    return Payload(kind=kind, marker=marker, body=body)


def _video(video: Video) -> JSON:
    poster = {"key": video.poster.key, "alt": video.poster.alt} if video.poster else None
    return {"key": video.key, "size": video.size, "sha256": video.sha256, "duration": video.duration, "width": video.width, "height": video.height, "poster": poster}


def is_reel(video: Video, settings: JSON) -> bool:
    """Whether a video has the shape and length of a reel; `settings["reels"]` False: the account wants none."""
    shape = abs(video.width / max(1, video.height) - REEL_SHAPE) <= REEL_TOLERANCE
    big = video.width >= REEL_SIDES[0] and video.height >= REEL_SIDES[1]
    return shape and big and REEL_SECONDS[0] <= video.duration <= REEL_SECONDS[1] and settings.get("reels", True) is not False


def kind_of(snapshot: Snapshot, settings: JSON) -> str:
    """What the post is: the choice for this story comes before the account's. Photos have no card, so the link then goes into the text."""
    mode = settings.get("mode", "link") if settings.get("mode", "link") in MODES else "link"
    if snapshot.media == "video" or (mode == "video" and not snapshot.media and snapshot.video):
        return "reel" if snapshot.video and is_reel(snapshot.video, settings) else "video"
    if snapshot.media in ("picture", "pictures"):
        mode = "photos"
    elif snapshot.media == "none" and mode == "photos":
        mode = "link"
    if mode == "photos" and snapshot.pictures:
        return "photos"
    if snapshot.link_place in ("text", "comment"):
        return "text"
    return "text" if mode == "text" and snapshot.link_place != "card" else "link"


def validate(*, payload: Payload, settings: JSON) -> list[Problem]:
    """Length and emptiness; pictures beyond the limit were left out while composing."""
    count = len(payload.body.get("message", ""))
    if count > TEXT_LIMIT:
        return [Problem("text", "text_too_long", sentence("text_too_long"), True, {"count": count, "limit": TEXT_LIMIT})]
    if not payload.body.get("message", "").strip():
        return [Problem("text", "text_empty", sentence("text_empty"), True)]
    return _video_problems(payload, settings) if payload.kind in ("video", "reel") else []


def _video_problems(payload: Payload, settings: JSON) -> list[Problem]:
    video = payload.body.get("video")
    if not video:
        return [Problem("video", "no_video", sentence("no_video"), True)]
    minutes, longest = float(video.get("duration") or 0) / 60, float(settings.get("longest_minutes", LONGEST_MINUTES))
    if minutes > longest:
        return [Problem("video", "too_long_video", sentence("too_long_video"), True, {"count": round(minutes), "limit": round(longest)})]
    if payload.kind == "video" and video["height"] > video["width"] and settings.get("reels", True) is not False:
        return [Problem("video", "no_reel", sentence("no_reel"), False)]
    return []


def preview(payload: Payload) -> JSON:
    """What readers there will see."""
    card = payload.body.get("card", {}) if payload.body.get("link") else {}
    seen: JSON = {"text": payload.body["message"], "card": card, "pictures": [picture["key"] for picture in payload.body["pictures"]], "link": payload.body["link"]}
    if video := payload.body.get("video"):
        seen["film"] = {"format": payload.kind, "seconds": video["duration"], "title": payload.body["title"]}
    return seen


def marked(link: str, marker: str) -> str:
    """The story's address with the marker of this delivery: it survives link shims and finds the post again."""
    return f"{link}{'&' if '?' in link else '?'}{urlencode({'utm_source': 'facebook', 'utm_medium': 'social', 'utm_id': marker})}"


def markers_of(post: Any) -> set[str]:
    """Every utm_id in a post's text and link cards. Takes whatever the platform sends."""
    texts = [str(post.get("message") or "")] if isinstance(post, dict) else []
    attachments = post.get("attachments") if isinstance(post, dict) else None
    rows = attachments.get("data") if isinstance(attachments, dict) else None
    texts += [str(row.get("unshimmed_url") or "") for row in rows or [] if isinstance(row, dict)]
    found: set[str] = set()
    for text in texts:
        for address in URL.findall(text):
            try:
                found |= set(parse_qs(urlsplit(address).query).get("utm_id", []))
            except ValueError:
                continue
    return found


def normal(text: str) -> str:
    """Text for comparing: NFC, one space between words, addresses left out."""
    return " ".join(URL.sub("", unicodedata.normalize("NFC", str(text or ""))).split())


def same_words(first: str, second: str) -> bool:
    """Whether two texts read the same, addresses included."""
    return " ".join(unicodedata.normalize("NFC", first).split()) == " ".join(unicodedata.normalize("NFC", second).split())
