"""Event → first byte at the platform: real worker, real queue, rehearsal platform; idle queues, one story at a time."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import Any

import requests

from benchmarks.machine import Processes, percentile, prepare, rehearsal, report, row, scale, wait_for, worker


def main(database: str) -> None:
    """Measure with the queue of the environment."""
    prepare()
    from benchmarks.stories import approved, people, section
    from distribution.channels.demo import connect
    from distribution.channels.models import Account
    from newsroom.common import clock
    from publishing.releases.services import release_now

    address = f"http://127.0.0.1:{int(os.environ['PORT']) + 1}"
    processes = Processes()
    processes.start("rehearsal", rehearsal(address.rsplit(":", 1)[1], os.environ["NEWSROOM_VAR"]))
    processes.start("commit", worker("commit,urgent,default,index", "commit"))
    try:
        wait_for("rehearsal", lambda: _answers(address), seconds=30)
        account = connect(now=clock.now())
        Account.objects.filter(pk=account.pk).update(settings={**account.settings, "minimum_gap": 0})
        cast = people()
        where, happened = section(cast["chief"]), {}
        for number in range(max(10, int(40 * scale()))):
            story = approved(number, cast=cast, where=where, channels={account.key: f"Lời dẫn số {number}"})
            event = release_now(story=story, actor=cast["chief"], now=clock.now())
            happened[f"Lời dẫn số {number}"] = event.happened_at
            wait_for("posted", lambda n=number: len(_posts(address)) > n, seconds=30)
    finally:
        posts = _posts(address)
        processes.stop()
    took = [(datetime.fromisoformat(post["created_at"]) - happened[post["text"]]).total_seconds() for post in posts]
    report([row(f"event → post, {database}, p50", percentile(took, 0.5), "s"), row(f"event → post, {database}, p95", percentile(took, 0.95), "s")])


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/_rehearsal/health", timeout=2).ok
    except requests.RequestException:
        return False


def _posts(address: str) -> list[dict[str, Any]]:
    return [post for post in requests.get(f"{address}/_rehearsal/posts.json", timeout=5).json() if post["state"] == "published"]


if __name__ == "__main__":
    main(sys.argv[1])
