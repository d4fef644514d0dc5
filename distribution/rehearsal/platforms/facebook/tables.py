"""What the Facebook platform keeps beside the rows that all platforms share."""

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS facebook_comments (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, post TEXT NOT NULL, page TEXT NOT NULL, message TEXT NOT NULL, created_at TEXT NOT NULL, deleted_at TEXT
);
CREATE INDEX IF NOT EXISTS facebook_comments_by_post ON facebook_comments (post, seq);
CREATE TABLE IF NOT EXISTS facebook_videos (
    id TEXT PRIMARY KEY, page TEXT NOT NULL, kind TEXT NOT NULL, session TEXT NOT NULL UNIQUE, total INTEGER NOT NULL, wire_bytes INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'uploading', sha256 TEXT NOT NULL DEFAULT '', mime TEXT NOT NULL DEFAULT '', bytes INTEGER NOT NULL DEFAULT 0,
    title TEXT NOT NULL DEFAULT '', description TEXT NOT NULL DEFAULT '', wanted INTEGER NOT NULL DEFAULT 0, thumb TEXT NOT NULL DEFAULT '', thumb_mime TEXT NOT NULL DEFAULT '',
    post TEXT NOT NULL DEFAULT '', ready_at TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS facebook_views (post TEXT PRIMARY KEY, views INTEGER NOT NULL);
"""
WIPED = ("facebook_comments", "facebook_videos", "facebook_views")


def reset(db: sqlite3.Connection) -> None:
    """As on the first day."""
    for table in WIPED:
        db.execute(f"DELETE FROM {table}")


def seen(db: sqlite3.Connection, post_id: str) -> None:
    """A reader has opened the post."""
    db.execute("INSERT INTO facebook_views (post, views) VALUES (?, 1) ON CONFLICT (post) DO UPDATE SET views = views + 1", (post_id,))


def views(db: sqlite3.Connection, post_id: str) -> int:
    """How often readers have opened the post."""
    row = db.execute("SELECT views FROM facebook_views WHERE post = ?", (post_id,)).fetchone()
    return int(row["views"]) if row else 0
