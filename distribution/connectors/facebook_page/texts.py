"""The words of a post, composed once and checked without the network; and how a post is known again by them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from distribution.connectors.base import JSON, Payload, Problem, Snapshot
from distribution.connectors.facebook_page.config import MODES, PICTURE_LIMIT, TEXT_LIMIT
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
    return Payload(kind=kind, marker=marker, body=body)


def kind_of(snapshot: Snapshot, settings: JSON) -> str:
    """What the post is: the choice for this story comes before the account's. Photos have no card, so the link then goes into the text."""
    mode = settings.get("mode", "link") if settings.get("mode", "link") in MODES else "link"
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
    return []


def preview(payload: Payload) -> JSON:
    """What readers there will see."""
    card = payload.body.get("card", {}) if payload.body.get("link") else {}
    return {"text": payload.body["message"], "card": card, "pictures": [picture["key"] for picture in payload.body["pictures"]]}


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
