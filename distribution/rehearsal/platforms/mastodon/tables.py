"""What the Mastodon platform keeps beside the rows that all platforms share."""

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS mastodon_media (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('image', 'video')),
    ready_at REAL NOT NULL,
    broken INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS mastodon_statuses (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    visibility TEXT NOT NULL,
    language TEXT NOT NULL,
    sensitive INTEGER NOT NULL,
    spoiler TEXT NOT NULL,
    favourites INTEGER NOT NULL DEFAULT 0,
    replies INTEGER NOT NULL DEFAULT 0,
    reblogs INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS mastodon_keys (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    status TEXT NOT NULL,
    used_at REAL NOT NULL,
    PRIMARY KEY (account, key)
);
"""


def reset(db: sqlite3.Connection) -> None:
    """As on the first day."""
    for table in ("mastodon_media", "mastodon_statuses", "mastodon_keys"):
        db.execute(f"DELETE FROM {table}")
