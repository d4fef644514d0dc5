"""The words of a video, composed once and checked without the network."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from distribution.connectors.base import JSON, Payload, Problem, Snapshot, Video
from distribution.connectors.messages import sentence
from distribution.connectors.texts import with_hashtags
from distribution.connectors.youtube.config import (
    CATEGORY,
    DESCRIPTION_LIMIT,
    LONGEST_MINUTES,
    PRIVACIES,
    SHORT_SECONDS,
    TAGS_LIMIT,
    TITLE_LIMIT,
)


def compose(*, snapshot: Snapshot, marker: str, settings: JSON) -> Payload:
    """Title, description with the marked link, tags, and the video by its key. Nothing is cut: what does not fit is a problem."""
    link, short = marked(snapshot.link, marker), snapshot.video is not None and is_short(snapshot.video, settings)
    text = with_hashtags(replace(snapshot, hashtags=_with_shorts(snapshot.hashtags)) if short and settings.get("shorts_hashtag", True) else snapshot)
    privacy = snapshot.privacy or settings.get("privacy", "public")
    body: JSON = {
        "title": (snapshot.channel_title or snapshot.social_headline or snapshot.headline).strip(), "text": text, "description": f"{text}\n\n{link}".strip(), "link": link,
        "tags": tags_that_fit(snapshot.tags), "category": str(settings.get("category", CATEGORY)), "language": str(settings.get("language", "vi")),
        "privacy": privacy if privacy in PRIVACIES else "public", "publish_at": _publish_at(snapshot, settings), "notify": bool(settings.get("notify", True)),
        "short": short, "playlist": str(settings.get("playlist", "")), "video": _video(snapshot.video) if snapshot.video else None, "host": urlsplit(snapshot.link).netloc,
    }  # fmt: skip
    return Payload(kind="video", marker=marker, body=body)


def is_short(video: Video, settings: JSON) -> bool:
    """Whether YouTube shows the video among its Shorts: it decides by shape and length alone, the upload is the same."""
    return 0 < video.width <= video.height and 0 < video.duration <= float(settings.get("short_seconds", SHORT_SECONDS))


def _with_shorts(hashtags: tuple[str, ...]) -> tuple[str, ...]:
    return hashtags if any(tag.strip(" #").casefold() == "shorts" for tag in hashtags) else (*hashtags, "Shorts")


def _video(video: Video) -> JSON:
    captions = [{"language": caption.language, "name": caption.name, "text": caption.text} for caption in video.captions]
    poster = {"key": video.poster.key, "alt": video.poster.alt} if video.poster else None
    return {"key": video.key, "size": video.size, "sha256": video.sha256, "duration": video.duration, "poster": poster, "captions": captions}


def _publish_at(snapshot: Snapshot, settings: JSON) -> str:
    """A later moment for the platform's own clock, where the account wants videos some minutes after the paper; else empty."""
    minutes = float(settings.get("publish_delay_minutes", 0))
    if minutes <= 0 or not snapshot.published_at:
        return ""
    return (datetime.fromisoformat(snapshot.published_at) + timedelta(minutes=minutes)).isoformat(timespec="seconds")


def tags_that_fit(tags: tuple[str, ...]) -> list[str]:
    """Tags as long as they fit the platform's count, in their order; those with < or > are left out."""
    kept: list[str] = []
    length = 0
    for tag in (tag.strip() for tag in tags):
        cost = len(tag) + (2 if " " in tag else 0) + (1 if kept else 0)
        if tag and tag not in kept and not set(tag) & set("<>,") and length + cost <= TAGS_LIMIT:
            kept.append(tag)
            length += cost
    return kept


def validate(*, payload: Payload, settings: JSON) -> list[Problem]:
    """What the platform would refuse, in the order in which a person mends it."""
    body = payload.body
    found = [*_video_problems(body.get("video"), settings), *_title_problems(str(body.get("title", "")))]
    description = str(body.get("description", ""))
    size = len(description.encode())
    if size > DESCRIPTION_LIMIT:
        found.append(Problem("text", "description_too_long", sentence("description_too_long"), True, {"count": size, "limit": DESCRIPTION_LIMIT}))
    if not str(body.get("text", "")).strip():
        found.append(Problem("text", "text_empty", sentence("text_empty"), True))
    if set("<>") & set(description):
        found.append(Problem("text", "angle_brackets", sentence("angle_brackets"), True))
    return found


def _video_problems(video: JSON | None, settings: JSON) -> list[Problem]:
    if not video:
        return [Problem("video", "no_video", sentence("no_video"), True)]
    minutes, longest = float(video.get("duration") or 0) / 60, float(settings.get("longest_minutes", LONGEST_MINUTES))
    if minutes > longest:
        return [Problem("video", "too_long_video", sentence("too_long_video"), True, {"count": round(minutes), "limit": round(longest)})]
    return []


def _title_problems(title: str) -> list[Problem]:
    if not title:
        return [Problem("title", "title_empty", sentence("title_empty"), True)]
    if len(title) > TITLE_LIMIT:
        return [Problem("title", "title_too_long", sentence("title_too_long"), True, {"count": len(title), "limit": TITLE_LIMIT})]
    if set("<>") & set(title):
        return [Problem("title", "angle_brackets", sentence("angle_brackets"), True)]
    return []


def preview(payload: Payload) -> JSON:
    """What readers there will see: the description, the title under the poster."""
    poster = (payload.body.get("video") or {}).get("poster")
    body = payload.body
    card = {"title": body["title"], "host": "YouTube Shorts" if body.get("short") else "YouTube"}
    film = {"film": {"format": "short" if body["short"] else "video", "seconds": body["video"]["duration"], "title": body["title"]}} if body.get("video") else {}
    return {
        **film,
        "text": body["text"], "card": card, "pictures": [poster["key"]] if poster else [], "length": len(body["description"].encode()), "tags": body["tags"],
        "privacy": body["privacy"], "link": body["link"],
    }  # fmt: skip


def marked(link: str, marker: str) -> str:
    """The story's address with the marker of this delivery."""
    return f"{link}{'&' if '?' in link else '?'}{urlencode({'utm_source': 'youtube', 'utm_medium': 'video', 'utm_id': marker})}"


def snippet_of(payload: Payload) -> JSON:
    """The `snippet` part that carries the words."""
    body = payload.body
    return {
        "title": body["title"], "description": body["description"], "tags": body["tags"], "categoryId": body["category"], "defaultLanguage": body["language"],
        "defaultAudioLanguage": body["language"],
    }  # fmt: skip


def status_of(payload: Payload, *, shown: bool) -> JSON:
    """The `status` part, always whole: a field that is left out of a part that is sent is cleared, and without privacyStatus a video is public."""
    status: JSON = {"privacyStatus": "private", "license": "youtube", "embeddable": True, "publicStatsViewable": True, "selfDeclaredMadeForKids": False}
    if shown and payload.body.get("publish_at"):
        status["publishAt"] = payload.body["publish_at"]
    elif shown:
        status["privacyStatus"] = payload.body["privacy"]
    return status


def is_shown(payload_body: JSON, status: JSON) -> bool:
    """Whether a status that was read back is the one that was asked for."""
    if payload_body.get("publish_at"):
        return bool(status.get("publishAt")) or status.get("privacyStatus") == "public"
    return bool(status.get("privacyStatus") == payload_body.get("privacy", "public"))
