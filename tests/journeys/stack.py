"""The whole newsroom as `make run` starts it, on free ports and in a folder of its own.

`JOURNEY_ADDRESS=http://127.0.0.1:8000` uses a newsroom that runs already, for whoever writes a journey.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 400


@dataclass(frozen=True)
class Stack:
    """Where the paper is; the rehearsal platforms stand on the next port."""

    address: str

    @property
    def rehearsal(self) -> str:
        """The rehearsal platforms."""
        return f"http://127.0.0.1:{(urlsplit(self.address).port or 0) + 1}"

    def get(self, path: str, **query: str) -> requests.Response:
        """What a reader gets."""
        return requests.get(self.address + path, params=query, timeout=30)

    def all_posts(self) -> list[dict[str, Any]]:
        """Every post on the rehearsal platforms, deleted ones too."""
        found: list[dict[str, Any]] = requests.get(self.rehearsal + "/_rehearsal/posts.json", timeout=30).json()
        return found

    def posts(self, words: str) -> list[dict[str, Any]]:
        """Posts on the rehearsal platforms that hold these words."""
        return [post for post in self.all_posts() if words in post["text"]]

    def is_ready(self) -> bool:
        """Whether everything answers and the demo is in."""
        try:
            return self.get("/health/ready").status_code == 200
        except requests.RequestException:
            return False


def free_pair() -> int:
    """A port that is free together with the next one."""
    for port in range(18600, 19600, 2):
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise RuntimeError("no two free ports side by side")


def start(port: int, var: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start everything; what it says goes into `log`."""
    leave_out = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "MAKELEVEL")
    env = {name: value for name, value in os.environ.items() if name not in leave_out and "proxy" not in name.lower()}
    with log.open("wb") as out:
        return subprocess.Popen([sys.executable, "-m", "newsroom.common.serve"], cwd=ROOT, env=env | {"PORT": str(port), "NEWSROOM_VAR": str(var)}, stdout=out, stderr=out)


def stop(process: subprocess.Popen[bytes]) -> int:
    """As Ctrl-C does; the exit code."""
    process.send_signal(signal.SIGINT)
    try:
        return process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def wait_until_ready(process: subprocess.Popen[bytes], running: Stack, log: Path) -> None:
    """Wait for the demo newsroom; fails with its last words."""
    deadline = time.monotonic() + SECONDS_TO_START
    while not running.is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the newsroom did not get ready:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(1)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A demo newsroom that is ready, stopped at the end."""
    if address := os.environ.get("JOURNEY_ADDRESS"):
        yield Stack(address)
        return
    folder = tmp_path_factory.mktemp("newsroom")
    port = free_pair()
    running, log = Stack(f"http://127.0.0.1:{port}"), folder / "newsroom.log"
    process = start(port, folder / "var", log)
    try:
        wait_until_ready(process, running, log)
        yield running
    finally:
        stop(process)
