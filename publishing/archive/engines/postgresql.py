"""PostgreSQL's full text: two vectors of the same words as on SQLite, with marks and without, so that both engines agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from publishing.archive.base import Document, Query, Term
from publishing.archive.engines.database import RANKED, DatabaseEngine
from publishing.archive.queries import index_key

TABLE = "publishing_archive_words"
CREATE = (
    f"CREATE TABLE {TABLE} (story_id bigint PRIMARY KEY, exact tsvector NOT NULL, folded tsvector NOT NULL)",
    f"CREATE INDEX {TABLE}_exact ON {TABLE} USING gin (exact)",
    f"CREATE INDEX {TABLE}_folded ON {TABLE} USING gin (folded)",
)
DROP = f"DROP TABLE IF EXISTS {TABLE}"
DOCUMENTS = "publishing_archive_searchdocument"
VECTOR = "setweight(to_tsvector('simple', %s), 'A') || setweight(to_tsvector('simple', %s), 'D')"
LONGEST = 900_000  # bytes; a tsvector takes 1 MB at most


class PostgresqlEngine(DatabaseEngine):
    """Words are taken apart by us, not by a configuration of the server: `simple` only splits at the spaces."""

    def _index_words(self, documents: Sequence[Document]) -> None:
        rows = [
            (item.story_id, *_vector(item, exact=True), *_vector(item, exact=False))
            for item in documents
        ]
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {TABLE} (story_id, exact, folded) VALUES (%s, {VECTOR}, {VECTOR})", rows)  # noqa: S608

    def _remove_words(self, story_ids: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE story_id = ANY(%s)", [list(story_ids)])  # noqa: S608

    def _clear_words(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {TABLE}")

    def _counts(self, query: Query, terms: tuple[Term, ...]) -> dict[tuple[str, int], int]:
        condition, values = match_of(terms)
        sql = f"SELECT d.section, d.year, count(*) FROM {TABLE} w JOIN {DOCUMENTS} d USING (story_id) WHERE {condition} AND d.audience = %s GROUP BY 1, 2"  # noqa: S608
        return {(section, year): number for section, year, number in _rows(sql, [*values, query.audience])}

    def _ranked(self, query: Query, terms: tuple[Term, ...], *, total: int) -> list[int]:
        """Exact spelling first, then how well it fits, then the newest. Of very common words only the newest matches are weighed."""
        condition, values = match_of(terms)
        spelled, spelled_values = match_of(tuple(Term(term.words, True, term.negated) for term in terms))
        where, filter_values = _filters(query)
        wanted = tuple(term for term in terms if not term.negated)
        score, score_values = ("0::real", []) if total > RANKED else _score(wanted)
        newest = f"ORDER BY d.published_at DESC LIMIT {RANKED}" if total > RANKED else ""
        sql = f"""
            WITH found AS (
                SELECT w.story_id, w.exact, w.folded, {score} AS score, d.published_at AS at FROM {TABLE} w JOIN {DOCUMENTS} d USING (story_id)
                WHERE {condition} AND {where} {newest}
            )
            SELECT story_id FROM found w ORDER BY ({spelled}) DESC, round(score::numeric, 2) DESC, at DESC, story_id DESC LIMIT %s OFFSET %s
        """  # noqa: S608
        offset = (query.page - 1) * query.page_size
        return [row[0] for row in _rows(sql, [*score_values, *values, *filter_values, *spelled_values, query.page_size, offset])]


def _vector(item: Document, *, exact: bool) -> tuple[str, str]:
    rest = " ".join((item.kicker, item.lead, item.author, item.body))
    return index_key(item.title, exact=exact), _cut(index_key(rest, exact=exact))


def _cut(text: str) -> str:
    """A text that fits a tsvector; a story is never that long, a hostile import may be."""
    return text if len(text) < LONGEST // 4 else text.encode()[: LONGEST // 2].decode(errors="ignore")


def _filters(query: Query) -> tuple[str, list[Any]]:
    clauses: list[str] = ["d.audience = %s"]
    values: list[Any] = [query.audience]
    if query.section:
        clauses.append("d.section = %s")
        values.append(query.section)
    if query.year is not None:
        clauses.append("d.year = %s")
        values.append(query.year)
    return " AND ".join(clauses), values


def match_of(terms: tuple[Term, ...]) -> tuple[str, list[Any]]:
    """The condition and its values; words are values, so nothing can be injected."""
    parts, values = [], []
    for term in terms:
        parts.append(f"{'NOT ' if term.negated else ''}w.{_column(term)} @@ phraseto_tsquery('simple', %s)")
        values.append(" ".join(term.words))
    return " AND ".join(parts), values


def _score(terms: tuple[Term, ...]) -> tuple[str, list[Any]]:
    parts = [f"ts_rank(w.{_column(term)}, phraseto_tsquery('simple', %s), 1)" for term in terms]
    return " + ".join(parts), [" ".join(term.words) for term in terms]


def _column(term: Term) -> str:
    return "exact" if term.exact else "folded"


def _rows(sql: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
