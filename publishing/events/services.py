"""Writes of the outbox: record an event, let subscribers take it, sweep what a crash left."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

from celery import current_app
from django.db import transaction
from django.db.models import F, Max
from wagtail.models import Revision

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from publishing.events.alarms import clear_alarm, raise_alarm
from publishing.events.enums import EventKind, RunState
from publishing.events.models import StoryEvent, SubscriberRun
from publishing.events.registry import Subscriber, subscribers

log = logging.getLogger(__name__)
RUN_TASK = "publishing.events.tasks.take_event"
ALARM_AFTER_ATTEMPTS = 5


def record_event(
    *, story: ArticlePage, kind: EventKind, revision: Revision, actor: User | None, now: datetime, reason: str = "", digest: str = "", imported: bool = False,
    due_at: datetime | None = None,
) -> StoryEvent:
    """Write the event of a change, in the caller's transaction, and ring the subscribers after commit.

    Raises TransactionManagementError outside a transaction: an event that may be lost apart from its change is none.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("record_event must share the transaction of the change")
    latest = StoryEvent.objects.filter(story=story).aggregate(latest=Max("version"))["latest"] or 0
    event = StoryEvent.objects.create(
        story=story, kind=kind, revision=revision, version=latest + 1, happened_at=now, actor=actor, reason=reason, digest=digest, imported=imported, due_at=due_at,
    )
    for subscriber in _takers(event):
        SubscriberRun.objects.create(event=event, subscriber=subscriber.name, next_at=now)
        transaction.on_commit(partial(_ring, event.pk, subscriber), robust=True)
    return event


def lock_story(*, story_id: int) -> None:
    """Until the transaction ends nobody else who asks for it takes an event of this story. Rows that only name an event are not held up."""
    list(StoryEvent.objects.select_for_update(no_key=True).filter(story_id=story_id).order_by("pk").values_list("pk", flat=True))


def _takers(event: StoryEvent) -> list[Subscriber]:
    return [subscriber for _name, subscriber in subscribers.items() if subscriber.takes_imported or not event.imported]


def _ring(event_id: int, subscriber: Subscriber) -> None:
    current_app.send_task(RUN_TASK, kwargs={"event_id": event_id, "subscriber": subscriber.name}, queue=subscriber.queue)


def take_event(*, event_id: int, subscriber: str, now: datetime) -> bool:
    """Let one subscriber take one event: its rows and the mark commit together. False when it was taken or failed.

    A failure is written down, tried again later (10 s, 20 s, 40 s … 10 min) and alarms a person after five attempts.
    """
    taker = subscribers.get(subscriber)
    try:
        with transaction.atomic():
            run = SubscriberRun.objects.select_for_update().select_related("event").get(event_id=event_id, subscriber=subscriber)
            if run.state == RunState.DONE:
                return False
            taker.handle(event=run.event, now=now)
            SubscriberRun.objects.filter(pk=run.pk).update(state=RunState.DONE, finished_at=now, error="", attempts=F("attempts") + 1)
    except SubscriberRun.DoesNotExist:
        log.warning("event.run.gone event=%s subscriber=%s", event_id, subscriber)
        return False
    except Exception as error:  # noqa: BLE001  (whatever a subscriber raises is written down and tried again)
        _record_failure(event_id=event_id, subscriber=subscriber, error=error, now=now)
        return False
    _close_when_taken(event_id=event_id, now=now)
    clear_alarm(code="event_not_taken", subject=f"{event_id}/{subscriber}", now=now)
    return True


def _record_failure(*, event_id: int, subscriber: str, error: Exception, now: datetime) -> None:
    log.exception("event.run.failed event=%s subscriber=%s", event_id, subscriber, exc_info=error)
    run = SubscriberRun.objects.get(event_id=event_id, subscriber=subscriber)
    delay = min(600, 10 * 2 ** min(run.attempts, 6))
    SubscriberRun.objects.filter(pk=run.pk).exclude(state=RunState.DONE).update(
        state=RunState.FAILED, attempts=F("attempts") + 1, next_at=now + timedelta(seconds=delay), error=f"{type(error).__name__}: {error}"[:2000]
    )
    if run.attempts + 1 >= ALARM_AFTER_ATTEMPTS:
        raise_alarm(code="event_not_taken", subject=f"{event_id}/{subscriber}", message=f"{subscriber}: {error}", now=now)


def _close_when_taken(*, event_id: int, now: datetime) -> None:
    open_runs = SubscriberRun.objects.filter(event_id=event_id).exclude(state=RunState.DONE)
    if not open_runs.exists():
        StoryEvent.objects.filter(pk=event_id, taken_at=None).update(taken_at=now)


def sweep(*, now: datetime, limit: int = 500) -> dict[str, int]:
    """Find what a crash left: runs that nobody took, and live stories whose live revision has no event (an alarm)."""
    waiting = SubscriberRun.objects.exclude(state=RunState.DONE).filter(next_at__lte=now - timedelta(seconds=5)).order_by("next_at")[:limit]
    rung = 0
    for run in waiting.select_related("event"):
        if run.subscriber in subscribers:
            _ring(run.event_id, subscribers.get(run.subscriber))
            rung += 1
    return {"rung": rung, "without_event": _alarm_for_silent_changes(now=now)}


def _alarm_for_silent_changes(*, now: datetime, limit: int = 20) -> int:
    silent = ArticlePage.objects.filter(live=True).exclude(live_revision__in=StoryEvent.objects.values("revision")).values_list("pk", "title")[:limit]
    for pk, title in silent:
        raise_alarm(code="live_without_event", subject=str(pk), message=str(title), now=now)
    return len(silent)


