"""The archive's front door: one engine for this installation."""

from __future__ import annotations

from django.db import connection

from publishing.archive.base import Engine, Query, Result
from publishing.archive.engines.postgresql import PostgresqlEngine
from publishing.archive.engines.sqlite import SqliteEngine


def engine() -> Engine:
    """The engine of the database in use (Elasticsearch comes beside it in a later issue)."""
    return PostgresqlEngine() if connection.vendor == "postgresql" else SqliteEngine()


def search(query: Query) -> Result:
    """Answer a query."""
    return engine().search(query)
