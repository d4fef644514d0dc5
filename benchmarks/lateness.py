"""Due → live: how late stories are when ten, then two hundred, fall due in one second, with two clocks running."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

from benchmarks.machine import Processes, percentile, prepare, report, row, scale, wait_for


def main(database: str) -> None:
    """Measure on the database of the environment."""
    prepare()
    from benchmarks.stories import approved, people, section
    from newsroom.articles.models import ArticlePage
    from newsroom.common import clock
    from publishing.events.models import StoryEvent
    from publishing.releases.services import schedule_release

    cast = people()
    where, rows, number = section(cast["chief"]), [], 0
    processes = Processes()
    for name in ("clock-1", "clock-2"):
        processes.start(name, [sys.executable, "manage.py", "publish_due", "--follow"])
    try:
        for count in (10, max(20, int(200 * scale()))):
            stories = [approved(number + n, cast=cast, where=where) for n in range(count)]
            number += count
            due = (clock.now() + timedelta(seconds=6)).replace(microsecond=0)
            for story in stories:
                schedule_release(story=story, actor=cast["chief"], due_at=due, now=clock.now())
            ids = [story.pk for story in stories]
            wait_for("all live", lambda ids=ids: ArticlePage.objects.filter(pk__in=ids, live=True).count() == len(ids), seconds=180)
            rows += _rows(StoryEvent.objects.filter(story__in=ids), ids, due, count, database)
    finally:
        processes.stop()
    report(rows)


def _rows(events: Any, ids: list[int], due: Any, count: int, database: str) -> list[dict[str, Any]]:
    late = [(event.happened_at - due).total_seconds() for event in events]
    assert len(late) == len(ids) and min(late) >= 0, "a story was early, missing or doubled"
    name = f"due → live, {count} in one second, {database}"
    return [row(f"{name}, p50", percentile(late, 0.5), "s late"), row(f"{name}, p99", percentile(late, 0.99), "s late")]


if __name__ == "__main__":
    main(sys.argv[1])
