"""Keeping Elasticsearch in step with the database's archive: pushing what changed, sweeping for drift, watching the node."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count as endless

from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext as _

from publishing.archive import breaker
from publishing.archive.base import EngineUnavailable, IndexMissing, Query, Term
from publishing.archive.engines.database import document_of_row
from publishing.archive.engines.elasticsearch import Change, ElasticsearchEngine
from publishing.archive.models import PendingChange, SearchDocument
from publishing.events.alarms import clear_alarm, raise_alarm
from publishing.events.selectors import open_alarms

log = logging.getLogger(__name__)
BATCH = 250
HEALED = 500  # stories looked at again in one go
ALARM, ALARM_AFTER = "search_engine_down", 20.0  # seconds
# A rebuild writes with this stamp: below that of every change.
OLDEST_STAMP = 1
PROBE = Query(terms=(Term(("tin",), exact=False),), page_size=1)


@dataclass(frozen=True, slots=True)
class Drift:
    """How Elasticsearch differed from the database's archive. `left`: what still differs after healing."""

    missing: int = 0
    stale: int = 0
    surplus: int = 0
    left: int = 0

    @property
    def total(self) -> int:
        """All stories that differed."""
        return self.missing + self.stale + self.surplus


def waiting() -> QuerySet[PendingChange]:
    """Changes that Elasticsearch has not heard of."""
    return PendingChange.objects.all()


def push(*, mirror: ElasticsearchEngine, story_ids: Iterable[int] | None = None, limit: int = BATCH, patient: bool = False) -> int:
    """Push one batch of pending changes; returns how many rows were done. Raises EngineUnavailable, and then the rows stay.

    Safe beside another push: the rows are read first, then the aliases, then the documents, and the node keeps the write with the highest stamp.
    """
    rows = PendingChange.objects.order_by("pk").values_list("pk", "story_id")
    rows = rows if story_ids is None else rows.filter(story_id__in=list(story_ids))
    found = list(rows[:limit])
    if not found:
        return 0
    targets = mirror.targets()  # after the rows: an index that is made from now on reads what they tell of from the database
    written = mirror.write(_changes({story_id: pk for pk, story_id in found}), targets=targets, patient=patient)
    if written.overtaken:
        _settle(written.overtaken, mirror=mirror)
    done = [pk for pk, story_id in found if story_id not in written.failed]
    PendingChange.objects.filter(pk__in=done).delete()
    if written.failed:
        raise EngineUnavailable(f"{len(written.failed)} stories were not taken")
    return len(done)


def push_all(*, mirror: ElasticsearchEngine) -> int:
    """Push until nothing is pending; returns how many rows were done. Raises EngineUnavailable."""
    total = 0
    while done := push(mirror=mirror, patient=True):
        total += done
    return total


def _changes(stamps: dict[int, int]) -> Iterator[Change]:
    kept = SearchDocument.objects.in_bulk(list(stamps))
    for story_id, pk in stamps.items():
        row = kept.get(story_id)
        yield Change(story_id, pk + OLDEST_STAMP, document_of_row(row) if row else None)


def _settle(story_ids: Iterable[int], *, mirror: ElasticsearchEngine) -> set[int]:
    """Write stories whatever the stamps say, where the node keeps another version than the database; returns which were written.

    Two pushes at once leave nothing to do. It is for stamps that started again, as after the restore of a backup.
    """
    ids = list(story_ids)
    ours = dict(SearchDocument.objects.filter(pk__in=ids).values_list("pk", "version"))
    theirs = mirror.kept(ids)
    differ = [pk for pk in ids if ours.get(pk) != (theirs[pk][0] if pk in theirs else None)]
    if not differ:
        return set()
    newest = PendingChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    stamps = {pk: max(newest, theirs[pk][1] - OLDEST_STAMP if pk in theirs else 0) for pk in differ}
    return mirror.write(_changes(stamps), targets=mirror.targets(), patient=True).done


