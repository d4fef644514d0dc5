"""The archive's protocol: what goes in, what is asked, what comes out. Engines keep it; one contract suite holds them to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

READERS, STAFF = "readers", "staff"


@dataclass(frozen=True, slots=True)
class Document:
    """A story version as the archive keeps it. Plain text, as typed; keys are made from it by the engine."""

    story_id: int
    version: int
    title: str
    lead: str
    body: str
    kicker: str
    author: str
    section: str
    path: str
    published_at: datetime
    audience: str = READERS


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or a phrase of words in this order. `exact`: typed with marks, so they count."""

    words: tuple[str, ...]
    exact: bool
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What a reader asks. `section` is a slug, `year` a year in Vietnam; `page` counts from 1."""

    terms: tuple[Term, ...]
    section: str = ""
    year: int | None = None
    page: int = 1
    page_size: int = 20
    audience: str = READERS

    @property
    def wanted(self) -> tuple[Term, ...]:
        """The terms that must be there."""
        return tuple(term for term in self.terms if not term.negated)


@dataclass(frozen=True, slots=True)
class Hit:
    """One story found, with marked text as safe HTML."""

    story_id: int
    path: str
    section: str
    title: str
    snippet: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Facet:
    """A value and how many stories have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Result:
    """A page of hits. `folded`: the marks that were typed matched nothing, so the answer is without them."""

    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    sections: list[Facet] = field(default_factory=list)
    years: list[Facet] = field(default_factory=list)
    folded: bool = False


class Engine(Protocol):
    """Keeps documents and answers queries. Indexing an older version than the one kept does nothing."""

    def index(self, documents: Iterable[Document]) -> int: ...

    def remove(self, story_ids: Iterable[int]) -> None: ...

    def search(self, query: Query) -> Result: ...

    def count(self) -> int: ...

    def versions(self) -> dict[int, int]: ...

    def clear(self) -> None: ...


class EngineUnavailable(Exception):
    """The engine cannot answer now: it is not there, too slow, or broken. The message says what was seen."""


class IndexMissing(EngineUnavailable):
    """The engine answers, but what the archive keeps in it is not there."""
