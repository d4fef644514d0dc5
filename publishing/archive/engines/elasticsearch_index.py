"""How a story lies in Elasticsearch, and how a query is put to it: our own words, exact and folded, split at the spaces only."""

from __future__ import annotations

from typing import Any

from elasticsearch import dsl
from elasticsearch.dsl import query as q

from newsroom.common.clock import LOCAL
from publishing.archive.base import Document, Query, Term
from publishing.archive.queries import index_key

# The words are made by newsroom.common.text, as for the database engines: the node needs no plugin (no icu) and all engines see the same words.
WORDS = dsl.analyzer("words", tokenizer="whitespace")
# Part of each index's name. Raise it with every change of the fields below: the workers then make the index anew by themselves.
FORM = 1
TITLE_WEIGHT = 4
# Spelled exactly as typed comes first whatever else fits: far beyond any score of words.
EXACT_FIRST = 1000.0
# What a story of today has over one of long ago; half of it after `pivot`.
RECENT, PIVOT = 3.0, "180d"
DEEPEST = 10_000  # index.max_result_window, as Elasticsearch has it
MOST_FACETS = 200
SHOWN: list[Any] = ["title", "lead", "body", "path", "section", "published_at"]
SETTINGS = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "refresh_interval": "1s",  # given, so that an index that nobody searched for a while goes on being refreshed
    # A late write with an older stamp must still meet the mark of the removal that came before it.
    "gc_deletes": "10m",
}


class ArchivedStory(dsl.Document):
    """A story. The texts are kept as typed, for the answer; the keys are only searched in."""

    story_id = dsl.Long()
    version = dsl.Integer()
    audience = dsl.Keyword()
    section = dsl.Keyword()
    year = dsl.Short()
    published_at = dsl.Date()
    path = dsl.Keyword(index=False, doc_values=False)
    title = dsl.Text(index=False)
    lead = dsl.Text(index=False)
    body = dsl.Text(index=False)
    exact_title = dsl.Text(analyzer=WORDS)
    exact = dsl.Text(analyzer=WORDS)
    folded_title = dsl.Text(analyzer=WORDS)
    folded = dsl.Text(analyzer=WORDS)

    class Meta:
        dynamic = dsl.MetaField("strict")
        _source = dsl.MetaField(excludes=["exact_title", "exact", "folded_title", "folded"])


def source_of(item: Document) -> dict[str, Any]:
    """What is sent to the node for a story."""
    rest = " ".join((item.kicker, item.lead, item.author, item.body))
    return {
        "story_id": item.story_id, "version": item.version, "audience": item.audience, "section": item.section, "year": item.published_at.astimezone(LOCAL).year,
        "published_at": item.published_at.isoformat(), "path": item.path, "title": item.title, "lead": item.lead, "body": item.body,
        "exact_title": index_key(item.title, exact=True), "exact": index_key(rest, exact=True),
        "folded_title": index_key(item.title, exact=False), "folded": index_key(rest, exact=False),
    }  # fmt: skip


def search_of(query: Query, terms: tuple[Term, ...]) -> dsl.Search:
    """The search for a page: exact spelling first, then fit with some weight on the new, then the newest."""
    start = (query.page - 1) * query.page_size
    size = max(0, min(query.page_size, DEEPEST - start))
    search = dsl.Search().query(_matching(query, terms)).post_filter(_narrowed(query)).source(SHOWN)
    search = search.sort("_score", "-published_at", "-story_id")
    search = search.extra(track_total_hits=True, size=size, **({"from": start} if size else {}))
    # A facet never hides its own alternatives: sections within the chosen year, years within the chosen section.
    search.aggs.bucket("sections", "filter", filter=_year(query)).bucket("values", "terms", field="section", size=MOST_FACETS, order=[{"_count": "desc"}, {"_key": "asc"}])
    search.aggs.bucket("years", "filter", filter=_section(query)).bucket("values", "terms", field="year", size=MOST_FACETS, order={"_key": "desc"})
    return search


def _matching(query: Query, terms: tuple[Term, ...]) -> q.Query:
    wanted = [term for term in terms if not term.negated]
    extra: list[q.Query] = [q.DistanceFeature(field="published_at", origin="now/d", pivot=PIVOT, boost=RECENT)]
    if not all(term.exact for term in wanted):
        spelled: list[q.Query] = [_words(Term(term.words, exact=True)) for term in wanted]
        extra.append(q.ConstantScore(filter=q.Bool(filter=spelled), boost=EXACT_FIRST))
    return q.Bool(
        must=[_words(term) for term in wanted], must_not=[_words(term) for term in terms if term.negated],
        filter=[q.Term(audience=query.audience)], should=extra,
    )  # fmt: skip


def _words(term: Term) -> q.Query:
    """The words together and in order, in the headline or in the rest. They are a value: nothing can be injected."""
    kind = "exact" if term.exact else "folded"
    return q.MultiMatch(query=" ".join(term.words), type="phrase", fields=[f"{kind}_title^{TITLE_WEIGHT}", kind], tie_breaker=0.3)


def _narrowed(query: Query) -> q.Query:
    return q.Bool(filter=[_section(query), _year(query)])


def _section(query: Query) -> q.Query:
    return q.Term(section=query.section) if query.section else q.MatchAll()


def _year(query: Query) -> q.Query:
    return q.MatchAll() if query.year is None else q.Term(year=query.year)
