"""Doorbells of the archive. None of them fails because Elasticsearch does: what is pending stays pending, and the beat rings again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from celery import current_app, shared_task
from django.core.cache import cache

from newsroom.common import clock
from newsroom.common.errors import NewsroomError
from publishing.archive import breaker, mirror, mirror_rebuild
from publishing.archive.base import EngineUnavailable, IndexMissing
from publishing.archive.breaker import Turn
from publishing.archive.engines.elasticsearch import ElasticsearchEngine, present_elasticsearch

log = logging.getLogger(__name__)
PUSHING, PUSHING_SECONDS = "archive:elasticsearch:pushing", 120


@shared_task(queue="default")
def push_changes(*, story_ids: Sequence[int] | None = None, **_later: Any) -> None:
    """Tell Elasticsearch of these stories, or of all that wait. Left for later while the node is known to be in trouble."""
    engine, now = present_elasticsearch(), clock.now()
    turn = breaker.take_turn(now=now) if engine else Turn.LEAVE
    if engine is None or turn is Turn.LEAVE:
        return
    try:
        done = mirror.push(mirror=engine, story_ids=story_ids) if story_ids is not None else _push_all(engine)
    except EngineUnavailable as error:
        breaker.record_failure(reason=str(error), now=now)
        return
    if done and turn is Turn.TRY:
        breaker.close()


def _push_all(engine: ElasticsearchEngine) -> int:
    """One at a time: a bulk arrival rings for each of its batches."""
    if not cache.add(PUSHING, 1, timeout=PUSHING_SECONDS):
        return 0
    try:
        return mirror.push_all(mirror=engine)
    finally:
        cache.delete(PUSHING)


@shared_task(queue="poll")
def watch_mirror(**_later: Any) -> None:
    """Look whether the node answers; when it has come back, let it catch up. What waits is pushed."""
    engine = present_elasticsearch()
    if engine is None:
        return
    try:
        back = mirror.watch(mirror=engine, now=clock.now())
        outdated = breaker.trouble() is None and engine.is_outdated()
    except IndexMissing:
        back, outdated = False, True
    except EngineUnavailable:
        return  # it went away between two questions: the next look tells
    if outdated:
        current_app.send_task("publishing.archive.tasks.rebuild_mirror", queue="index")
    elif back:
        current_app.send_task("publishing.archive.tasks.sweep_mirror", queue="index")
    elif breaker.trouble() is None and mirror.waiting().exists():
        current_app.send_task("publishing.archive.tasks.push_changes", queue="index")


@shared_task(queue="index")
def sweep_mirror(**_later: Any) -> None:
    """Find and heal drift."""
    engine = present_elasticsearch()
    if engine is None:
        return
    try:
        drift = mirror.sweep(mirror=engine)
    except EngineUnavailable as error:
        log.warning("archive.elasticsearch.sweep_put_off %s", error)
        return
    log.log(logging.ERROR if drift.left else logging.INFO, "archive.elasticsearch.swept missing=%s stale=%s surplus=%s left=%s", drift.missing, drift.stale, drift.surplus, drift.left)


@shared_task(queue="index")
def rebuild_mirror(**_later: Any) -> None:
    """Make the index where there is none (a new node, or one that lost its data), and where an upgrade changed its fields."""
    engine, now = present_elasticsearch(), clock.now()
    if engine is None:
        return
    try:
        if engine.is_outdated():
            mirror_rebuild.rebuild(mirror=engine, now=now)
    except (NewsroomError, EngineUnavailable) as error:
        log.warning("archive.elasticsearch.rebuild_put_off %s", error)
