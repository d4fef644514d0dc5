"""Stories rendered a second: ours against a bare WSGI answer with the same bytes on the same server, and against a stock Wagtail page."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from benchmarks.machine import ROOT, Processes, manage, prepare, report, row, scale, wait_for

THREADS, SECONDS = 4, 6.0


def main(database: str) -> None:
    """Measure one after the other on the same machine, same server, same clients."""
    prepare()
    os.environ["NEWSROOM_REHEARSAL"] = "0"
    count = max(60, int(200 * scale()))
    manage("demo", "--stories", str(count), "--seed", "3")
    from newsroom.articles.addresses import story_path
    from newsroom.articles.models import ArticlePage

    stories = ArticlePage.objects.filter(live=True).select_related("main_section").order_by("-pk")[:count]
    ours = [story_path(story) for story in stories]
    made = subprocess.run([sys.executable, "-m", "benchmarks.stock_wagtail.make", str(count)], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    stock = json.loads(made.stdout.strip().splitlines()[-1])
    port = int(os.environ["PORT"])
    rates = {"ours": _rate("newsroom.config.wsgi:application", port, ours)}
    Path(os.environ["NEWSROOM_VAR"], "bare.html").write_bytes(_body_of(ours[0], port))
    rates["bare"] = _rate("benchmarks.bare:application", port, ours)
    rates["stock"] = _rate("benchmarks.stock_wagtail.wsgi:application", port, stock)
    report([
        row("stories rendered, ours", rates["ours"], "pages/s", baseline="a bare WSGI answer", ratio=rates["ours"] / rates["bare"]),
        row("stories rendered, against stock Wagtail", rates["ours"], "pages/s", baseline="a stock Wagtail page", ratio=rates["ours"] / rates["stock"]),
        row("stock Wagtail page", rates["stock"], "pages/s"), row("bare WSGI answer", rates["bare"], "pages/s"),
    ])  # fmt: skip


def _serve(target: str, port: int) -> Processes:
    processes = Processes()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-ws"]
    processes.start("web", [*command, "--log-level", "error", target])
    wait_for("web", lambda: _answers(port), seconds=40)
    return processes


def _answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/nothing-here")
        return connection.getresponse().status > 0
    except OSError:
        return False


def _body_of(path: str, port: int) -> bytes:
    processes = _serve("newsroom.config.wsgi:application", port)
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        processes.stop()


def _rate(target: str, port: int, paths: list[str]) -> float:
    processes = _serve(target, port)
    try:
        _visit_each(port, paths)  # the first visit of a page cuts its pictures
        done = _drive(port, paths, seconds=SECONDS)
    finally:
        processes.stop()
    return done / SECONDS


def _visit_each(port: int, paths: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for path in paths:
        connection.request("GET", path)
        connection.getresponse().read()


def _drive(port: int, paths: list[str], *, seconds: float) -> int:
    done, wrong, until = [0] * THREADS, [], time.monotonic() + seconds

    def client(number: int) -> None:
        connection, at = http.client.HTTPConnection("127.0.0.1", port, timeout=30), number
        while time.monotonic() < until:
            connection.request("GET", paths[at % len(paths)])
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                wrong.append((answer.status, paths[at % len(paths)]))
            done[number] += 1
            at += THREADS

    clients = [threading.Thread(target=client, args=(number,)) for number in range(THREADS)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    assert not wrong, wrong[:3]
    return sum(done)


if __name__ == "__main__":
    main(sys.argv[1])
