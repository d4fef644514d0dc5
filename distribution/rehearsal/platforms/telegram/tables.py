"""What the Telegram platform keeps beside the rows that all platforms share. Numbers of messages are never given twice."""

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS telegram_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    chat TEXT NOT NULL,
    post TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('text', 'photo', 'video')),
    media TEXT NOT NULL DEFAULT '',
    album TEXT NOT NULL DEFAULT '',
    words TEXT NOT NULL,
    entities TEXT NOT NULL DEFAULT '[]',
    shape TEXT NOT NULL DEFAULT '{}',
    sent_at REAL NOT NULL,
    edited_at REAL,
    deleted INTEGER NOT NULL DEFAULT 0
);
"""


def reset(db: sqlite3.Connection) -> None:
    """As on the first day, but for the numbers."""
    db.execute("DELETE FROM telegram_messages")
