"""The article, composed once and checked without the network: title, the lead under it, the body in blocks, and at its end the way to the paper."""

from __future__ import annotations

import hashlib
import html
import json
import unicodedata
from urllib.parse import urlencode, urlsplit

from distribution.connectors.base import JSON, Part, Payload, Problem, Snapshot
from distribution.connectors.messages import sentence
from distribution.connectors.texts import hashtags_of, with_hashtags
from distribution.connectors.zalo_oa import config


def compose(*, snapshot: Snapshot, marker: str, settings: JSON) -> Payload:
    """The whole request but for its status. The print of the content is in the links, so that an article tells which edit it carries."""
    article = _article(snapshot, settings)
    tags, link = hashtags_of(snapshot), marked(snapshot.link, marker, print_of(article, hashtags_of(snapshot)))
    article["body"] = [*article["body"], {"type": "text", "content": _end(tags, link)}]
    article["tracking_link"] = link
    body: JSON = {
        "message": with_hashtags(snapshot), "link": link, "words": _words(snapshot), "print": link.rpartition("=")[2],
        "pictures": [picture.key for picture in snapshot.pictures[:1]], "article": article, "video": _video(snapshot),
        "video_too_big": bool(snapshot.video and snapshot.video.size > config.VIDEO_BYTES),
    }  # fmt: skip
    return Payload("article", marker, body)


def _video(snapshot: Snapshot) -> JSON | None:
    """The story's video, and the place that it has among the blocks: over the body, behind a notice."""
    video = snapshot.video
    if video is None or video.size > config.VIDEO_BYTES:
        return None
    return {"key": video.key, "size": video.size, "sha256": video.sha256, "at": len(_lead(snapshot)[1])}


def _article(snapshot: Snapshot, settings: JSON) -> JSON:
    """What readers see of the story itself."""
    title = (snapshot.channel_title or snapshot.social_headline or snapshot.headline).strip()
    description, before = _lead(snapshot)
    picture = next((one for one in snapshot.pictures if one.address), None)
    cover = picture.address if picture else str(settings.get("cover") or "")
    return {
        "type": "normal", "title": _nfc(title), "author": _author(snapshot.byline), "description": description,
        "cover": {"cover_type": "photo", "photo_url": cover, "status": "show"} if cover else None,
        "body": [*before, *_blocks(snapshot)], "comment": "show" if settings.get("comments", True) else "hide",
    }  # fmt: skip


def _lead(snapshot: Snapshot) -> tuple[str, list[JSON]]:
    """The description, and blocks before the body for what has no room in it. A notice comes first, and whole; what is shortened stands whole below."""
    notice, words = _nfc(snapshot.notice.strip()), _words(snapshot)
    if not notice:
        return words, []
    both = f"{notice}\n\n{words}".strip()
    if len(both) <= config.DESCRIPTION_LIMIT:
        return both, []
    if len(notice) <= config.DESCRIPTION_LIMIT:
        return notice, [_paragraphs(words)]
    shown = notice[: config.DESCRIPTION_LIMIT - 1].rpartition(" ")[0]
    return f"{shown}…", [_paragraphs(notice, strong=True), _paragraphs(words)]


def _words(snapshot: Snapshot) -> str:
    return _nfc((snapshot.channel_text or snapshot.lead).strip())


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _author(byline: str) -> str:
    """As many names as there is room for, never half a one."""
    names, kept = [name.strip() for name in _nfc(byline).split(",") if name.strip()], ""
    for name in names:
        longer = f"{kept}, {name}" if kept else name
        if len(longer) > config.AUTHOR_LIMIT:
            break
        kept = longer
    return kept


def _paragraphs(text: str, *, strong: bool = False) -> JSON:
    lines = [html.escape(line.strip()) for line in text.splitlines() if line.strip()]
    return {"type": "text", "content": "".join(f"<p><strong>{line}</strong></p>" if strong else f"<p>{line}</p>" for line in lines)}


def _blocks(snapshot: Snapshot) -> list[JSON]:
    """The body's pieces; texts that follow each other are one block. Pictures where the story's choice for this channel lets them."""
    blocks: list[JSON] = []
    for part in snapshot.parts:
        if part.picture:
            blocks += [_picture(part)] if snapshot.media not in ("none", "picture") else []
        elif blocks and blocks[-1]["type"] == "text":
            blocks[-1]["content"] += f"\n{part.html}"
        else:
            blocks.append({"type": "text", "content": part.html})
    return blocks


def _picture(part: Part) -> JSON:
    return {"type": "image", "url": part.picture, "caption": _nfc(part.caption)}


def _end(tags: str, link: str) -> str:
    host = urlsplit(link).netloc
    way = f'<p><a href="{html.escape(link)}">{html.escape(host)}</a></p>'
    return f"<p>{html.escape(tags)}</p>{way}" if tags else way


def print_of(article: JSON, tags: str) -> str:
    """Twelve digits of the content's hash: another content has another one."""
    text = json.dumps([article, tags], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def marked(link: str, marker: str, content: str) -> str:
    """The story's address with the marker of this delivery, and the print of what the article says."""
    return f"{link}{'&' if '?' in link else '?'}{urlencode({'utm_source': 'zalo', 'utm_medium': 'article', 'utm_id': marker, 'utm_content': content})}"


def validate(*, payload: Payload, settings: JSON) -> list[Problem]:
    """What the platform would refuse. The words are counted without a notice: a correction is never kept back by its length."""
    found, article = [], payload.body["article"]
    for field, count, limit in (("title", len(article["title"]), config.TITLE_LIMIT), ("text", len(payload.body["words"]), config.DESCRIPTION_LIMIT)):
        if count == 0:
            found.append(Problem(field, f"{field}_empty", sentence(f"{field}_empty"), True))
        elif count > limit:
            found.append(Problem(field, f"{field}_too_long", sentence(f"{field}_too_long"), True, {"count": count, "limit": limit}))
    if article["cover"] is None:
        found.append(Problem("media", "no_cover", sentence("no_cover"), True))
    if payload.body["video_too_big"]:
        limit = config.VIDEO_BYTES // 1_000_000
        found.append(Problem("video", "video_left_out", sentence("video_left_out"), False, {"limit": limit}))
    return found


def preview(payload: Payload) -> JSON:
    """What readers there will see in the account's list; the article behind it is the story."""
    body = payload.body
    seen: JSON = {"text": body["message"], "card": {"title": body["article"]["title"], "host": "Zalo"}, "pictures": list(body["pictures"]), "length": len(body["words"])}
    return {**seen, "link": body["link"], "film": {"format": "video"} if body["video"] else None}


def request(payload: Payload, *, status: str, article_id: str = "", video_id: str = "") -> JSON:
    """The body of create (hidden, no id) or update: the whole article again, with its status and the id that its video has there (3.2)."""
    article: JSON = {**payload.body["article"], "status": status}
    if video_id:
        at = (payload.body["video"] or {}).get("at", 0)
        block = {"type": "video", "video_id": video_id, "thumb": article["cover"]["photo_url"]}
        article["body"] = [*article["body"][:at], block, *article["body"][at:]]
    return {"id": article_id, **article} if article_id else article
