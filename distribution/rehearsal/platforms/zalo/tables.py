"""What the Zalo platform keeps beside the rows that all platforms share."""

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS zalo_articles (
    id TEXT PRIMARY KEY,
    oa TEXT NOT NULL,
    content TEXT NOT NULL,
    pictures TEXT NOT NULL DEFAULT '{}',
    version INTEGER NOT NULL DEFAULT 1,
    views INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    removed_at TEXT
);
CREATE TABLE IF NOT EXISTS zalo_jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    token TEXT NOT NULL UNIQUE,
    oa TEXT NOT NULL,
    article TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('create', 'update')),
    content TEXT NOT NULL,
    pictures TEXT NOT NULL,
    trouble TEXT NOT NULL DEFAULT '',
    ready_at TEXT NOT NULL,
    done_at TEXT
);
CREATE TABLE IF NOT EXISTS zalo_videos (
    token TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    oa TEXT NOT NULL,
    file TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    readable INTEGER NOT NULL,
    ready_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS zalo_messages (
    id TEXT PRIMARY KEY,
    oa TEXT NOT NULL,
    articles TEXT NOT NULL,
    target TEXT NOT NULL,
    sent_at TEXT NOT NULL
);
"""


def reset(db: sqlite3.Connection) -> None:
    """As on the first day."""
    for table in ("zalo_articles", "zalo_jobs", "zalo_videos", "zalo_messages"):
        db.execute(f"DELETE FROM {table}")
