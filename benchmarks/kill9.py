"""The proof: two clocks and two workers killed at random (kill -9) while stories fall due and answers are lost.

Each story must be live exactly once with one event, none early, no post doubled, none lost.
"""

from __future__ import annotations

import collections
import os
import random
import sys
import time
from datetime import timedelta
from typing import Any

import requests

from benchmarks.first_byte import _answers, _posts
from benchmarks.machine import Processes, celery, prepare, report, row, scale, wait_for, worker

STEADY = ("rehearsal", "beat")
FAULTS = ("lost_answer", "error_after", "error_before")


def main(database: str) -> None:
    """Prove on the database of the environment."""
    stories = max(10, int(200 * scale()))
    rows, faults = prove(stories=stories, over_seconds=max(8.0, 20 * scale()), kills=max(6, int(40 * scale())), seed=int(os.environ.get("SEED") or 26), label=database)
    report(rows)
    if faults:
        print("DOES NOT HOLD: " + "; ".join(faults))
        sys.exit(1)


def prove(*, stories: int, over_seconds: float, kills: int, seed: int, label: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Run it; rows of figures and what does not hold."""
    prepare()
    chance, address = random.Random(seed), f"http://127.0.0.1:{int(os.environ['PORT']) + 1}"
    processes = _processes(address)
    try:
        wait_for("rehearsal", lambda: _answers(address), seconds=30)
        account = _account()
        due = _schedule(stories, account.key, over_seconds)
        killed, answers_lost = _kill_at_random(processes, chance, address, kills=kills, until=max(due.values()) + timedelta(seconds=5))
        _wait_for_the_end(stories)
        return _judge(due, _posts(address), killed, answers_lost, label)
    finally:
        processes.stop()


def _processes(address: str) -> Processes:
    processes = Processes()
    processes.start("rehearsal", [sys.executable, "-m", "distribution.rehearsal", "--port", address.rsplit(":", 1)[1], "--var", os.environ["NEWSROOM_VAR"]])
    processes.start("beat", celery("beat", "--loglevel", "ERROR", "--pidfile="))
    for number in (1, 2):
        processes.start(f"clock-{number}", [sys.executable, "manage.py", "publish_due", "--follow"])
        processes.start(f"worker-{number}", worker("commit,urgent,default,index,poll,mail", f"w{number}"))
    return processes


def _account() -> Any:
    from distribution.channels.demo import connect
    from distribution.channels.models import Account
    from newsroom.common import clock

    account = connect(now=clock.now())
    Account.objects.filter(pk=account.pk).update(settings={**account.settings, "minimum_gap": 0, "settle_seconds": 3})
    return account


def _schedule(stories: int, key: str, over_seconds: float) -> dict[int, Any]:
    from benchmarks.stories import approved, people, section
    from newsroom.common import clock
    from publishing.releases.services import schedule_release

    cast = people()
    where = section(cast["chief"])
    made = [approved(number, cast=cast, where=where, channels={key: f"Lời dẫn riêng của bài {number}"}) for number in range(stories)]
    begin, due = clock.now() + timedelta(seconds=max(4.0, stories * 0.06)), {}
    for number, story in enumerate(made):
        due[story.pk] = begin + timedelta(seconds=over_seconds * number / stories)
        schedule_release(story=story, actor=cast["chief"], due_at=due[story.pk], now=clock.now())
    return due


def _kill_at_random(processes: Processes, chance: random.Random, address: str, *, kills: int, until: Any) -> tuple[int, int]:
    """Kill, and between kills let the platform lose an answer here and there: all at once would only open the channel's breaker. How many of each."""
    from newsroom.common import clock

    killed = lost = 0
    names = [name for name in processes.running if name not in STEADY]
    pause = max(0.3, (until - clock.now()).total_seconds() / kills)
    while killed < kills and clock.now() < until:
        time.sleep(chance.uniform(0.2, 2 * pause - 0.2) if pause > 0.2 else 0.2)
        processes.kill(chance.choice(names))
        killed += 1
        if killed % 2:
            asked = {"platform": "facebook", "fault": chance.choice(FAULTS), "times": 1}
            requests.post(f"{address}/_rehearsal/faults", json=asked, timeout=5).raise_for_status()
            lost += 1
    return killed, lost


def _wait_for_the_end(stories: int) -> None:
    from distribution.deliveries.models import Delivery
    from newsroom.articles.models import ArticlePage

    wait_for("all live", lambda: ArticlePage.objects.filter(live=True).count() == stories, seconds=300)
    settled = ("published", "unconfirmed", "failed", "cancelled", "expired")
    # A lease of a killed worker ends by itself after some minutes: that is part of what is proved.
    wait_for("all settled", lambda: Delivery.objects.filter(state__in=settled).count() == stories, seconds=1200)


def _judge(due: dict[int, Any], posts: list[dict[str, Any]], killed: int, answers_lost: int, label: str) -> tuple[list[dict[str, Any]], list[str]]:
    from distribution.deliveries.models import Delivery
    from publishing.events.models import StoryEvent

    events = collections.defaultdict(list)
    for event in StoryEvent.objects.all():
        events[event.story_id].append(event)
    states = collections.Counter(Delivery.objects.values_list("state", flat=True))
    texts = collections.Counter(post["text"] for post in posts)
    early = [pk for pk, moment in due.items() if any(event.happened_at < moment for event in events[pk])]
    doubled = [text for text, number in texts.items() if number > 1]
    unequal = [pk for pk in due if len(events[pk]) != 1]
    lost = len(due) - len(texts) - states["unconfirmed"]
    late = max((event.happened_at - due[pk]).total_seconds() for pk in due for event in events[pk])
    faults = [f"{what}: {found}" for what, found in (("early", early), ("doubled posts", doubled), ("not one event", unequal), ("lost posts", lost)) if found]
    name = f"kill9, {len(due)} stories, {label}"
    rows = [
        row(f"{name}: kills", killed, "kill -9"), row(f"{name}: answers lost or wrong", answers_lost, "calls"),
        row(f"{name}: live once with one event", len(due) - len(unequal), "stories"), row(f"{name}: early", len(early), "stories"),
        row(f"{name}: posts", sum(texts.values()), "posts"), row(f"{name}: posts doubled", len(doubled), "posts"), row(f"{name}: posts lost", lost, "posts"),
        row(f"{name}: unconfirmed and asked", states["unconfirmed"], "posts"), row(f"{name}: latest", late, "s late"),
    ]  # fmt: skip
    return rows, faults


if __name__ == "__main__":
    main(sys.argv[1])
