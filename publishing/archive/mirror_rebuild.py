"""Making Elasticsearch's index anew beside the live one. Readers notice nothing; an interrupted rebuild leaves nothing that is asked."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.core.cache import cache
from django.utils.translation import gettext as _

from newsroom.common.errors import NewsroomError
from publishing.archive.base import EngineUnavailable
from publishing.archive.engines.database import document_of_row
from publishing.archive.engines.elasticsearch import Change, ElasticsearchEngine
from publishing.archive.mirror import OLDEST_STAMP
from publishing.archive.models import SearchDocument

LOCK = "archive:elasticsearch:rebuilding"
LOCK_SECONDS = 120  # a rebuild that was killed blocks the next one for so long
BATCH = 500

Progress = Callable[[Iterator[Change]], Iterable[Change]]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did."""

    index: str
    written: int
    dropped: int


def rebuild(*, mirror: ElasticsearchEngine, now: datetime, progress: Progress = lambda changes: changes) -> Rebuilt:
    """Write every story of the database's archive into a new index, then let readers ask that one, in one step.

    Changes that happen meanwhile reach both indices: their stamps are higher than ours, so ours never replaces theirs. Killed half way, it is
    simply started again. Raises NewsroomError where another one runs, EngineUnavailable, and then the live index is as it was.
    """
    with _alone() as still_here:
        mirror.drop_all_but_live()
        name = mirror.make_building(now=now, mark=secrets.token_hex(3))
        written, changes = 0, iter(progress(_everything()))
        while batch := list(islice(changes, BATCH)):
            taken = mirror.write(batch, targets=[mirror.building], patient=True)
            if taken.failed:
                raise EngineUnavailable(f"{len(taken.failed)} stories were not taken")
            written += len(batch) - len(taken.refused)
            still_here()
        mirror.switch_to(name)
        return Rebuilt(name, written, len(mirror.drop_all_but_live()))


def _everything() -> Iterator[Change]:
    last = 0
    # By id in parts, not with one long cursor: each story is read when its turn comes.
    while rows := list(SearchDocument.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield from (Change(row.pk, OLDEST_STAMP, document_of_row(row)) for row in rows)
        last = rows[-1].pk


@contextmanager
def _alone() -> Iterator[Callable[[], None]]:
    """One rebuild at a time; the lock is renewed by what is yielded and dies with a killed process."""
    mine = secrets.token_hex(8)
    if not cache.add(LOCK, mine, timeout=LOCK_SECONDS):
        raise NewsroomError("rebuild_running", _("Another rebuild is running, or was cut off less than two minutes ago. Try again in two minutes."))
    try:
        yield lambda: cache.set(LOCK, mine, timeout=LOCK_SECONDS)
    finally:
        cache.delete(LOCK)
