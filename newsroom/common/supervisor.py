"""Starts the newsroom's processes together, restarts what dies, and takes all of them down together.

Each child leads a process group of its own and is told by the kernel when its parent dies (Linux: PR_SET_PDEATHSIG). Where
that is not enough (grandchildren: worker pools, web workers; systems without it) a watcher process holds the read end of a
pipe whose only writer is the supervisor: when the supervisor is gone, however it went, the watcher kills every group.
"""

from __future__ import annotations

import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
GRACE = 8.0
LONGEST_BACKOFF = 15.0
STEADY_AFTER = 20.0


@dataclass
class Child:
    """One process: its name in the log, its command, what it needs of the environment."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    start_at: float = 0.0
    once: bool = False  # ends by itself; started again only when it fails


class Supervisor:
    """Runs children until a signal. `say` receives (name, line) for every line they print."""

    def __init__(self, children: list[Child], *, say: Callable[[str, str], None], folder: Path) -> None:
        self.children = children
        self.say = say
        self.folder = folder
        self.stopping = False
        self.selector = selectors.DefaultSelector()
        self._watcher: subprocess.Popen[bytes] | None = None
        self._pipe = -1

    def run(self) -> int:
        """Start, watch, restart; returns 0 after a clean stop. Ctrl-C and SIGTERM stop all."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        self._start_watcher()
        while not self.stopping:
            now = time.monotonic()
            for child in self.children:
                self._look_after(child, now=now)
            self._read(timeout=0.2)
        return self._stop_all()

    def _ask_to_stop(self, *_args: object) -> None:
        self.stopping = True

    def _look_after(self, child: Child, *, now: float) -> None:
        if child.process is None:
            if now >= child.start_at:
                self._start(child, now=now)
            return
        code = child.process.poll()
        if code is None:
            if child.failures and now - child.started_at > STEADY_AFTER:
                child.failures = 0
            return
        self._forget(child)
        if child.once and code == 0:
            child.start_at = float("inf")
            return
        child.failures += 1
        wait = min(LONGEST_BACKOFF, 0.5 * 2 ** (child.failures - 1))
        child.start_at = now + wait
        self.say("run", f"{child.name} ended with {code}; it starts again in {wait:.1f} s")

    def _start(self, child: Child, *, now: float) -> None:
        child.process = subprocess.Popen(  # noqa: S603  (commands are our own, fixed lists)
            child.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, **child.environment}, preexec_fn=_die_with_parent, process_group=0,
        )  # fmt: skip
        child.started_at = now
        if child.process.stdout:
            os.set_blocking(child.process.stdout.fileno(), False)
            self.selector.register(child.process.stdout, selectors.EVENT_READ, child)
        self._tell_watcher(f"+{child.process.pid}\n")

    def _forget(self, child: Child) -> None:
        process = child.process
        if process is None:
            return
        if process.stdout:
            self._print(child, process.stdout)
            self.selector.unregister(process.stdout)
            process.stdout.close()
        _signal_group(process.pid, signal.SIGKILL)  # what the dead leader left of its group
        self._tell_watcher(f"-{process.pid}\n")
        child.process = None

    def _read(self, *, timeout: float) -> None:
        if not self.selector.get_map():
            time.sleep(timeout)
            return
        for key, _events in self.selector.select(timeout):
            self._print(key.data, key.fileobj)  # type: ignore[arg-type]

    def _print(self, child: Child, stream: IO[bytes]) -> None:
        try:
            text = os.read(stream.fileno(), 65536)
        except (BlockingIOError, ValueError):
            return
        for line in text.decode(errors="replace").splitlines():
            if line.strip():
                self.say(child.name, line)
        if not text:
            time.sleep(0.05)  # end of file: the process is about to be seen as ended

    def _start_watcher(self) -> None:
        read_end, self._pipe = os.pipe()
        self._watcher = subprocess.Popen(  # noqa: S603
            [sys.executable, str(Path(__file__).with_name("watcher.py"))], stdin=read_end, stdout=subprocess.DEVNULL, process_group=0, cwd="/"
        )
        os.close(read_end)

    def _tell_watcher(self, line: str) -> None:
        try:
            os.write(self._pipe, line.encode())
        except OSError:
            self.say("run", "the watcher is gone")

    def _stop_all(self) -> int:
        """TERM to each child, KILL to the groups of those that do not end within the grace."""
        self.say("run", "stopping")
        running = [child for child in self.children if child.process]
        for child in running:
            if child.process:
                child.process.terminate()
        until = time.monotonic() + GRACE
        while time.monotonic() < until and any(child.process and child.process.poll() is None for child in running):
            self._read(timeout=0.1)
        for child in running:
            self._forget(child)
        os.close(self._pipe)
        if self._watcher:
            self._watcher.wait(timeout=5)
        self.say("run", "all stopped")
        return 0


def _die_with_parent() -> None:
    """Ask the kernel for a KILL when the parent dies (Linux only; the watcher covers the rest)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _signal_group(leader: int, number: int) -> None:
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        pass
