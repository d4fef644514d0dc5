"""What the YouTube platform keeps beside the rows that all platforms share."""

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS youtube_videos (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    snippet TEXT NOT NULL,
    status TEXT NOT NULL,
    processing_until TEXT NOT NULL DEFAULT '',
    thumbnail TEXT NOT NULL DEFAULT '',
    thumbnail_mime TEXT NOT NULL DEFAULT '',
    views INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS youtube_uploads (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    total INTEGER NOT NULL,
    mime TEXT NOT NULL,
    body TEXT NOT NULL,
    params TEXT NOT NULL,
    wire_bytes INTEGER NOT NULL DEFAULT 0,
    result TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS youtube_captions (
    id TEXT PRIMARY KEY, video TEXT NOT NULL, language TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, updated_at TEXT NOT NULL,
    UNIQUE (video, language, name)
);
CREATE TABLE IF NOT EXISTS youtube_playlists (id TEXT PRIMARY KEY, channel TEXT NOT NULL, title TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS youtube_playlist_items (id TEXT PRIMARY KEY, playlist TEXT NOT NULL, video TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS youtube_quota (day TEXT NOT NULL, bucket TEXT NOT NULL, units INTEGER NOT NULL, PRIMARY KEY (day, bucket));
"""
WIPED = ("youtube_videos", "youtube_uploads", "youtube_captions", "youtube_playlists", "youtube_playlist_items", "youtube_quota")


def reset(db: sqlite3.Connection) -> None:
    """As on the first day."""
    for table in WIPED:
        db.execute(f"DELETE FROM {table}")
