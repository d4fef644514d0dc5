"""The archive's front door: one engine for this installation."""

from __future__ import annotations

from django.db import connection

from publishing.archive.base import Engine, Query, Result
from publishing.archive.engines.elasticsearch import present_elasticsearch
from publishing.archive.engines.mirrored import MirroredEngine
from publishing.archive.engines.postgresql import PostgresqlEngine
from publishing.archive.engines.sqlite import SqliteEngine


def database_engine() -> Engine:
    """The engine of the database in use: always kept, because the fallback needs it."""
    return PostgresqlEngine() if connection.vendor == "postgresql" else SqliteEngine()


def engine() -> Engine:
    """The archive's engine: the database's, with Elasticsearch before it where one is set."""
    database, mirror = database_engine(), present_elasticsearch()
    return MirroredEngine(database=database, mirror=mirror) if mirror else database


def search(query: Query) -> Result:
    """Answer a query."""
    return engine().search(query)
