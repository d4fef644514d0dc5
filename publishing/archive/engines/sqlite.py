"""SQLite's FTS5 with two columns of words, with marks and without (knowledge/vietnam.md 5.2: no tokenizer setting folds đ)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from publishing.archive.base import Document, Query, Term
from publishing.archive.engines.database import RANKED, DatabaseEngine
from publishing.archive.queries import index_key

TABLE = "publishing_archive_words"
CREATE = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5(exact_title, exact, folded_title, folded, tokenize='unicode61 remove_diacritics 0', detail='full')"
)
DROP = f"DROP TABLE IF EXISTS {TABLE}"
WEIGHTS = "8.0, 1.0, 8.0, 1.0"
# The words are looked up first, always (CROSS JOIN keeps SQLite from turning it round, which takes seconds), and rows come from the narrow index.
FOUND = f"{TABLE} CROSS JOIN publishing_archive_searchdocument d INDEXED BY archive_facets ON d.story_id = {TABLE}.rowid"


class SqliteEngine(DatabaseEngine):
    """FTS5; the rowid is the story's id."""

    def _index_words(self, documents: Sequence[Document]) -> None:
        rows = [
            (item.story_id, index_key(item.title, exact=True), index_key(_rest(item), exact=True), index_key(item.title, exact=False), index_key(_rest(item), exact=False))
            for item in documents
        ]
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {TABLE}(rowid, exact_title, exact, folded_title, folded) VALUES (%s, %s, %s, %s, %s)", rows)  # noqa: S608

    def _remove_words(self, story_ids: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [(pk,) for pk in story_ids])  # noqa: S608

    def _clear_words(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608

    def _counts(self, query: Query, terms: tuple[Term, ...]) -> dict[tuple[str, int], int]:
        sql = f"""
            SELECT d.section, d.year, count(*) FROM {FOUND}
            WHERE {TABLE} MATCH %s AND d.audience = %s GROUP BY d.section, d.year
        """  # noqa: S608
        return {(section, year): number for section, year, number in _rows(sql, [match_of(terms), query.audience])}

    def _ranked(self, query: Query, terms: tuple[Term, ...], *, total: int) -> list[int]:
        """Exact spelling first, then how well it fits, then the newest. Of very common words only the newest matches are weighed."""
        where, values = _filters(query)
        newest = f"ORDER BY d.published_at DESC LIMIT {RANKED}" if total > RANKED else ""
        score = "0" if total > RANKED else f"bm25({TABLE}, {WEIGHTS})"
        spelled = tuple(Term(term.words, True, term.negated) for term in terms)
        sql = f"""
            WITH found AS (
                SELECT {TABLE}.rowid AS id, {score} AS score, d.published_at AS at FROM {FOUND}
                WHERE {TABLE} MATCH %s AND {where} {newest}
            )
            SELECT id FROM found
            ORDER BY id IN (SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s) DESC, round(score, 1), at DESC, id DESC
            LIMIT %s OFFSET %s
        """  # noqa: S608
        offset = (query.page - 1) * query.page_size
        return [row[0] for row in _rows(sql, [match_of(terms), *values, match_of(spelled), query.page_size, offset])]


def _rest(item: Document) -> str:
    return " ".join((item.kicker, item.lead, item.author, item.body))


def _filters(query: Query) -> tuple[str, list[Any]]:
    clauses, values = ["d.audience = %s"], [query.audience]
    if query.section:
        clauses.append("d.section = %s")
        values.append(query.section)
    if query.year is not None:
        clauses.append("d.year = %s")
        values.append(query.year)  # type: ignore[arg-type]
    return " AND ".join(clauses), values


def match_of(terms: tuple[Term, ...]) -> str:
    """The FTS5 expression. Every word stands in double quotes and consists of word characters only: nothing can be injected."""
    wanted = [_column(term) for term in terms if not term.negated]
    refused = [_column(term) for term in terms if term.negated]
    expression = " AND ".join(wanted)
    for column in refused:
        expression = f"({expression}) NOT {column}"
    return expression


def _column(term: Term) -> str:
    columns = "{exact_title exact}" if term.exact else "{folded_title folded}"
    words = " ".join(term.words).replace('"', "")
    return f'({columns} : "{words}")'


def _rows(sql: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()

