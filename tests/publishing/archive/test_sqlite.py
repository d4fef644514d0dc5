"""What only SQLite's engine can get wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from publishing.archive.base import Query
from publishing.archive.engines import sqlite
from publishing.archive.queries import parse


def test_words_are_looked_up_first_and_long_texts_are_not_read(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plans: list[list[str]] = []

    def explained(sql: str, values: list[Any]) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
            plans.append([row[3] for row in cursor.fetchall()])
        return []

    monkeypatch.setattr(sqlite, "_rows", explained)
    engine, query = sqlite.SqliteEngine(), Query(terms=parse("tàu cá"), section="thoi-su", year=2026)
    engine._counts(query, query.terms)
    for total in (10, 100_000):
        engine._ranked(query, query.terms, total=total)
    assert len(plans) == 3
    for plan in plans:
        reads = [step for step in plan if step.startswith(("SCAN publishing", "SEARCH d"))]
        assert "VIRTUAL TABLE" in reads[0]
        assert reads[1].startswith("SEARCH d USING COVERING INDEX archive_facets (story_id=?")
