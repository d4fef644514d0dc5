"""What the two database engines share: documents as rows, facets, pages, marking. Engines add how words are matched."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import transaction

from newsroom.common.clock import LOCAL
from publishing.archive.base import Document, Facet, Hit, Query, Result, Term
from publishing.archive.highlighting import marked, snippet
from publishing.archive.models import SearchDocument
from publishing.archive.queries import folded

BATCH = 200
# Beyond so many matches a query says little: the newest of them are ranked, all of them are counted.
RANKED = 2000


class DatabaseEngine(ABC):
    """Rows of SearchDocument plus an index of words kept in step with them."""

    def index(self, documents: Iterable[Document]) -> int:
        """Add or replace documents; an older version than the one kept is left out. Returns how many were written."""
        rest, written = iter(documents), 0
        while batch := list(islice(rest, BATCH)):
            written += self._index_batch(batch)
        return written

    @transaction.atomic
    def _index_batch(self, batch: Sequence[Document]) -> int:
        kept = dict(SearchDocument.objects.filter(pk__in=[item.story_id for item in batch]).values_list("pk", "version"))
        fresh = list({item.story_id: item for item in sorted(batch, key=lambda item: item.version) if item.version >= kept.get(item.story_id, 0)}.values())
        old = [item.story_id for item in fresh if item.story_id in kept]
        if old:
            self.remove(old)
        SearchDocument.objects.bulk_create([_row(item) for item in fresh])
        self._index_words(fresh)
        return len(fresh)

    @transaction.atomic
    def remove(self, story_ids: Iterable[int]) -> None:
        """Forget stories."""
        ids = list(story_ids)
        self._remove_words(ids)
        SearchDocument.objects.filter(pk__in=ids).delete()

    @transaction.atomic
    def clear(self) -> None:
        """Forget everything."""
        self._clear_words()
        SearchDocument.objects.all().delete()

    def count(self) -> int:
        """How many stories are kept."""
        return SearchDocument.objects.count()

    def versions(self) -> dict[int, int]:
        """The version kept of each story."""
        return dict(SearchDocument.objects.values_list("story_id", "version"))

    def search(self, query: Query) -> Result:
        """Answer a query. Marks that were typed count; where they match nothing, the answer is without them."""
        if not query.wanted:
            return Result()
        result = self._answer(query, query.terms)
        if result.total or not any(term.exact for term in query.wanted):
            return result
        loose = tuple(folded(term) for term in query.terms)
        answer = self._answer(query, loose)
        return Result(answer.hits, answer.total, answer.sections, answer.years, folded=True)

    def _answer(self, query: Query, terms: tuple[Term, ...]) -> Result:
        counts = self._counts(query, terms)
        sections, years = _facets(counts, query)
        total = sum(n for (section, year), n in counts.items() if query.section in ("", section) and query.year in (None, year))
        ids = self._ranked(query, terms, total=total) if total else []
        return Result(_hits(ids, [term for term in terms if not term.negated]), total, sections, years)

    @abstractmethod
    def _index_words(self, documents: Sequence[Document]) -> None:
        """Index the words of new documents."""

    @abstractmethod
    def _remove_words(self, story_ids: Sequence[int]) -> None:
        """Forget the words of stories."""

    @abstractmethod
    def _clear_words(self) -> None:
        """Forget all words."""

    @abstractmethod
    def _counts(self, query: Query, terms: tuple[Term, ...]) -> dict[tuple[str, int], int]:
        """How many stories match in each section and year, the filters aside."""

    @abstractmethod
    def _ranked(self, query: Query, terms: tuple[Term, ...], *, total: int) -> list[int]:
        """The story ids of the page asked for, best first."""


def _row(item: Document) -> SearchDocument:
    return SearchDocument(
        story_id=item.story_id, version=item.version, audience=item.audience, section=item.section, year=item.published_at.astimezone(LOCAL).year,
        published_at=item.published_at, path=item.path, title=item.title[:255], lead=item.lead, body=item.body,
        kicker=item.kicker[:255], author=item.author[:500],
    )  # fmt: skip


def _facets(counts: dict[tuple[str, int], int], query: Query) -> tuple[list[Facet], list[Facet]]:
    """Sections within the chosen year and years within the chosen section: a facet never hides its own alternatives."""
    sections: Counter[str] = Counter()
    years: Counter[int] = Counter()
    for (section, year), number in counts.items():
        if query.year in (None, year):
            sections[section] += number
        if query.section in ("", section):
            years[year] += number
    by_count = sorted(sections.items(), key=lambda item: (-item[1], item[0]))
    return [Facet(value, number) for value, number in by_count], [Facet(str(value), number) for value, number in sorted(years.items(), reverse=True)]


def document_of_row(row: SearchDocument) -> Document:
    """What was indexed, from its row."""
    return Document(
        story_id=row.pk, version=row.version, title=row.title, lead=row.lead, body=row.body, kicker=row.kicker, author=row.author, section=row.section, path=row.path,
        published_at=row.published_at, audience=row.audience,
    )  # fmt: skip


def _hits(ids: list[int], terms: list[Term]) -> list[Hit]:
    rows = SearchDocument.objects.in_bulk(ids)
    return [_hit(rows[pk], terms) for pk in ids if pk in rows]


def _hit(row: SearchDocument, terms: list[Term]) -> Hit:
    text = f"{row.lead} {row.body}".strip()
    return Hit(row.pk, row.path, row.section, marked(row.title, terms), snippet(text, terms), row.published_at)
