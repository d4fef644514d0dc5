"""The store of the rehearsal platforms: one SQLite file in WAL mode, one short transaction for each call."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS posts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    platform TEXT NOT NULL,
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    text TEXT NOT NULL,
    link TEXT,
    state TEXT NOT NULL CHECK (state IN ('published', 'unpublished', 'deleted')),
    fingerprint TEXT NOT NULL,
    created_at TEXT NOT NULL,
    edited_at TEXT,
    deleted_at TEXT,
    UNIQUE (platform, id)
);
CREATE INDEX IF NOT EXISTS posts_by_account ON posts (platform, account, created_at);
CREATE TABLE IF NOT EXISTS media (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    platform TEXT NOT NULL,
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    post_id TEXT,
    position INTEGER NOT NULL DEFAULT 0,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    mime TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    alt TEXT NOT NULL,
    caption TEXT NOT NULL,
    created_at TEXT NOT NULL,
    deleted_at TEXT,
    UNIQUE (platform, id)
);
CREATE INDEX IF NOT EXISTS media_by_post ON media (platform, post_id, position);
CREATE TABLE IF NOT EXISTS faults (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    platform TEXT NOT NULL,
    fault TEXT NOT NULL,
    account TEXT NOT NULL DEFAULT '',
    call TEXT NOT NULL DEFAULT '',
    times INTEGER NOT NULL CHECK (times > 0),
    options TEXT NOT NULL DEFAULT '{}',
    UNIQUE (platform, fault, account, call)
);
CREATE TABLE IF NOT EXISTS calls (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    platform TEXT NOT NULL,
    account TEXT NOT NULL,
    call TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    detail TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    fault TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL DEFAULT 'running',
    status INTEGER,
    object_id TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, person TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    person TEXT NOT NULL,
    scopes TEXT NOT NULL,
    declined TEXT NOT NULL,
    accounts TEXT NOT NULL,
    challenge TEXT,
    challenge_method TEXT,
    created_at TEXT NOT NULL,
    used_at TEXT
);
CREATE TABLE IF NOT EXISTS tokens (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    token TEXT NOT NULL UNIQUE,
    platform TEXT NOT NULL,
    parent TEXT,
    account TEXT,
    person TEXT NOT NULL,
    app_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    declined TEXT NOT NULL,
    accounts TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    dead_subcode INTEGER,
    dead_by TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS previews (
    url TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    site TEXT NOT NULL,
    image TEXT NOT NULL,
    image_mime TEXT NOT NULL,
    fetched_at TEXT NOT NULL
);
"""


class Store:
    """Opens the file anew for every call: threads share nothing, and SQLite's own locks put writers in order."""

    def __init__(self, path: Path) -> None:
        """Make the file and its tables if they are not there. Raises OSError or sqlite3.Error when the place is unusable."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        connection = self._open()
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)
        finally:
            connection.close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=15, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection for questions."""
        connection = self._open()
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed at the end, rolled back if the block raises."""
        connection = self._open()
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()  # without a COMMIT, closing rolls back
