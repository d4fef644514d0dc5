"""Videos for the bodies of articles (channels.md 3.2, upload video and video state): sent in a form, converted for a moment, then known by an id."""

import hashlib
import secrets
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

from distribution.rehearsal import clock, media
from distribution.rehearsal.platforms.zalo.checks import invalid

LONGEST = 50_000_000
READY, CONVERTING, FAILED = 1, 3, 4


def keep(db: sqlite3.Connection, folder: Path, *, oa: str, content: bytes, works: timedelta) -> str:
    """The token of an upload. A file that is no MP4 and no AVI fails while it is converted."""
    digest, token = hashlib.sha256(content).hexdigest(), secrets.token_urlsafe(24)
    media.write_once(folder, digest, content)
    readable = content[4:8] == b"ftyp" or (content[:4] == b"RIFF" and content[8:11] == b"AVI")
    ready = clock.stamp(clock.now() + works)
    db.execute("INSERT INTO zalo_videos VALUES (?, ?, ?, ?, ?, ?, ?)", (token, secrets.token_hex(12), oa, digest, len(content), readable, ready))
    return token


def state(db: sqlite3.Connection, oa: str, token: str) -> dict[str, Any]:
    """How far an upload is. Raises ZaloError for one that never was."""
    row = db.execute("SELECT * FROM zalo_videos WHERE token = ? AND oa = ?", (token, oa)).fetchone()
    if row is None:
        raise invalid("token is invalid")
    if row["ready_at"] > clock.stamp(clock.now()):
        return {"status": CONVERTING, "convert_percent": 50}
    return {"status": READY, "convert_percent": 100, "video_id": row["id"]} if row["readable"] else {"status": FAILED, "convert_percent": 0}


def file_of(db: sqlite3.Connection, video_id: str) -> str:
    """The hash of a video's bytes; empty where there is none that can be watched."""
    row = db.execute("SELECT file FROM zalo_videos WHERE id = ? AND readable AND ready_at <= ?", (video_id, clock.stamp(clock.now()))).fetchone()
    return str(row["file"]) if row else ""


def listing(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Every upload, as uploads.json shows it."""
    rows = db.execute("SELECT * FROM zalo_videos ORDER BY rowid").fetchall()
    return [{"platform": "zalo", "kind": "video", "channel": row["oa"], "total": row["bytes"], "wire_bytes": row["bytes"], "result": row["id"]} for row in rows]
