"""Accounts, posts, files and the server itself as the interface shows them."""

import sqlite3
import time
from typing import Any

from markupsafe import Markup, escape

from distribution.rehearsal import clock, posts, world
from distribution.rehearsal.templating import URL

PLATFORM = "mastodon"
ACCOUNTS = {account.id: account for account in world.MASTODON_ACCOUNTS}
CHARACTERS, MOST_MEDIA, URL_LENGTH = 500, 4, 23
IMAGE_BYTES, VIDEO_BYTES, DESCRIPTION = 16 * 1024 * 1024, 99 * 1024 * 1024, 1500
IMAGES, VIDEOS = ("image/jpeg", "image/png", "image/gif", "image/webp"), ("video/mp4", "video/webm", "video/quicktime")


def instance(base: str) -> dict[str, Any]:
    """GET /api/v2/instance."""
    return {
        "domain": base.partition("://")[2], "title": "Mastodon chạy thử", "version": "4.4.3", "source_url": "https://github.com/mastodon/mastodon", "description": "Không ai ngoài tòa soạn nhìn thấy.",
        "usage": {"users": {"active_month": len(ACCOUNTS)}}, "thumbnail": {"url": f"{base}/avatar/{world.MASTODON_ACCOUNTS[0].id}.svg"}, "languages": ["vi"], "api_versions": {"mastodon": 6},
        "configuration": configuration(), "registrations": {"enabled": False, "approval_required": True, "message": None}, "contact": {"email": "", "account": None}, "rules": [],
    }  # fmt: skip


def instance_v1(base: str) -> dict[str, Any]:
    """GET /api/v1/instance, which clients ask for the version."""
    about = instance(base)
    return {
        "uri": about["domain"], "title": about["title"], "short_description": about["description"], "description": about["description"], "email": "", "version": about["version"],
        "urls": {"streaming_api": ""}, "stats": {"user_count": len(ACCOUNTS), "status_count": 0, "domain_count": 0}, "thumbnail": None, "languages": ["vi"], "registrations": False,
        "approval_required": True, "invites_enabled": False, "configuration": configuration(), "contact_account": None, "rules": [],
    }  # fmt: skip


def configuration() -> dict[str, Any]:
    """The limits."""
    return {
        "statuses": {"max_characters": CHARACTERS, "max_media_attachments": MOST_MEDIA, "characters_reserved_per_url": URL_LENGTH},
        "media_attachments": {
            "supported_mime_types": [*IMAGES, *VIDEOS], "description_limit": DESCRIPTION, "image_size_limit": IMAGE_BYTES, "image_matrix_limit": 33_177_600,
            "video_size_limit": VIDEO_BYTES, "video_frame_rate_limit": 120, "video_matrix_limit": 8_294_400,
        },
    }  # fmt: skip


def account(item: world.Account, base: str) -> dict[str, Any]:
    """An account."""
    face = f"{base}/avatar/{item.id}.svg"
    return {
        "id": item.id, "username": item.username, "acct": item.username, "url": f"{base}/@{item.username}", "uri": f"{base}/users/{item.username}", "display_name": item.name,
        "note": f"<p>{escape(item.about)}</p>", "avatar": face, "avatar_static": face, "header": face, "header_static": face, "locked": False, "bot": False, "group": False,
        "discoverable": True, "created_at": "2026-01-01T00:00:00.000Z", "last_status_at": None, "statuses_count": 0, "followers_count": 0, "following_count": 0, "fields": [], "emojis": [],
        "roles": [],
    }  # fmt: skip


