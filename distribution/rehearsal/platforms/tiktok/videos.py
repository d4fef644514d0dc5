"""What becomes of an upload: a draft in the inbox, a post, or nothing. Rows of the shared tables for what readers see."""

import json
import secrets
import sqlite3
import time
from datetime import timedelta
from typing import Any

from distribution.rehearsal import clock, media, posts, world
from distribution.rehearsal.platforms.tiktok.errors import TiktokError

PLATFORM = "tiktok"
ACCOUNTS = {account.id: account for account in world.TIKTOK_ACCOUNTS}
PUBLIC = "PUBLIC_TO_EVERYONE"
UPLOADING, DOWNLOADING, INBOX, COMPLETE, FAILED = "PROCESSING_UPLOAD", "PROCESSING_DOWNLOAD", "SEND_TO_USER_INBOX", "PUBLISH_COMPLETE", "FAILED"
PENDING_DRAFTS = 5  # in a day
FOR_EVER = timedelta(days=3650)


def new_publish_id(kind: str, mode: str) -> str:
    """In the shape of theirs; the prefix tells what it is."""
    prefix = "v_inbox_file" if mode == "draft" else "v_pub_file"
    return f"{prefix if kind == 'video' else 'p_pub_url'}~v2-1.{time.time_ns()}{secrets.randbelow(1000):03d}"


def create(db: sqlite3.Connection, *, account: str, kind: str, mode: str, status: str, info: dict[str, Any], cut: tuple[int, int, int] = (0, 0, 0)) -> sqlite3.Row:
    """The row of an init. Raises TiktokError for too many drafts that nobody finished."""
    if mode == "draft" and _pending(db, account) >= PENDING_DRAFTS:
        raise TiktokError("spam_risk_too_many_pending_share", "There may be at most 5 pending shares within any 24-hour period.", 403)
    publish_id = new_publish_id(kind, mode)
    values = (publish_id, account, kind, mode, status, json.dumps(info, ensure_ascii=False), *cut, secrets.token_urlsafe(32), clock.stamp(clock.now()))
    db.execute("INSERT INTO tiktok_posts (publish_id, account, kind, mode, status, info, size, chunk, chunks, upload_token, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    return find(db, publish_id)


def _pending(db: sqlite3.Connection, account: str) -> int:
    day = clock.stamp(clock.now() - timedelta(days=1))
    return int(db.execute("SELECT COUNT(*) FROM tiktok_posts WHERE account = ? AND status = ? AND created_at > ?", (account, INBOX, day)).fetchone()[0])


def find(db: sqlite3.Connection, publish_id: str) -> sqlite3.Row:
    """Raises TiktokError for one that never was."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM tiktok_posts WHERE publish_id = ?", (publish_id,)).fetchone()
    if row is None:
        raise TiktokError("invalid_publish_id", "The publish_id does not exist.", 400)
    return row


def receive_all(db: sqlite3.Connection, row: sqlite3.Row, files: list[media.Picture], *, stuck: bool = False) -> None:
    """Every byte is there: a draft goes to the inbox, a post appears, a file that nobody can read fails."""
    if any(file.mime == "application/octet-stream" for file in files):
        db.execute("UPDATE tiktok_posts SET status = ?, fail_reason = 'file_format_check_failed' WHERE publish_id = ?", (FAILED, row["publish_id"]))
        return
    kept = json.dumps([[file.sha256, file.size, file.mime, file.width, file.height] for file in files])
    ready = clock.now() + (FOR_EVER if stuck else timedelta(0))
    db.execute("UPDATE tiktok_posts SET files = ?, ready_at = ? WHERE publish_id = ?", (kept, clock.stamp(ready), row["publish_id"]))
    if stuck:
        return
    if row["mode"] == "draft":
        db.execute("UPDATE tiktok_posts SET status = ? WHERE publish_id = ?", (INBOX, row["publish_id"]))
        return
    info = json.loads(row["info"])
    caption = info["title"] if row["kind"] == "video" else f"{info.get('title', '')}\n\n{info.get('description', '')}".strip()
    show(db, row["publish_id"], caption=caption, privacy=info["privacy_level"])


def show(db: sqlite3.Connection, publish_id: str, *, caption: str, privacy: str) -> str:
    """A post of an upload; its id. A draft may be used more than once."""
    row = find(db, publish_id)
    video_id = str(7_500_000_000_000_000_000 + secrets.randbelow(99_999_999_999_999_999))
    files = [media.Picture(*values) for values in json.loads(row["files"])]
    names = tuple(f"{video_id}-{number}" for number in range(len(files)))
    for name, file in zip(names, files, strict=True):
        media.add(db, platform=PLATFORM, account=row["account"], media_id=name, picture=file, alt="", caption="")
    posts.create(db, posts.NewPost(PLATFORM, row["account"], video_id, caption, None, names, privacy == PUBLIC), print_of=video_id)
    first = files[0] if row["kind"] == "video" else None
    values = (video_id, publish_id, row["account"], row["kind"], privacy, caption, first.sha256 if first else "", first.mime if first else "", clock.stamp(clock.now()))
    db.execute("INSERT INTO tiktok_videos (id, publish_id, account, kind, privacy, caption, file, mime, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    db.execute("UPDATE tiktok_posts SET status = ? WHERE publish_id = ?", (COMPLETE, publish_id))
    return video_id


def status(db: sqlite3.Connection, row: sqlite3.Row, *, held: int) -> dict[str, Any]:
    """What status/fetch tells. Ids are numbers here, as theirs are, and only those of public posts."""
    found: dict[str, Any] = {"status": row["status"]}
    if row["status"] == FAILED:
        found["fail_reason"] = row["fail_reason"]
    if row["kind"] == "video":
        found["uploaded_bytes"] = held
    ids = [int(item["id"]) for item in public(db, row["account"]) if item["publish_id"] == row["publish_id"]]
    return {**found, "publicaly_available_post_id": ids} if row["status"] == COMPLETE else found


def public(db: sqlite3.Connection, account: str) -> list[sqlite3.Row]:
    """The public posts of an account, newest first."""
    return db.execute(
        "SELECT v.* FROM tiktok_videos v JOIN posts p ON p.platform = 'tiktok' AND p.id = v.id WHERE v.account = ? AND p.state = 'published' ORDER BY p.seq DESC", (account,)
    ).fetchall()


def address(row: sqlite3.Row, base: str) -> str:
    """The permalink of a post."""
    return f"{base}/@{ACCOUNTS[row['account']].username}/{'video' if row['kind'] == 'video' else 'photo'}/{row['id']}"


def resource(row: sqlite3.Row, fields: list[str], *, base: str, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """A post as video/query gives it."""
    known: dict[str, Any] = {
        "id": row["id"], "share_url": address(row, base), "create_time": int(clock.read(row["created_at"]).timestamp()), "video_description": row["caption"][:150],
        "title": row["caption"][:150], "view_count": row["views"], "like_count": row["views"] // 10, "comment_count": 0, "share_count": 0,
    }  # fmt: skip
    return {name: known[name] for name in fields if name not in without}
