"""The words of a post, composed once and checked without the network."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlencode, urlsplit

from distribution.connectors.base import JSON, Payload, Problem, Snapshot, Video
from distribution.connectors.messages import sentence
from distribution.connectors.texts import hashtags_of, with_hashtags, words_of
from distribution.connectors.tiktok import config
from distribution.connectors.tiktok.pictures import address_of

# What a person picks in the editor, in TikTok's words. Nothing is picked for them.
PRIVACIES = {"public": "PUBLIC_TO_EVERYONE", "friends": "MUTUAL_FOLLOW_FRIENDS", "followers": "FOLLOWER_OF_CREATOR", "private": "SELF_ONLY"}


def units(text: str) -> int:
    """UTF-16 code units of the composed text: ế is one, a flag four."""
    return len(unicodedata.normalize("NFC", text).encode("utf-16-le")) // 2


def is_direct(settings: JSON) -> bool:
    """Whether posts appear by themselves; else they are drafts that a person finishes in the app."""
    return bool(settings.get("direct_post"))


def takes_photos(settings: JSON) -> bool:
    """Whether pictures can be posted: TikTok fetches them, and only from an address that it has verified as ours (https, a name, no query)."""
    address = address_of(settings)
    parts = urlsplit(address)
    ours = parts.scheme == "https" and any(letter.isalpha() for letter in parts.hostname or "") and ":" not in (parts.hostname or "")
    rehearsal = f"{parts.scheme}://{parts.hostname}" in {origin.rpartition(":")[0] for origin in settings.get("allowed_origins", ())}
    return bool(address) and (ours or rehearsal) and not parts.query and not parts.fragment and bool((settings.get("photos") or {}).get("key"))


def compose(*, snapshot: Snapshot, marker: str, settings: JSON) -> Payload:
    """Caption, and the video or the pictures by their keys. Nothing is cut: what does not fit is a problem."""
    text, tags = words_of(snapshot), hashtags_of(snapshot)
    direct, photos = is_direct(settings), snapshot.video is None and takes_photos(settings) and bool(snapshot.pictures)
    body: JSON = {
        "mode": "direct" if direct else "draft", "text": text, "caption": with_hashtags(snapshot), "hashtags": len(tags.split()),
        "title": unicodedata.normalize("NFC", (snapshot.channel_title or snapshot.social_headline or snapshot.headline).strip()), "link": marked(snapshot.link, marker),
        "video": _video(snapshot.video) if snapshot.video else None,
        "pictures": [{"key": picture.key, "alt": picture.alt} for picture in snapshot.pictures[: config.MOST_PICTURES]] if photos else [],
        "ai_made": bool(settings.get("ai_made", False)), "own_business": bool(settings.get("own_business", False)),
    }  # fmt: skip
    if direct:
        body |= _consent(snapshot)
    return Payload(kind="photos" if photos else "video", marker=marker, body=body)


def _consent(snapshot: Snapshot) -> JSON:
    """What a person chose for a post that appears by itself. Comments, duets and stitches start off: nobody ticked them."""
    privacy = PRIVACIES.get(snapshot.privacy, "")
    chosen: JSON = {"comments": False, "duet": False, "stitch": False}
    return {"privacy": privacy, "consent": {"to": "music_usage_confirmation", "privacy": privacy, "version": snapshot.version, "by": snapshot.signed_by, "at": snapshot.signed_at, **chosen}}


def _video(video: Video) -> JSON:
    poster = {"key": video.poster.key, "alt": video.poster.alt} if video.poster else None
    return {
        "key": video.key, "size": video.size, "sha256": video.sha256, "duration": video.duration, "width": video.width, "height": video.height, "poster": poster,
    }  # fmt: skip


def validate(*, payload: Payload, settings: JSON) -> list[Problem]:
    """What the platform would refuse, in the order in which a person mends it."""
    body = payload.body
    found = _photo_problems(body) if payload.kind == "photos" else _video_problems(body, settings)
    limit = config.DESCRIPTION_LIMIT if payload.kind == "photos" else config.CAPTION_LIMIT
    size = units(str(body.get("caption", "")))
    if size > limit:
        found.append(Problem("text", "text_too_long", sentence("text_too_long"), True, {"count": size, "limit": limit}))
    if not str(body.get("text", "")).strip():
        found.append(Problem("text", "text_empty", sentence("text_empty"), True))
    if int(body.get("hashtags", 0)) > config.MOST_HASHTAGS:
        found.append(Problem("text", "many_hashtags", sentence("many_hashtags"), False, {"count": body["hashtags"], "limit": config.MOST_HASHTAGS}))
    if body.get("mode") == "direct" and not body.get("privacy"):
        found.append(Problem("privacy", "privacy_unset", sentence("privacy_unset"), True))
    elif body.get("mode") == "direct" and body["privacy"] not in settings.get("privacy_options", (body["privacy"],)):
        found.append(Problem("privacy", "privacy_not_offered", sentence("privacy_not_offered"), True))
    return found


def _video_problems(body: JSON, settings: JSON) -> list[Problem]:
    video = body.get("video")
    if not video:
        return [Problem("video", "no_video", sentence("no_video"), True)]
    found: list[Problem] = []
    longest = float(settings.get("longest_seconds", config.DIRECT_SECONDS if body.get("mode") == "direct" else config.DRAFT_SECONDS))
    duration = float(video.get("duration") or 0)
    if duration > longest:
        found.append(Problem("video", "too_many_seconds", sentence("too_many_seconds"), True, {"count": round(duration), "limit": round(longest)}))
    if int(video.get("size") or 0) > config.MOST_BYTES:
        found.append(Problem("video", "video_too_big", sentence("video_too_big"), True))
    sides = [side for side in (int(video.get("width") or 0), int(video.get("height") or 0)) if side]
    if any(not config.LEAST_SIDE <= side <= config.MOST_SIDE for side in sides):
        found.append(Problem("video", "video_sides", sentence("video_sides"), True, {"least": config.LEAST_SIDE, "most": config.MOST_SIDE}))
    return found


def _photo_problems(body: JSON) -> list[Problem]:
    count = units(str(body.get("title", "")))
    if count > config.TITLE_LIMIT:
        return [Problem("title", "title_too_long", sentence("title_too_long"), True, {"count": count, "limit": config.TITLE_LIMIT})]
    return []


def preview(payload: Payload) -> JSON:
    """What readers there will see; a draft's caption is what its finisher pastes."""
    body = payload.body
    video = body["video"] or {}
    poster = video.get("poster")
    pictures = [picture["key"] for picture in body["pictures"]] or ([poster["key"]] if poster else [])
    found: JSON = {"text": body["caption"], "card": None, "pictures": pictures, "length": units(body["caption"])}
    if payload.kind == "photos":
        found["title"] = body["title"]
    if video:
        found["film"] = {"format": "video", "seconds": video["duration"]}
    chosen = next((ours for ours, theirs in PRIVACIES.items() if theirs == body["privacy"]), "") if body["mode"] == "direct" else ""
    return {**found, "privacy": chosen} if chosen else found


def post_info(payload: Payload) -> JSON:
    """Words and choices of a post that appears by itself (3b.2). Both disclosures are always said."""
    body = payload.body
    chosen = body["consent"]
    info: JSON = {
        "title": body["caption"], "privacy_level": body["privacy"], "disable_comment": not chosen["comments"], "brand_content_toggle": False,
        "brand_organic_toggle": body["own_business"],
    }  # fmt: skip
    if payload.kind == "photos":
        return {**info, "title": body["title"], "description": body["caption"], "auto_add_music": False}
    return {**info, "disable_duet": not chosen["duet"], "disable_stitch": not chosen["stitch"], "is_aigc": body["ai_made"]}


def marked(link: str, marker: str) -> str:
    """The story's address with the marker of this delivery. TikTok shows no links: it is for whoever finishes the draft."""
    return f"{link}{'&' if '?' in link else '?'}{urlencode({'utm_source': 'tiktok', 'utm_medium': 'video', 'utm_id': marker})}"
