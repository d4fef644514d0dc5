"""The database's archive with Elasticsearch before it: written in the database and heard of by the mirror, asked of the mirror and answered by either."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice

from celery import current_app
from django.db import transaction

from newsroom.common import clock
from publishing.archive import breaker
from publishing.archive.base import Document, Engine, EngineUnavailable, Query, Result
from publishing.archive.breaker import Turn
from publishing.archive.engines.elasticsearch import ElasticsearchEngine
from publishing.archive.models import PendingChange, SearchDocument

log = logging.getLogger(__name__)
PUSH_TASK = "publishing.archive.tasks.push_changes"
BATCH = 200
FEW = 20  # so many ids a bell carries; above, it is bulk and goes the slow way


class MirroredEngine:
    """Keeps the protocol of the archive. Nothing here waits for Elasticsearch but a reader's question, and that not for long."""

    def __init__(self, *, database: Engine, mirror: ElasticsearchEngine) -> None:
        self.database, self.mirror = database, mirror

    def index(self, documents: Iterable[Document]) -> int:
        """Index in the database and note each story for the mirror, in one transaction a batch."""
        rest, written = iter(documents), 0
        while batch := list(islice(rest, BATCH)):
            with transaction.atomic():
                written += self.database.index(batch)
                note_changes(item.story_id for item in batch)
        return written

    def remove(self, story_ids: Iterable[int]) -> None:
        """Forget stories, here and soon there."""
        ids = list(story_ids)
        with transaction.atomic():
            self.database.remove(ids)
            note_changes(ids)

    def clear(self) -> None:
        """Forget everything, here and soon there."""
        with transaction.atomic():
            note_changes(SearchDocument.objects.values_list("pk", flat=True))
            self.database.clear()

    def count(self) -> int:
        """How many stories are kept; the database's count."""
        return self.database.count()

    def versions(self) -> dict[int, int]:
        """The version kept of each story; the database's."""
        return self.database.versions()

    def search(self, query: Query) -> Result:
        """Elasticsearch's answer, or the database's where that is not there, too slow or wrong: never an error of its own."""
        turn = breaker.take_turn(now=clock.now())
        if turn is Turn.LEAVE:
            return self.database.search(query)
        try:
            result = self.mirror.search(query)
        except EngineUnavailable as error:
            breaker.record_failure(reason=str(error), now=clock.now())
            return self.database.search(query)
        if turn is Turn.TRY:
            breaker.close()
        return result


def note_changes(story_ids: Iterable[int]) -> None:
    """Note that these stories changed, and ring after commit. A bell that is lost is rung again by the beat: the rows stay."""
    ids = list(dict.fromkeys(story_ids))
    for part in _parts(ids):
        PendingChange.objects.bulk_create([PendingChange(story_id=pk) for pk in part])
    if ids:
        transaction.on_commit(partial(_ring, ids), robust=True)


def _ring(ids: list[int]) -> None:
    few = len(ids) <= FEW
    # A reader looks for a story as soon as it is out: rung beside the urgent work. Bulk is not.
    current_app.send_task(PUSH_TASK, kwargs={"story_ids": ids if few else None}, queue="default" if few else "index")


def _parts(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
