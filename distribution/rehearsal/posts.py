"""Posts and their media, the same rows for every platform. posts.json, the oracle of every test, reads them."""

import hashlib
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from distribution.rehearsal import clock

PUBLISHED, UNPUBLISHED, DELETED = "published", "unpublished", "deleted"


@dataclass(frozen=True)
class NewPost:
    """What a call asks to put up."""

    platform: str
    account: str
    id: str
    text: str
    link: str | None
    media: tuple[str, ...]
    published: bool


def new_number() -> str:
    """A fresh object number of 15 digits."""
    return str(122_000_000_000_000 + secrets.randbelow(877_999_999_999_999))


def fingerprint(*, text: str, link: str | None, pictures: Sequence[str]) -> str:
    """The hash by which a platform recognises the same content again; `pictures` are hashes of bytes."""
    parts = [text, link or "", *pictures]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def create(db: sqlite3.Connection, post: NewPost, *, print_of: str) -> None:
    """Put the post up and bind its media to it, in their order."""
    db.execute(
        "INSERT INTO posts (platform, account, id, text, link, state, fingerprint, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            post.platform,
            post.account,
            post.id,
            post.text,
            post.link,
            PUBLISHED if post.published else UNPUBLISHED,
            print_of,
            clock.stamp(clock.now()),
        ),
    )
    for position, media_id in enumerate(post.media):
        db.execute(
            "UPDATE media SET post_id = ?, position = ? WHERE platform = ? AND id = ?",
            (post.id, position, post.platform, media_id),
        )


def edit(db: sqlite3.Connection, *, platform: str, post_id: str, text: str) -> None:
    """Replace the text; readers see that it was edited."""
    db.execute(
        "UPDATE posts SET text = ?, edited_at = ? WHERE platform = ? AND id = ?",
        (text, clock.stamp(clock.now()), platform, post_id),
    )


def publish(db: sqlite3.Connection, *, platform: str, post_id: str) -> None:
    """Show a post that was made unpublished."""
    db.execute(
        "UPDATE posts SET state = ?, created_at = ? WHERE platform = ? AND id = ? AND state = ?",
        (PUBLISHED, clock.stamp(clock.now()), platform, post_id, UNPUBLISHED),
    )


def delete(db: sqlite3.Connection, *, platform: str, post_id: str) -> None:
    """Take the post and its media away from readers; the rows stay for posts.json."""
    moment = clock.stamp(clock.now())
    db.execute("UPDATE posts SET state = ?, deleted_at = ? WHERE platform = ? AND id = ?", (DELETED, moment, platform, post_id))
    db.execute("UPDATE media SET deleted_at = ? WHERE platform = ? AND post_id = ?", (moment, platform, post_id))


def get(db: sqlite3.Connection, *, platform: str, post_id: str) -> sqlite3.Row | None:
    """The post unless it is deleted or never was."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM posts WHERE platform = ? AND id = ? AND state <> ?", (platform, post_id, DELETED)
    ).fetchone()
    return row


def media_of(db: sqlite3.Connection, *, platform: str, post_id: str) -> list[sqlite3.Row]:
    """The pictures of a post in their order, deleted ones too."""
    return db.execute("SELECT * FROM media WHERE platform = ? AND post_id = ? ORDER BY position, seq", (platform, post_id)).fetchall()


def latest_fingerprint(db: sqlite3.Connection, *, platform: str, account: str) -> str:
    """The fingerprint of the newest post that still stands on the account, or an empty text."""
    row = db.execute(
        "SELECT fingerprint FROM posts WHERE platform = ? AND account = ? AND state <> ? ORDER BY seq DESC LIMIT 1",
        (platform, account, DELETED),
    ).fetchone()
    return row["fingerprint"] if row else ""


def listing(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Every post of every platform, oldest first, deleted ones too, as posts.json shows it."""
    media: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in db.execute("SELECT * FROM media WHERE post_id IS NOT NULL ORDER BY position, seq"):
        picture = {"id": row["id"], "bytes": row["bytes"], "sha256": row["sha256"], "alt": row["alt"]}
        media.setdefault((row["platform"], row["post_id"]), []).append(picture)
    columns = ("platform", "account", "id", "text", "link", "state", "created_at", "edited_at", "deleted_at")
    rows = db.execute("SELECT * FROM posts ORDER BY seq").fetchall()
    return [{**{name: row[name] for name in columns}, "media": media.get((row["platform"], row["id"]), [])} for row in rows]


def reset(db: sqlite3.Connection) -> None:
    """As on the first day: no posts, media, faults or calls. Connections stay; tokens that a fault killed live again."""
    for table in ("posts", "media", "faults", "calls", "previews"):
        db.execute(f"DELETE FROM {table}")
    db.execute("UPDATE tokens SET dead_subcode = NULL, dead_by = '' WHERE dead_by = 'fault'")
