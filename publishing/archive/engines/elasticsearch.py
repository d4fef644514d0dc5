"""Elasticsearch behind one object: asks, writes with stamps, makes and switches indices. Every trouble of the node is an EngineUnavailable."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError, dsl
from elasticsearch.helpers import streaming_bulk

from publishing.archive.base import Document, EngineUnavailable, Facet, Hit, IndexMissing, Query, Result
from publishing.archive.engines.elasticsearch_index import FORM, SETTINGS, ArchivedStory, search_of, source_of
from publishing.archive.highlighting import marked, snippet
from publishing.archive.queries import folded

log = logging.getLogger(__name__)
WRITE_SECONDS, BULK_SECONDS = 5.0, 60.0
BATCH, BATCH_BYTES = 250, 4 * 1024 * 1024
SCANNED = 5000  # ids and versions a request


@dataclass(frozen=True, slots=True)
class Change:
    """What a story is now: its document, or None where the archive has it no more. The higher stamp wins, in whatever order changes arrive."""

    story_id: int
    stamp: int
    document: Document | None


@dataclass(slots=True)
class Written:
    """What became of changes. `overtaken`: a higher stamp was there; `failed`: try again; `refused`: the node will never take it."""

    done: set[int] = field(default_factory=set)
    overtaken: set[int] = field(default_factory=set)
    failed: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)


class ElasticsearchEngine:
    """The mirror of the archive in Elasticsearch. `live` is what readers ask, `building` the alias of an index that is being made."""

    def __init__(self, *, url: str, prefix: str, reader_seconds: float) -> None:
        self.live, self.building, self.reader_seconds = f"{prefix}-archive", f"{prefix}-archive-building", reader_seconds
        self.pattern = f"{prefix}-archive-v*"
        client = _client(url)
        self.client = client
        self.writer = client.options(request_timeout=WRITE_SECONDS, max_retries=0, retry_on_timeout=False)
        self.bulk = client.options(request_timeout=BULK_SECONDS, max_retries=0, retry_on_timeout=False)

    def search(self, query: Query) -> Result:
        """Answer a query, as the database engines do. Raises EngineUnavailable."""
        if not query.wanted:
            return Result()
        until = time.monotonic() + self.reader_seconds
        result = self._answer(query, loosely=False, until=until)
        if result.total or not any(term.exact for term in query.wanted):
            return result
        answer = self._answer(query, loosely=True, until=until)
        return Result(answer.hits, answer.total, answer.sections, answer.years, folded=True)

    def _answer(self, query: Query, *, loosely: bool, until: float) -> Result:
        terms = tuple(folded(term) for term in query.terms) if loosely else query.terms
        reader = self.client.options(request_timeout=max(0.05, until - time.monotonic()), max_retries=0, retry_on_timeout=False)
        search = search_of(query, terms).using(reader).index(self.live).params(allow_partial_search_results=False)
        with translated():
            answer = search.execute()
        if answer.timed_out:
            raise EngineUnavailable("timed out")
        wanted = [term for term in terms if not term.negated]
        hits = [_hit(int(found.meta.id), found, wanted) for found in answer]
        sections, years = ([Facet(str(one.key), one.doc_count) for one in answer.aggregations[name]["values"].buckets] for name in ("sections", "years"))
        return Result(hits, answer.hits.total.value, sections, years)  # type: ignore[attr-defined]  # a list with attributes

    def write(self, changes: Iterable[Change], *, targets: Iterable[str], patient: bool = False) -> Written:
        """Write changes to aliases. `patient`: in bulk, where nobody waits. Raises EngineUnavailable; what a call wrote stays written."""
        targets, written = tuple(targets), Written()
        actions = (_action(change, target) for change in changes for target in targets)
        client = self.bulk if patient else self.writer
        with translated():
            # Only aliases are written to: a missing index must never be made by the first write, without its mapping.
            for _well, item in streaming_bulk(client, actions, chunk_size=BATCH, max_chunk_bytes=BATCH_BYTES, raise_on_error=False, require_alias=True):
                _sort_in(written, next(iter(item.values())))
        written.done -= written.failed | written.overtaken | written.refused.keys()
        return written

    def targets(self) -> list[str]:
        """The aliases that a change must reach: the live one, and one being built. Raises IndexMissing, EngineUnavailable."""
        aliases = set().union(*self.indices().values())
        if self.live not in aliases:
            raise IndexMissing("there is no index")
        return [alias for alias in (self.live, self.building) if alias in aliases]

    def is_outdated(self) -> bool:
        """Whether the live index has fields of another form than this program's: after an upgrade. Raises EngineUnavailable."""
        return not any(self.live in aliases and name.startswith(self.pattern.replace("*", f"{FORM}-")) for name, aliases in self.indices().items())

    def kept(self, story_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
        """Version and stamp of stories in the live index. Raises EngineUnavailable."""
        ids = [str(pk) for pk in story_ids]
        if not ids:
            return {}
        with translated():
            found = self.writer.mget(index=self.live, ids=ids, source=["version"]).body["docs"]
        return {int(one["_id"]): (one["_source"]["version"], one["_version"]) for one in found if one.get("found")}

    def scan(self, *, alias: str = "") -> Iterator[tuple[int, int]]:
        """Story id and version of everything that is kept, by id, from one moment's view. Raises EngineUnavailable."""
        with translated():
            self.bulk.indices.refresh(index=alias or self.live)
            view, after = self.bulk.open_point_in_time(index=alias or self.live, keep_alive="2m")["id"], None
        try:
            while True:
                with translated():
                    page = self.bulk.search(
                        pit={"id": view, "keep_alive": "2m"}, size=SCANNED, source=False, docvalue_fields=[{"field": "story_id"}, {"field": "version"}], sort=[{"story_id": "asc"}], track_total_hits=False,
                        search_after=after,
                    )["hits"]["hits"]  # fmt: skip
                yield from ((one["fields"]["story_id"][0], one["fields"]["version"][0]) for one in page)
                if len(page) < SCANNED:
                    return
                after = page[-1]["sort"]
        finally:
            with translated():
                self.bulk.close_point_in_time(id=view)

    def version(self) -> str:
        """The version of the node. Raises EngineUnavailable."""
        with translated():
            return str(self.writer.info()["version"]["number"])

    def count(self) -> int:
        """How many stories are in the live index. Raises EngineUnavailable."""
        with translated():
            return int(self.writer.count(index=self.live)["count"])

    def refresh(self) -> None:
        """Let readers see what was written. Raises EngineUnavailable."""
        with translated():
            self.bulk.indices.refresh(index=self.live)

    def make_building(self, *, now: datetime, mark: str) -> str:
        """Make an empty index under the alias `building`. Raises EngineUnavailable."""
        name = self.pattern.replace("*", f"{FORM}-{now:%Y%m%d%H%M%S}-{mark}")
        index = dsl.Index(name, using=self.bulk)
        index.settings(**SETTINGS | {"refresh_interval": "-1"})
        index.document(ArchivedStory)
        index.aliases(**{self.building: {}})
        with translated():
            index.create()
        return name

    def switch_to(self, name: str) -> None:
        """From now on readers ask this index: one atomic step. Raises EngineUnavailable."""
        with translated():
            self.bulk.indices.put_settings(index=name, settings={"index": {"refresh_interval": SETTINGS["refresh_interval"]}})
            self.bulk.indices.refresh(index=name)
            self.bulk.indices.update_aliases(actions=[
                {"remove": {"index": self.pattern, "alias": self.live, "must_exist": False}},
                {"remove": {"index": self.pattern, "alias": self.building, "must_exist": False}},
                {"add": {"index": name, "alias": self.live}},
            ])  # fmt: skip

    def indices(self) -> dict[str, set[str]]:
        """Our indices and their aliases. Raises EngineUnavailable."""
        with translated():
            found = self.writer.indices.get_alias(index=self.pattern, allow_no_indices=True).body
        return {name: set(entry["aliases"]) for name, entry in found.items()}

    def drop_all_but_live(self) -> list[str]:
        """Delete indices that no reader asks: old ones, and what an interrupted rebuild left. Raises EngineUnavailable."""
        old = [name for name, aliases in self.indices().items() if self.live not in aliases]
        for name in old:
            with translated():
                self.bulk.indices.delete(index=name, ignore_unavailable=True)
        return old


@contextmanager
def translated() -> Iterator[None]:
    """Whatever the node or the way to it has: an EngineUnavailable."""
    try:
        yield
    except NotFoundError as error:
        raise IndexMissing(f"{error.message}"[:200]) from error
    except (ApiError, TransportError) as error:
        causes = "; ".join(str(cause) for cause in getattr(error, "errors", ())[:1])
        raise EngineUnavailable(f"{type(error).__name__}: {causes or error}"[:300]) from error


@lru_cache(maxsize=4)
def _client(url: str) -> Elasticsearch:
    """One pool of connections a process."""
    return Elasticsearch(url, connections_per_node=16)


def present_elasticsearch() -> ElasticsearchEngine | None:
    """The Elasticsearch of this installation, or None where none is set."""
    if not settings.ELASTICSEARCH_URL:
        return None
    return ElasticsearchEngine(url=settings.ELASTICSEARCH_URL, prefix=settings.ELASTICSEARCH_PREFIX, reader_seconds=settings.ELASTICSEARCH_TIMEOUT_MS / 1000)


def _action(change: Change, target: str) -> dict[str, Any]:
    action: dict[str, Any] = {"_index": target, "_id": str(change.story_id), "version": change.stamp, "version_type": "external_gte"}
    if change.document is None:
        return action | {"_op_type": "delete"}
    return action | {"_op_type": "index", "_source": source_of(change.document)}


def _sort_in(written: Written, item: dict[str, Any]) -> None:
    story_id, status = int(item["_id"]), item["status"]
    kind = item.get("error", {}).get("type", "") if isinstance(item.get("error"), dict) else ""
    if status < 300 or (status == 404 and not kind):  # gone already: removed
        written.done.add(story_id)
    elif status == 409:
        written.overtaken.add(story_id)
    elif status in (404, 429) or status >= 500:
        written.failed.add(story_id)
    else:
        log.error("archive.elasticsearch.refused story=%s %s", story_id, item.get("error"))
        written.refused[story_id] = str(item.get("error"))[:300]


def _hit(story_id: int, found: Any, terms: list[Any]) -> Hit:
    text = f"{found.lead} {found.body}".strip()
    return Hit(story_id, found.path, found.section, marked(found.title, terms), snippet(text, terms), datetime.fromisoformat(found.published_at))
