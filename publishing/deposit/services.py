"""Writes of the deposit: hand something in where it becomes public, seal what waits, ask for an export."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from newsroom.accounts.models import User
from newsroom.common.errors import NewsroomError
from publishing.deposit import files
from publishing.deposit.canonical import FIRST
from publishing.deposit.content import record_for
from publishing.deposit.enums import RecordKind
from publishing.deposit.models import ChainEnd, Export, Record, Waiting
from publishing.deposit.permissions import may_see
from publishing.deposit.selectors import is_of_the_past, unrecorded
from publishing.events.alarms import clear_alarm, raise_alarm
from publishing.events.models import StoryEvent

log = logging.getLogger(__name__)
APPEND_TASK = "publishing.deposit.tasks.append_records"
EXPORT_TASK = "publishing.deposit.tasks.make_export"
BATCH = 25  # one transaction: on SQLite nobody waits long for the lock
ALARM, ALARM_AFTER = "deposit_stuck", 3
Pair = tuple[Waiting, Record]


def hand_in(*, event: StoryEvent, now: datetime) -> None:
    """A story's new state waits to be sealed, in the caller's transaction. Repeating it changes nothing."""
    if not is_of_the_past(event, now=now):
        _wait(reference=f"event:{event.pk}", event_id=event.pk, post=None, at=event.happened_at, now=now)


def hand_in_post(*, reference: str, event: StoryEvent, kind: RecordKind, channel: str, permalink: str, facts: dict[str, Any], files: Iterable[str], at: datetime) -> None:
    """A post on a channel, its edit or its end waits to be sealed, in the caller's transaction. Repeating it changes nothing.

    `reference` names it once and for all; `facts` is plain JSON, `files` are names in the default storage.
    """
    post = {**facts, "kind": str(kind), "channel": channel, "permalink": permalink, "files": list(files)}
    _wait(reference=reference, event_id=event.pk, post=post, at=at, now=at)


def _wait(*, reference: str, event_id: int, post: dict[str, Any] | None, at: datetime, now: datetime) -> None:
    if Record.objects.filter(reference=reference).exists():
        return
    _row, made = Waiting.objects.get_or_create(reference=reference, defaults={"event_id": event_id, "post": post, "at": at, "next_at": now})
    if made:
        transaction.on_commit(ring, robust=True)


def ring() -> None:
    """Call a worker; where the call is lost, the beat calls."""
    current_app.send_task(APPEND_TASK, queue="index")


def hand_in_missing(*, now: datetime, limit: int = 500) -> int:
    """Events that no record and nothing waiting names: those of a newsroom that is older than its deposit. Returns how many."""
    rows = [
        Waiting(reference=f"event:{event.pk}", event=event, at=event.happened_at, next_at=now)
        for event in unrecorded(now=now)[:limit]
    ]  # fmt: skip
    Waiting.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def append_waiting(*, now: datetime, limit: int = BATCH) -> int:
    """Seal what waits, the oldest first; returns how many were looked at. Files are read before the chain is locked, never under the lock."""
    rows = list(Waiting.objects.filter(next_at__lte=now).select_related("event__revision", "event__actor").order_by("pk")[:limit])
    seen: dict[str, dict[str, Any]] = {}
    ready: list[Pair] = []
    for row in rows:
        try:
            ready.append((row, record_for(row, seen=seen)))
        except Exception as error:  # noqa: BLE001  (one that cannot be read must not keep the others out: written down, tried again, told)
            _record_failure(row, error=error, now=now)
    if ready:
        _append(ready, now=now)
    return len(rows)


def _append(ready: list[Pair], *, now: datetime) -> None:
    """Seal the batch; where it cannot be inserted as a whole, each row by itself, so that the one at fault is written down and told and keeps nobody out."""
    try:
        end = _seal(ready, now=now)
        done = ready
    except OperationalError:  # the database's own trouble (a lock, a lost connection) is no row's fault
        raise
    except Exception:
        log.exception("deposit.batch_failed first=%s rows=%s", ready[0][0].reference, len(ready))
        end, done = _seal_each(ready, now=now)
    if end is not None:
        files.note_end(sequence=end.sequence, digest=end.hash)
    for row, _record in done:
        if row.attempts:
            clear_alarm(code=ALARM, subject=row.reference, now=now)


def _seal_each(ready: list[Pair], *, now: datetime) -> tuple[ChainEnd | None, list[Pair]]:
    end, done = None, []
    for pair in ready:
        try:
            end = _seal([pair], now=now) or end
            done.append(pair)
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is: it is this row's, and the next one must not wait for it)
            _record_failure(pair[0], error=error, now=now)
    return end, done


@transaction.atomic
def _seal(ready: list[Pair], *, now: datetime) -> ChainEnd | None:
    """The next links of the chain, all or none; the end after them, None where none was added. A row that is sealed already only stops waiting."""
    ChainEnd.objects.get_or_create(pk=1, defaults={"hash": FIRST})
    end = ChainEnd.objects.select_for_update().get(pk=1)
    here = set(Waiting.objects.filter(pk__in=[row.pk for row, _record in ready]).values_list("pk", flat=True))  # another worker sealed the rest
    # An event may be handed in and sealed while hand_in_missing looks for what is missing: it waits once more then.
    sealed = set(Record.objects.filter(reference__in=[row.reference for row, _record in ready]).values_list("reference", flat=True))
    records = [record for row, record in ready if row.pk in here and row.reference not in sealed]
    for record in records:
        record.sequence, record.previous, record.recorded_at = end.sequence + 1, end.hash, now
        record.hash = record.computed_hash()
        end.sequence, end.hash = record.sequence, record.hash
    if records:
        Record.objects.bulk_create(records)
        end.save()
    Waiting.objects.filter(pk__in=here).delete()
    return end if records else None


def _record_failure(row: Waiting, *, error: Exception, now: datetime) -> None:
    log.exception("deposit.failed reference=%s", row.reference, exc_info=error)
    said = f"{type(error).__name__}: {error}"[:500]
    pause = timedelta(seconds=min(3600, 30 * 2 ** min(row.attempts, 7)))
    Waiting.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1, next_at=now + pause, error=said)
    if row.attempts + 1 >= ALARM_AFTER:
        raise_alarm(code=ALARM, subject=row.reference, message=_("The legal deposit could not record %(what)s: %(reason)s") % {"what": row.reference, "reason": said}, now=now)


@transaction.atomic
def ask_export(*, first_day: date, last_day: date, actor: User, now: datetime) -> Export:
    """A worker makes the zip of these days. Raises NewsroomError for days out of order and for who may not."""
    if not may_see(actor):
        raise NewsroomError("not_allowed", _("Your role does not open the legal deposit."))
    if last_day < first_day:
        raise NewsroomError("days_out_of_order", _("The last day lies before the first. Choose a later one."))
    export = Export.objects.create(first_day=first_day, last_day=last_day, asked_by=actor, asked_at=now, touched_at=now)
    transaction.on_commit(partial(current_app.send_task, EXPORT_TASK, kwargs={"export_id": export.pk}, queue="index"), robust=True)
    return export


def kept_at_least_until(at: datetime) -> datetime:
    """The end of the legal term of something first seen at `at`; nothing is purged after it either."""
    months = at.month - 1 + settings.DEPOSIT_MONTHS
    return at.replace(year=at.year + months // 12, month=months % 12 + 1, day=min(at.day, 28))
