"""Freshness: 1,000 random changes on 10,000 stories while readers read. How soon every page whose content it is shows it, what stays stale, what drifts.

Changes go the newsroom's way: an edit of a live story and a correction through desk and signature, a first publication, a withdrawal, another main section. The embedded default's own web
server and render worker work beside; the measurement asks over HTTP, as readers do.
"""

from __future__ import annotations

import http.client
import os
import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

from benchmarks.machine import ROOT, Processes, celery, manage, paper, percentile, prepare, report, row, scale, wait_for, worker

STALE_AFTER = 5.0
READERS = 2


@dataclass
class Change:
    """One change: which addresses must show or no longer show a mark, and when each first did."""

    made_at: float
    mark: str
    shows: list[str]
    hides: list[str] = field(default_factory=list)
    took: dict[str, float] = field(default_factory=dict)


def main(database: str) -> None:
    """Measure on the database of the environment."""
    prepare()
    stories, changes = max(300, int(10_000 * scale())), max(20, int(1_000 * scale()))
    manage("demo", "--stories", str(stories), "--seed", "9")
    manage("pages", "open")
    processes, port = _processes(), int(os.environ["PORT"])
    stop = threading.Event()
    try:
        wait_for("web", lambda: _status(port, "/") == 200, seconds=60)
        readers = [threading.Thread(target=_read, args=(port, number, stop, counts := [0]), daemon=True) for number in range(READERS)]
        for reader in readers:
            reader.start()
        made = _make(changes, port)
        drift = _drift()
    finally:
        stop.set()
        processes.stop()
    took = [seconds for change in made for seconds in change.took.values()]
    stale = sum(len(change.shows) + len(change.hides) - len(change.took) for change in made)
    label = f"{len(made)} changes, {stories:,} stories, {database}".replace(",", ".", 1)
    report([
        row(f"freshness p50, {label}", percentile(took, 0.5), "s"), row(f"freshness p95, {label}", percentile(took, 0.95), "s"),
        row(f"freshness, pages looked at, {label}", len(took), "pages"), row(f"stale after {STALE_AFTER:.0f} s, {label}", stale, "pages"),
        row(f"pages check, {label}", drift, "pages differ"), row(f"read meanwhile, {label}", counts[0], "pages"),
    ])  # fmt: skip
    for change in made:
        for address in {*change.shows, *change.hides} - set(change.took):
            print(f"stale: {change.mark} {'not yet on' if address in change.shows else 'still on'} {address}")
    if stale or drift:
        print(f"DOES NOT HOLD: {stale} stale, {drift} differ")
        sys.exit(1)


def _processes() -> Processes:
    processes = Processes()
    processes.start("web", paper(os.environ["PORT"]))
    processes.start("worker", worker("urgent,default,render", "urgent"))
    processes.start("slow", worker("index,poll,mail,media,render-late", "slow"))
    processes.start("beat", celery("beat", "--loglevel", "ERROR", "--pidfile="))
    return processes


def _get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _status(port: int, path: str) -> int:
    try:
        return _get(port, path)[0]
    except OSError:
        return 0


def _read(port: int, number: int, stop: threading.Event, counts: list[int]) -> None:
    """A reader who goes from page to page."""
    from newsroom.articles.addresses import story_path
    from newsroom.articles.models import ArticlePage

    chance = random.Random(number)
    paths = [story_path(story) for story in ArticlePage.objects.filter(live=True).select_related("main_section").order_by("-pk")[:2000]]
    while not stop.is_set():
        _status(port, chance.choice([*paths, "/", "/thoi-su/"]) if chance.random() < 0.8 else "/")
        counts[0] += 1
        time.sleep(0.02)


def _make(count: int, port: int) -> list[Change]:
    from tqdm import tqdm

    from benchmarks.changes import Newsroom

    newsroom, chance, made = Newsroom(), random.Random(26), []
    for number in tqdm(range(count), unit="change"):
        change = newsroom.change(number, chance, port=port, now=time.monotonic)
        _look(change, port)
        made.append(change)
    return made


def _look(change: Change, port: int) -> None:
    """Ask each affected address until it is new, or five seconds are over."""
    waiting = {address: True for address in change.shows} | {address: False for address in change.hides}
    mark = change.mark.encode()
    while waiting and time.monotonic() - change.made_at < STALE_AFTER:
        for address, wanted in list(waiting.items()):
            status, body = _get(port, address)
            if (status == 200 and mark in body) is wanted:
                change.took[address] = time.monotonic() - change.made_at
                del waiting[address]
        time.sleep(0.01)


def _drift() -> int:
    """What `pages check` finds, once everything that waits is rendered."""
    from publishing.reader.models import StoredPage

    wait_for("everything rendered", lambda: not StoredPage.objects.exclude(dirty_at=None).exists(), seconds=120)
    done = subprocess.run([sys.executable, "manage.py", "pages", "check", "--sample", "500"], cwd=ROOT, capture_output=True, text=True)
    return 0 if done.returncode == 0 else max(1, sum(line.startswith("/") for line in done.stdout.splitlines()))


if __name__ == "__main__":
    main(sys.argv[1])