def sweep(*, mirror: ElasticsearchEngine, heal: bool = True) -> Drift:
    """Compare ids and versions of both archives; heal what differs. Raises EngineUnavailable.

    What is pending is no drift, it is on its way; what differs at first sight is looked at again, because the paper goes on.
    """
    if heal:
        push_all(mirror=mirror)
    found: dict[str, list[int]] = {"missing": [], "stale": [], "surplus": []}
    left = 0
    for part in _in_parts(_different(mirror)):
        for kind, pk in _confirmed(part, mirror=mirror):
            found[kind].append(pk)
    for ids in _in_parts(pk for kind in found.values() for pk in kind):
        if heal:
            _settle(ids, mirror=mirror)
        left += len(list(_confirmed(ids, mirror=mirror)))
    if heal:
        mirror.refresh()
    return Drift(len(found["missing"]), len(found["stale"]), len(found["surplus"]), left)


def _different(mirror: ElasticsearchEngine) -> Iterator[int]:
    """Ids that differ at first sight: both archives read by id, side by side, so that a million stories need no memory."""
    end = (float("inf"), 0)
    theirs = mirror.scan()
    ours = SearchDocument.objects.order_by("pk").values_list("pk", "version").iterator(chunk_size=5000)
    a, b = next(ours, end), next(theirs, end)
    while a != end or b != end:
        if a != b:
            yield int(min(a[0], b[0]))
        a, b = (next(ours, end) if a[0] <= b[0] else a), (next(theirs, end) if b[0] <= a[0] else b)


def _confirmed(ids: list[int], *, mirror: ElasticsearchEngine) -> Iterator[tuple[str, int]]:
    """What differs now and is not on its way."""
    theirs = mirror.kept(ids)
    pending = set(PendingChange.objects.filter(story_id__in=ids).values_list("story_id", flat=True))
    ours = dict(SearchDocument.objects.filter(pk__in=ids).values_list("pk", "version"))
    for pk in ids:
        if pk in pending or ours.get(pk) == (theirs[pk][0] if pk in theirs else None):
            continue
        yield ("surplus" if pk not in ours else "missing" if pk not in theirs else "stale"), pk


def _in_parts(ids: Iterator[int] | Iterable[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    for _number in endless():
        part = [pk for _n, pk in zip(range(HEALED), rest, strict=False)]
        if not part:
            return
        yield part


def watch(*, mirror: ElasticsearchEngine, now: datetime) -> bool:
    """Ask the node as a reader would; close or open the breaker, raise or clear the alarm. True when it has just come back. Raises IndexMissing."""
    try:
        mirror.search(PROBE)
    except EngineUnavailable as error:
        breaker.record_failure(reason=str(error), now=now)
        known = breaker.trouble()
        if known and now.timestamp() - known.since >= ALARM_AFTER:
            raise_alarm(code=ALARM, subject="elasticsearch", message=_message(error), now=now)
        if isinstance(error, IndexMissing):
            raise
        return False
    back = breaker.trouble() is not None or open_alarms().filter(code=ALARM).exists()
    if back:
        breaker.close()
        clear_alarm(code=ALARM, subject="elasticsearch", now=now)
    return back


def _message(error: EngineUnavailable) -> str:
    if isinstance(error, IndexMissing):
        return _("Elasticsearch answers, but the archive's index is not there. Readers get answers from the database; the index is made anew by itself.")
    return _("Elasticsearch is down or too slow. Readers get answers from the database, which is slower; nothing is lost, it catches up by itself. Seen: %s") % error


def status(*, mirror: ElasticsearchEngine, now: datetime) -> Iterator[str]:
    """How Elasticsearch is, in lines for people; what the database knows comes first. Raises EngineUnavailable where the node does not answer."""
    pending = waiting().aggregate(number=Count("story_id", distinct=True), oldest=Min("since"))
    line = _("Waiting for Elasticsearch: %d stories") % pending["number"]
    yield line + (_(", the oldest for %d s") % (now - pending["oldest"]).total_seconds() if pending["oldest"] else "")
    if known := breaker.trouble():
        yield _("Readers are answered by the database for now: %s") % known.reason
    for name, aliases in mirror.indices().items():
        yield f"{name}: {_('asked by readers') if mirror.live in aliases else _('being built') if mirror.building in aliases else _('old')}"
    yield _("Elasticsearch: %d stories") % mirror.count()
