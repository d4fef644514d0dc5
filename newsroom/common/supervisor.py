"""Starts the newsroom's processes together, restarts what dies, and takes all of them down together.

Each child leads a process group of its own, so that Ctrl-C in the terminal reaches the supervisor only, and is told by the
kernel when its parent dies (Linux: PR_SET_PDEATHSIG). Where that is not enough (grandchildren: worker pools, web workers;
systems without it) a watcher process holds the read end of a pipe whose only writer is the supervisor: when the supervisor
is gone, however it went, the watcher kills every group.
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
GRACE = 7.0  # seconds from TERM to KILL; all is over within ten
LONGEST_BACKOFF = 15.0
STEADY_AFTER = 20.0


@dataclass
class Child:
    """One process: its name in the log, its command, what it needs of the environment."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    once: bool = False  # ends by itself; started again only when it fails
    niceness: int = 0  # above 0 it gives way to the others
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    failures: int = 0
    unfinished: bytes = b""  # the beginning of a line whose end has not come yet


class Supervisor:
    """Runs children until a signal. `say` receives (name, line) for every line they print; `on_death` is told whose child died."""

    def __init__(
        self, children: list[Child], *, say: Callable[[str, str], None], on_death: Callable[[Child], None] | None = None, watch_parent: bool = False
    ) -> None:
        self.children = children
        self.say = say
        self.on_death = on_death
        self.parent = os.getppid() if watch_parent else None
        self.signals = 0
        self.reason = "make"  # unless a signal says otherwise: the parent is gone
        self.selector = selectors.DefaultSelector()
        self._watcher: subprocess.Popen[bytes] | None = None
        self._pipe = -1

    def run(self) -> int:
        """Start, watch, restart; returns 0 after a clean stop. Ctrl-C and SIGTERM stop all; a second one does not wait."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.ask_to_stop)
        while not self._should_stop():
            now = time.monotonic()
            self._look_after_watcher()
            for child in self.children:
                self._look_after(child, now=now)
            self._read(timeout=0.2)
        return self._stop_all()

    def ask_to_stop(self, number: int = 0, _frame: object = None) -> None:
        """Begin to stop; safe inside a signal handler."""
        self.signals += 1
        self.reason = signal.Signals(number).name if number else ""

    def _should_stop(self) -> bool:
        return self.signals > 0 or (self.parent is not None and os.getppid() != self.parent)

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
        self.say("run", f"{child.name} đã dừng (mã {code}), chạy lại sau {wait:.1f} giây / {child.name} ended with {code}, again in {wait:.1f} s")
        if self.on_death:
            self.on_death(child)

    def _start(self, child: Child, *, now: float) -> None:
        child.process = subprocess.Popen(  # noqa: S603  (commands are our own, fixed lists)
            child.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, process_group=0,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **child.environment}, preexec_fn=die_with_parent(os.getpid(), niceness=child.niceness),
        )  # fmt: skip
        self._tell_watcher(f"+{child.process.pid}\n")
        child.started_at = now
        if child.process.stdout:
            os.set_blocking(child.process.stdout.fileno(), False)
            self.selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _forget(self, child: Child) -> None:
        process = child.process
        if process is None:
            return
        signal_group(process.pid, signal.SIGKILL)  # what the dead leader left of its group
        process.wait()
        self._close_output(child)
        self._tell_watcher(f"-{process.pid}\n")
        child.process = None

    def _close_output(self, child: Child) -> None:
        stream = child.process.stdout if child.process else None
        if stream is None or stream.closed:
            return
        while self._print(child, stream):
            pass
        if child.unfinished:
            self.say(child.name, child.unfinished.decode(errors="replace"))
            child.unfinished = b""
        if stream in self.selector.get_map():
            self.selector.unregister(stream)
        stream.close()

    def _read(self, *, timeout: float) -> None:
        if not self.selector.get_map():
            time.sleep(timeout)
            return
        for key, _events in self.selector.select(timeout):
            stream: IO[bytes] = key.fileobj  # type: ignore[assignment]
            if self._print(key.data, stream) is None:
                self.selector.unregister(stream)  # closed by the child, which is about to be seen as ended

    def _print(self, child: Child, stream: IO[bytes]) -> bool | None:
        """Say the whole lines that arrived. True: there may be more; False: nothing for now; None: end of file."""
        try:
            chunk = os.read(stream.fileno(), 65536)
        except BlockingIOError:
            return False
        if not chunk:
            return None
        *lines, child.unfinished = (child.unfinished + chunk).split(b"\n")
        for line in lines:
            if line.strip():
                self.say(child.name, line.decode(errors="replace").rstrip().rpartition("\r")[2])
        return True

    def _look_after_watcher(self) -> None:
        if self._watcher and self._watcher.poll() is None:
            return
        if self._pipe >= 0:
            os.close(self._pipe)
        read_end, self._pipe = os.pipe()
        self._watcher = subprocess.Popen(  # noqa: S603
            [sys.executable, str(Path(__file__).with_name("watcher.py"))], stdin=read_end, stdout=subprocess.DEVNULL, process_group=0, cwd="/"
        )
        os.close(read_end)
        for child in self.children:
            if child.process:
                self._tell_watcher(f"+{child.process.pid}\n")

    def _tell_watcher(self, line: str) -> None:
        try:
            os.write(self._pipe, line.encode())
        except BrokenPipeError:
            pass  # it was killed; the next round starts another and tells it everything

    def _stop_all(self) -> int:
        """TERM to each child, KILL to the groups of those that do not end within the grace."""
        self.say("run", f"Đang dừng tất cả ({self.reason}) … / Stopping …")
        asked = self.signals
        running = [child for child in self.children if child.process]
        for child in running:
            if child.process:
                child.process.terminate()
        until = time.monotonic() + GRACE
        while time.monotonic() < until and self.signals <= max(asked, 1) and any(_lives(child) for child in running):
            self._read(timeout=0.1)
        for child in running:
            self._forget(child)
        os.close(self._pipe)
        if self._watcher:
            self._watcher.wait(timeout=5)
        self.say("run", "Đã dừng tất cả. / All stopped.")
        return 0


def _lives(child: Child) -> bool:
    return child.process is not None and child.process.poll() is None


def die_with_parent(parent: int, *, niceness: int = 0) -> Callable[[], None]:
    """For `preexec_fn`: ask the kernel for a KILL when the process `parent` dies (Linux; the watcher covers the rest)."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def ask() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died between the fork and the call above
            os._exit(1)
        if niceness:
            os.nice(niceness)

    return ask


def signal_group(leader: int, number: int) -> None:
    """Send a signal to a whole process group; one that is gone already is fine."""
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        pass
