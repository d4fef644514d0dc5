"""What the receiving partner keeps beside the rows that all platforms share: messages by their id, and what it knows of each story."""

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS webhook_messages (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    uri TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    copies INTEGER NOT NULL DEFAULT 1,
    received_at TEXT NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE TABLE IF NOT EXISTS webhook_stories (
    account TEXT NOT NULL,
    uri TEXT NOT NULL,
    version INTEGER NOT NULL,
    post TEXT NOT NULL,
    PRIMARY KEY (account, uri)
);
"""


def reset(db: sqlite3.Connection) -> None:
    """As on the first day."""
    for table in ("webhook_messages", "webhook_stories"):
        db.execute(f"DELETE FROM {table}")