def attachment(db: sqlite3.Connection, row: sqlite3.Row, base: str) -> dict[str, Any]:
    """A file: without an address while the server works on it."""
    more = db.execute("SELECT * FROM mastodon_media WHERE id = ?", (row["id"],)).fetchone()
    ready = more is None or more["ready_at"] <= time.time()
    address = f"{base}/{'film' if more and more['kind'] == 'video' else 'picture'}/{row['id']}" if ready else None
    return {
        "id": row["id"], "type": more["kind"] if more else "image", "url": address, "preview_url": address, "remote_url": None, "preview_remote_url": None, "text_url": None,
        "meta": {"original": {"width": row["width"], "height": row["height"]}} if row["width"] else {}, "description": row["alt"] or None, "blurhash": None,
    }  # fmt: skip


def attachments(db: sqlite3.Connection, status: str, base: str) -> list[dict[str, Any]]:
    """What a post shows."""
    rows = posts.media_of(db, platform=PLATFORM, post_id=status)
    return [attachment(db, row, base) for row in rows if row["deleted_at"] is None]


def status(db: sqlite3.Connection, row: sqlite3.Row, base: str, *, counts: bool = True) -> dict[str, Any]:
    """A post; `row` of the shared posts."""
    more = db.execute("SELECT * FROM mastodon_statuses WHERE id = ?", (row["id"],)).fetchone()
    item, media = ACCOUNTS[row["account"]], attachments(db, row["id"], base)
    numbers = {"replies_count": more["replies"], "reblogs_count": more["reblogs"], "favourites_count": more["favourites"]}
    return {
        "id": row["id"], "uri": f"{base}/users/{item.username}/statuses/{row['id']}", "url": f"{base}/@{item.username}/{row['id']}", "created_at": moment(row["created_at"]),
        "edited_at": moment(row["edited_at"]) if row["edited_at"] else None, "in_reply_to_id": None, "in_reply_to_account_id": None, "sensitive": bool(more["sensitive"]),
        "spoiler_text": more["spoiler"], "visibility": more["visibility"], "language": more["language"] or None, "content": content(row["text"]), "account": account(item, base),
        "media_attachments": media, "mentions": [], "tags": [], "emojis": [], "reblog": None, "card": None if media else card(db, row["link"]), "poll": None,
        "application": {"name": world.APP_NAME, "website": None}, "favourited": False, "reblogged": False, "muted": False, "bookmarked": False, "pinned": False, "filtered": [],
        **(numbers if counts else {}),
    }  # fmt: skip


def card(db: sqlite3.Connection, link: str | None) -> dict[str, Any] | None:
    """The card of a link, once the page behind it was read."""
    row = db.execute("SELECT * FROM previews WHERE url = ?", (link or "",)).fetchone()
    if row is None:
        return None
    return {
        "url": row["url"], "title": row["title"], "description": row["description"], "type": "link", "author_name": "", "author_url": "", "provider_name": row["site"], "provider_url": "",
        "html": "", "width": 0, "height": 0, "image": None, "embed_url": "", "blurhash": None, "authors": [], "language": None, "image_description": "", "published_at": None,
    }  # fmt: skip


def content(text: str) -> str:
    """The words as HTML: paragraphs, line ends, addresses as links that show their host only."""
    paragraphs = [part for part in text.split("\n\n") if part.strip()]
    return "".join(f"<p>{Markup('<br>').join(_linked(line) for line in part.split(chr(10)))}</p>" for part in paragraphs)


def _linked(line: str) -> Markup:
    out, last = Markup(""), 0
    for found in URL.finditer(line):
        scheme, _, rest = found.group().partition("://")
        out += escape(line[last : found.start()])
        out += Markup(
            '<a href="{}" target="_blank" rel="nofollow noopener" translate="no"><span class="invisible">{}://</span><span class="ellipsis">{}</span><span class="invisible">{}</span></a>'
        ).format(found.group(), scheme, rest[:30], rest[30:])
        last = found.end()
    return out + escape(line[last:])


def moment(text: str) -> str:
    """A stored moment as the interface writes it."""
    return clock.read(text).strftime("%Y-%m-%dT%H:%M:%S.") + f"{clock.read(text).microsecond // 1000:03d}Z"
