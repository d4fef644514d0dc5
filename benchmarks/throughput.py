"""Deliveries a second: stories for five channels at once, real workers and queue, three rehearsal processes; and how long a post takes from its event under that load."""

from __future__ import annotations

import os
import secrets
import sys
import time
from typing import Any

import requests

from benchmarks.first_byte import _answers
from benchmarks.machine import Processes, celery, free_ports, percentile, prepare, rehearsal, report, row, scale, wait_for, worker

CHANNELS = 5


def main(database: str) -> None:
    """Measure on the database of the environment."""
    prepare()
    from benchmarks.stories import approved, people, section
    from distribution.deliveries.models import Delivery
    from newsroom.common import clock
    from publishing.releases.services import release_now

    processes = Processes()
    try:
        keys = _connect(_rehearsals(processes))
        cast = people()
        where, stories = section(cast["chief"]), max(10, int(200 * scale()))
        made = [approved(number, cast=cast, where=where, channels={key: f"Lời dẫn số {number}" for key in keys}) for number in range(stories)]
        processes.start("beat", celery("beat", "--loglevel", "ERROR", "--pidfile="))
        for name in ("urgent", "commit"):
            processes.start(name, worker("urgent,default,index" if name == "urgent" else "commit", name))
        began = time.monotonic()
        for story in made:
            release_now(story=story, actor=cast["chief"], now=clock.now())
        done = Delivery.objects.filter(operation="publish", state="published")
        wait_for("all posted", lambda: done.count() == stories * len(keys), seconds=900)
        took = time.monotonic() - began
    finally:
        processes.stop()
    waits = [(row.commit_intent_at - row.event.happened_at).total_seconds() for row in done.select_related("event") if row.commit_intent_at]
    name = f"throughput, {len(keys)} channels × {stories} stories, {database}"
    report([
        row(f"{name}: deliveries", stories * len(keys) / took, "a second"), row(f"{name}: event → call, p50", percentile(waits, 0.5), "s"),
        row(f"{name}: event → call, p95", percentile(waits, 0.95), "s"),
    ])  # fmt: skip


def _rehearsals(processes: Processes) -> list[str]:
    """Three platforms, each with Pages of its own."""
    more = free_ports()
    ports, found = (int(os.environ["PORT"]) + 1, more, more + 1), []
    for number, port in enumerate(ports):
        folder = os.path.join(os.environ["NEWSROOM_VAR"], f"platform-{number}")
        processes.start(f"rehearsal-{number}", rehearsal(port, folder))
        found.append(f"http://127.0.0.1:{port}")
    for address in found:
        wait_for("rehearsal", lambda address=address: _answers(address), seconds=30)
    return found


def _connect(addresses: list[str]) -> list[str]:
    """Every Page of each, through the true log-in, until there are five channels. Their keys."""
    from django.conf import settings

    from distribution.channels import connecting, demo
    from distribution.channels.models import Account
    from newsroom.common import clock

    keys: list[str] = []
    for address in addresses:
        settings.REHEARSAL_ADDRESS = address
        card: dict[str, Any] = requests.get(f"{address}/_rehearsal/demo.json", timeout=10).json()["facebook"]
        way = {"kind": "facebook_page", "redirect_uri": "http://127.0.0.1:9/admin/channels/back/", "verifier": secrets.token_urlsafe(48)}
        code = demo._consent(connecting.start(**way, state=demo.STATE, rehearsal=True), email=card["email"], password=card["password"])["code"]
        for choice in connecting.choices(**way, code=code, rehearsal=True):
            if len(keys) == CHANNELS:
                return keys
            account = connecting.finish(kind="facebook_page", choice=choice, actor=None, now=clock.now(), key=f"kenh-{len(keys)}", name=choice.name, rehearsal=True)
            Account.objects.filter(pk=account.pk).update(settings={**account.settings, "minimum_gap": 0, "allowed_origins": [address]})
            keys.append(account.key)
    return keys


if __name__ == "__main__":
    main(sys.argv[1])
