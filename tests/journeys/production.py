"""The newsroom as docker/compose.yml runs it, on Debian's services and a real Elasticsearch: the same processes, commands, settings and nginx configuration.

Where there is no container engine this is what production is tested with. The rehearsal platforms are added, and the demo, for people to play.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from benchmarks.machine import Postgres, free_ports
from benchmarks.nginx import Nginx
from tests import services
from tests.elasticsearch_node import Node
from tests.journeys.stack import ROOT, Stack, free_pair

ENTRY = ROOT / "docker" / "entrypoint.sh"
OURS = ("web", "worker-urgent", "worker-commit", "worker-slow", "worker-upload", "worker-media", "beat", "publish_due")
SECONDS_TO_START = 300


class Production:
    """All processes of one paper. `front` is nginx; each other process can be stopped and started again by its name in compose."""

    def __init__(self, folder: Path, *, elasticsearch: str) -> None:
        self.folder, self.var = folder, folder / "var"
        self.port, self.web = free_pair(), free_ports()
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        postgres = Postgres.start()
        assert postgres, services.NO_POSTGRES
        self.postgres = postgres
        self.environment = self._environment(elasticsearch)
        self.commands = {name: [str(ENTRY), *map(str, words)] for name, words in _compose_commands().items()}
        self.nginx: Nginx | None = None

    @property
    def stack(self) -> Stack:
        """The paper as people meet it."""
        return Stack(f"http://127.0.0.1:{self.port}")

    def _environment(self, elasticsearch: str) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if "proxy" not in name.lower() and name not in ("MAKELEVEL", "DJANGO_SETTINGS_MODULE")}
        return own | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "DJANGO_SETTINGS_MODULE": "newsroom.config.settings.production", "NEWSROOM_VAR": str(self.var),
            "PORT": str(self.web), "WEB_PROCESSES": "1", "PAPER_ADDRESS": f"http://127.0.0.1:{self.port}", "ALLOWED_HOSTS": "127.0.0.1", "NEWSROOM_WEB": f"http://127.0.0.1:{self.web}",
            "DATABASE_URL": self.postgres.url, "REDIS_URL": self.postgres.redis_url, "ELASTICSEARCH_URL": elasticsearch, "ELASTICSEARCH_PREFIX": f"production-{self.port}",
            "SECRET_KEY": "khoa-cua-mot-lan-chay-thu-khong-dung-o-dau-ca-0123456789", "NEWSROOM_SECRETS_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            "NEWSROOM_REHEARSAL": "true", "NEWSROOM_DEMO": "true", "REHEARSAL_ADDRESS": f"http://127.0.0.1:{self.port + 1}", "OAUTHLIB_INSECURE_TRANSPORT": "1", "REHEARSAL_TIKTOK_HOOK": f"http://127.0.0.1:{self.port}/hooks/tiktok/", "LOG_LEVEL": "WARNING",
        }  # fmt: skip

    def open(self) -> None:
        """From nothing to a paper that is ready."""
        self.var.mkdir(parents=True)
        self.run("prepare")
        rehearsal = [sys.executable, "-m", "distribution.rehearsal", "--host", "127.0.0.1", "--port", str(self.port + 1), "--var", str(self.var)]
        self.commands["rehearsal"] = rehearsal
        for name in ("rehearsal", *OURS):
            self.start(name)
        self.nginx = Nginx.start(folder=self.folder / "nginx", port=self.port, upstream=f"127.0.0.1:{self.web}", var=self.var)
        self.run("manage", "demo")
        self.wait_until_ready()

    def run(self, *words: str) -> str:
        """One command in the newsroom's environment; what it said."""
        done = subprocess.run([str(ENTRY), *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=400)
        assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-3000:])
        return done.stdout

    def start(self, name: str) -> None:
        """Start a process of compose."""
        log = (self.folder / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(self.commands[name], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True)

    def kill(self, name: str) -> None:
        """kill -9, the whole group."""
        process = self.running.pop(name)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()

    def wait_until_ready(self) -> None:
        """Wait for /health/ready through nginx; fails with what is missing."""
        until = time.monotonic() + SECONDS_TO_START
        while not self.stack.is_ready():
            dead = {name for name, process in self.running.items() if process.poll() is not None}
            assert not dead and time.monotonic() < until, (dead, self.stack.get("/health/ready").text, [(self.folder / f"{name}.log").read_text()[-1500:] for name in dead])
            time.sleep(1)

    def stop(self) -> None:
        """Everything."""
        for name in list(self.running):
            self.kill(name)
        if self.nginx:
            self.nginx.stop()
        self.postgres.stop()


def _compose_commands() -> dict[str, list[str]]:
    """What each process of ours is started with, read from the compose file itself."""
    compose = yaml.safe_load((ROOT / "docker" / "compose.yml").read_text())
    return {name: compose["services"][name]["command"] for name in OURS}


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory, elasticsearch_node: Node) -> Iterator[Production]:
    """A paper in production, ready; stopped at the end."""
    made = Production(tmp_path_factory.mktemp("production"), elasticsearch=elasticsearch_node.url)
    try:
        made.open()
        yield made
    finally:
        made.stop()
