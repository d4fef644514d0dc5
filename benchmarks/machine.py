"""What measurements stand on: folders, databases and processes of their own, and rows of results."""

from __future__ import annotations

import glob
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SECRETS = {"SECRET_KEY": "only-for-measurements", "NEWSROOM_SECRETS_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}


def scale() -> float:
    """SCALE of the environment; 1 without it."""
    return float(os.environ.get("SCALE") or 1)


def row(name: str, value: float, unit: str, *, baseline: str | None = None, ratio: float | None = None) -> dict[str, Any]:
    """One line of the results."""
    return {"name": name, "value": round(value, 3), "unit": unit, "baseline": baseline, "ratio": None if ratio is None else round(ratio, 4)}


def report(rows: list[dict[str, Any]]) -> None:
    """Hand the rows to the runner."""
    print(json.dumps(rows, ensure_ascii=False), flush=True)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def free_ports() -> int:
    """A port whose next one is free as well."""
    for port in random.SystemRandom().sample(range(10_000, 32_000, 2), 200):  # below those that the system gives to outgoing calls
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise RuntimeError("no free ports")


@contextmanager
def fresh_environment(*, database_url: str, redis_url: str = "") -> Iterator[dict[str, str]]:
    """An environment with a folder of its own, removed at the end."""
    var = tempfile.mkdtemp(prefix="newsroom-measure-")
    os.chmod(var, 0o755)
    given = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL", "PORT", "NEWSROOM_VAR")}
    more = {"NEWSROOM_VAR": var, "PORT": str(free_ports()), "DJANGO_SETTINGS_MODULE": "newsroom.config.settings.dev", "NEWSROOM_DEMO": "1", "NEWSROOM_REHEARSAL": "1"}
    more |= {"OAUTHLIB_INSECURE_TRANSPORT": "1", "LOG_LEVEL": "ERROR", **SECRETS}
    if database_url:
        more["DATABASE_URL"] = database_url
    if redis_url:
        more["REDIS_URL"] = redis_url
    try:
        yield given | more
    finally:
        shutil.rmtree(var, ignore_errors=True)


@dataclass
class Postgres:
    """A PostgreSQL and a Redis for one measurement."""

    folder: Path
    port: int
    bin: str
    redis: subprocess.Popen[bytes] | None
    redis_port: int

    @classmethod
    def start(cls) -> Postgres | None:
        """Start both; None where PostgreSQL is not installed."""
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not found:
            return None
        folder, port, redis_port = Path(tempfile.mkdtemp(prefix="newsroom-pg-")), free_ports(), free_ports()
        os.chmod(folder, 0o777)
        made = cls(folder, port, found[-1], None, redis_port)
        made._as_owner(f"{made.bin}/initdb -D {folder}/data -A trust -E UTF8 --locale=C.UTF-8")
        made._as_owner(f"{made.bin}/pg_ctl -D {folder}/data -l {folder}/log -o '-p {port} -k {folder} -c synchronous_commit=on' -w start")
        if shutil.which("redis-server"):
            made.redis = subprocess.Popen(["redis-server", "--port", str(redis_port), "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL)
        return made

    def _as_owner(self, command: str) -> None:
        words = ["su", "postgres", "-s", "/bin/sh", "-c", command] if os.getuid() == 0 else ["sh", "-c", command]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/")

    @property
    def url(self) -> str:
        """For DATABASE_URL."""
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def redis_url(self) -> str:
        """For REDIS_URL."""
        return f"redis://127.0.0.1:{self.redis_port}/0" if self.redis else ""

    def stop(self) -> None:
        """Stop both, remove the folder."""
        self._as_owner(f"{self.bin}/pg_ctl -D {self.folder}/data -m immediate stop")
        if self.redis:
            self.redis.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass
class Elasticsearch:
    """The real node of ../shared/elasticsearch for one measurement; what was built stays under var/, the data does not."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls) -> Elasticsearch | None:
        """Start it and wait; None where the script or Java is missing."""
        script = (ROOT / (os.environ.get("NEWSROOM_ELASTICSEARCH_START") or "../shared/elasticsearch/start")).resolve()
        if not script.is_file() or not all(shutil.which(tool) for tool in ("java", "javac", "mvn")):
            return None
        folder, port = ROOT / "var" / "elasticsearch-bench", free_ports()
        shutil.rmtree(folder / "data", ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        log = (folder / "log").open("wb")
        process = subprocess.Popen([str(script), str(folder), str(port)], stdout=log, stderr=log, start_new_session=True)
        made = cls(folder, port, process)
        wait_for("Elasticsearch", made._answers, seconds=240)
        return made

    @property
    def url(self) -> str:
        """For ELASTICSEARCH_URL."""
        return f"http://127.0.0.1:{self.port}"

    def _answers(self) -> bool:
        assert self.process.poll() is None, f"Elasticsearch did not start: see {self.folder}/log"
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as asked:
                asked.sendall(b"GET /_cluster/health?wait_for_status=yellow HTTP/1.0\r\n\r\n")
                return b" 200 " in asked.recv(100)
        except OSError:
            return False

    def stop(self) -> None:
        """Stop it, forget the data."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.folder / "data", ignore_errors=True)


def manage(*arguments: str) -> None:
    """Run a management command in this environment."""
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def prepare() -> None:
    """An empty newsroom in this environment, and Django ready in this process."""
    import django

    manage("migrate", "--noinput", "-v", "0")
    manage("setup_newsroom")
    manage("collectstatic", "--noinput", "-v", "0")
    django.setup()


class Processes:
    """Real processes of the newsroom, each of which may be killed and comes back."""

    def __init__(self) -> None:
        self.commands: dict[str, list[str]] = {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: list[str]) -> None:
        """Start a process under a name."""
        self.commands[name] = command
        self.running[name] = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def kill(self, name: str) -> None:
        """kill -9, then start again as a supervisor would."""
        self._end(name)
        self.start(name, self.commands[name])

    def stop(self) -> None:
        """End everything."""
        for name in list(self.running):
            self._end(name)

    def _end(self, name: str) -> None:
        process = self.running.pop(name)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


def celery(*arguments: str) -> list[str]:
    """A Celery command."""
    return [sys.executable, "-m", "celery", "-q", "-A", "newsroom.config.celery", *arguments]


def worker(queues: str, name: str) -> list[str]:
    """A worker for these queues."""
    return celery("worker", "--pool", "threads", "--concurrency", "3", "--loglevel", "ERROR", "--without-gossip", "--without-mingle", "-Q", queues, "-n", f"{name}@%h")


def rehearsal(port: int | str, folder: str) -> list[str]:
    """The rehearsal platforms, with their store below a folder."""
    return [sys.executable, "-m", "distribution.rehearsal", "--port", str(port), "--var", folder]


def paper(port: int | str) -> list[str]:
    """The paper and the admin, as `make run` serves them."""
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-ws"]
    return [*web, "--log-level", "error", "publishing.reader.pages.wsgi:application"]


def wait_for(what: str, test: Any, *, seconds: float) -> None:
    """Wait until `test()` is true. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while not test():
        if time.monotonic() > until:
            raise TimeoutError(what)
        time.sleep(0.2)
