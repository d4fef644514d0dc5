"""500 story addresses: stored by nginx against the same bytes as plain files, stored on the embedded default against a bare WSGI answer, rendered against bare.

`PEER=https://…` (an address of any other site that you may load) is put beside them. wrk drives where it is there, else threads of Python.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.machine import Processes, free_ports, manage, prepare, report, row, scale, wait_for
from benchmarks.nginx import Nginx

SECONDS, CLIENTS, ROUNDS = 4.0, 16, 4
HEADERS = {"Accept-Encoding": "br"}


def main(_database: str) -> None:
    """Store the pages, then measure each way several times in turn and take the best of each: one machine, one run."""
    prepare()
    count = max(50, int(500 * scale()))
    manage("demo", "--stories", str(count + 40), "--seed", "3")
    paths = _store(count)
    var, port, nginx_port = Path(os.environ["NEWSROOM_VAR"]), int(os.environ["PORT"]), free_ports()
    plain = _plain_files(var, paths)
    _bare_answer(var, paths[0], port)
    rates: dict[str, float] = {}
    nginx = Nginx.start(folder=var / "nginx", port=nginx_port, upstream=f"127.0.0.1:{port}", var=var, plain=plain)
    try:
        for _round in range(ROUNDS):
            for name, where in (("nginx, stored", nginx_port), ("nginx, plain files", nginx_port + 1)):
                rates[name] = max(rates.get(name, 0.0), _drive(f"http://127.0.0.1:{where}", paths))
    finally:
        nginx.stop()
    for _round in range(ROUNDS):
        for name, target in (("embedded, stored", "publishing.reader.pages.wsgi:application"), ("bare WSGI answer", "benchmarks.bare:application")):
            rates[name] = max(rates.get(name, 0.0), _served(target, port, paths))
    rates["rendered"] = _served("newsroom.config.wsgi:application", port, paths)
    rows = [
        row("stored pages, nginx", rates["nginx, stored"], "pages/s", baseline="plain files, nginx", ratio=rates["nginx, stored"] / rates["nginx, plain files"]),
        row("stored pages, embedded", rates["embedded, stored"], "pages/s", baseline="a bare WSGI answer", ratio=rates["embedded, stored"] / rates["bare WSGI answer"]),
        row("rendered pages, for the same addresses", rates["rendered"], "pages/s", baseline="a bare WSGI answer", ratio=rates["rendered"] / rates["bare WSGI answer"]),
        row("plain files, nginx", rates["nginx, plain files"], "pages/s"), row("bare WSGI answer, same bytes", rates["bare WSGI answer"], "pages/s"),
    ]  # fmt: skip
    report(rows + _peer())


def _store(count: int) -> list[str]:
    from newsroom.articles.addresses import story_path
    from newsroom.articles.models import ArticlePage
    from newsroom.common import clock
    from publishing.reader.pages import services

    if not services.store().generation():
        services.store().open_generation("measured")
    stories = ArticlePage.objects.filter(live=True).select_related("main_section").order_by("-pk")[:count]
    paths = [story_path(story) for story in stories]
    for path in paths:
        services.make(path, now=clock.now())
    return paths


def _plain_files(var: Path, paths: list[str]) -> Path:
    """The same bytes where nothing is decided: the page in its .gz twin's place too, so that both servers send as many bytes."""
    plain = var / "plain"
    for path in paths:
        target = plain / path[1:]
        target.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("", ".gz", ".br"):
            shutil.copyfile(f"{var}/pages/current{path}{suffix}", f"{target}{suffix}")
    return plain


def _bare_answer(var: Path, path: str, port: int) -> None:
    """The same bytes with the same headers."""
    from publishing.reader.pages.wsgi import Page

    more = list(json.loads((var / "pages" / "headers.json").read_text()).items())
    headers, _same, body = Page(path, f"{var}/pages/current{path}", more).answers["br"]
    (var / "bare.html").write_bytes(b"".join(body))
    (var / "bare.json").write_text(json.dumps(headers))


def _served(target: str, port: int, paths: list[str]) -> float:
    processes = Processes()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-ws"]
    processes.start("web", [*command, "--log-level", "error", target])
    try:
        wait_for("web", lambda: _answers(port), seconds=40)
        return _drive(f"http://127.0.0.1:{port}", paths)
    finally:
        processes.stop()


def _answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/nothing-here")
        return connection.getresponse().status > 0
    except OSError:
        return False


def _drive(address: str, paths: list[str], *, seconds: float = SECONDS) -> float:
    """Pages a second. The first round over all addresses is not counted: files and memory are warm in every case."""
    for path in paths:
        _one(address, path)
    return _wrk(address, paths, seconds) if shutil.which("wrk") else _threads(address, paths, seconds)


def _one(address: str, path: str) -> None:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request("GET", path, headers=HEADERS)
    answer = connection.getresponse()
    assert answer.status == 200, (address, path, answer.status)
    answer.read()
    connection.close()


def _wrk(address: str, paths: list[str], seconds: float) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        listed = ",".join(f'"{path}"' for path in paths)
        script.write(f"local paths={{{listed}}}\nlocal n=0\nrequest=function() n=n+1 return wrk.format('GET', paths[n % #paths + 1], {{['Accept-Encoding']='br'}}) end\n")
        script.flush()
        said = subprocess.run(["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds:.0f}s", "-s", script.name, address], check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in said, said
    return float(said.rsplit("Requests/sec:", 1)[1].split()[0])


def _threads(address: str, paths: list[str], seconds: float) -> float:
    parts, done, until = urlsplit(address), [0] * 4, time.monotonic() + seconds

    def client(number: int) -> None:
        connection, at = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30), number
        while time.monotonic() < until:
            connection.request("GET", paths[at % len(paths)], headers=HEADERS)
            connection.getresponse().read()
            done[number], at = done[number] + 1, at + 4

    clients = [threading.Thread(target=client, args=(number,)) for number in range(4)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    return sum(done) / seconds


def _peer() -> list[dict[str, Any]]:
    peer = os.environ.get("PEER")
    if not peer:
        return []
    parts = urlsplit(peer)
    return [row(f"peer {parts.hostname}", _drive(f"{parts.scheme}://{parts.netloc}", [parts.path or "/"]), "pages/s")]


if __name__ == "__main__":
    main(sys.argv[1])
