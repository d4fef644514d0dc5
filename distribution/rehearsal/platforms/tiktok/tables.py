"""What the TikTok platform keeps beside the rows that all platforms share."""

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS tiktok_posts (
    publish_id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('video', 'photos')),
    mode TEXT NOT NULL CHECK (mode IN ('direct', 'draft')),
    status TEXT NOT NULL,
    fail_reason TEXT NOT NULL DEFAULT '',
    info TEXT NOT NULL,
    size INTEGER NOT NULL DEFAULT 0,
    chunk INTEGER NOT NULL DEFAULT 0,
    chunks INTEGER NOT NULL DEFAULT 0,
    wire_bytes INTEGER NOT NULL DEFAULT 0,
    upload_token TEXT NOT NULL DEFAULT '',
    files TEXT NOT NULL DEFAULT '[]',
    ready_at TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS tiktok_videos (
    id TEXT PRIMARY KEY,
    publish_id TEXT NOT NULL,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    privacy TEXT NOT NULL,
    caption TEXT NOT NULL,
    file TEXT NOT NULL DEFAULT '',
    mime TEXT NOT NULL DEFAULT '',
    views INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
"""


def reset(db: sqlite3.Connection) -> None:
    """As on the first day."""
    for table in ("tiktok_posts", "tiktok_videos"):
        db.execute(f"DELETE FROM {table}")
