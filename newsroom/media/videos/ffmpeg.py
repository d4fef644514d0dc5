"""ffmpeg under limits of time, memory, file size and protocols. Which one: the setting's, the system's, else the one that imageio-ffmpeg brings (without ffprobe)."""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

LIMITED = Path(__file__).with_name("limited.py")
KEPT = 256 * 1024
TICK = 5.0
NICENESS = 10
MEGABYTE = 1024 * 1024
# Nothing but files of this machine, and of these only containers that hold all of their bytes: no playlist, no list of other files.
CLOSED = ("-protocol_whitelist", "file", "-format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,asf")


class OutOfTime(Exception):
    """The program was stopped at its limit of time."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended: its exit code and the beginning of what it said on both channels."""

    code: int
    output: str
    errors: str


def find_ffmpeg() -> str | None:
    """The program's path, or None where this machine has none."""
    if settings.FFMPEG:
        return shutil.which(settings.FFMPEG)
    if found := shutil.which("ffmpeg"):
        return found
    try:
        import imageio_ffmpeg  # optional: production has Debian's

        return imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError):
        return None


def find_ffprobe() -> str | None:
    """The ffprobe that belongs to the ffmpeg found; None: then the words of `ffmpeg -i` are read."""
    program = find_ffmpeg()
    if program is None:
        return None
    beside = Path(program).with_name("ffprobe")
    return str(beside) if beside.is_file() else None


def run(
    command: list[str], *, seconds: float, largest_file: int = 0, on_line: Callable[[str], None] | None = None, on_tick: Callable[[], None] | None = None
) -> Outcome:
    """Run a program under limits. `on_line` gets each line of its standard output, `on_tick` is called every few seconds; what they raise stops the program.

    Raises OutOfTime after `seconds`.
    """
    process = _start(command, seconds=seconds, largest_file=largest_file)
    try:
        reader = _Reader(process, on_line=on_line, on_tick=on_tick)
        reader.read(until=time.monotonic() + seconds)
        return Outcome(process.wait(timeout=TICK), reader.kept[0].decode(errors="replace"), reader.kept[1].decode(errors="replace"))
    finally:
        _end(process)


def _start(command: list[str], *, seconds: float, largest_file: int) -> subprocess.Popen[bytes]:
    limits = (settings.VIDEO_MEMORY_MEGABYTES * MEGABYTE, int(seconds * settings.VIDEO_THREADS) + 10, largest_file or MEGABYTE, NICENESS, os.getpid())
    return subprocess.Popen(  # noqa: S603  (words of our own; file names are ours too)
        [sys.executable, "-I", "-S", str(LIMITED), *map(str, limits), *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        process_group=0, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "MALLOC_ARENA_MAX": "2"},
    )  # fmt: skip


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()


class _Reader:
    """Reads both channels of a running program, keeping the beginning of each."""

    def __init__(self, process: subprocess.Popen[bytes], *, on_line: Callable[[str], None] | None, on_tick: Callable[[], None] | None) -> None:
        self.on_line, self.on_tick = on_line, on_tick
        self.kept = (bytearray(), bytearray())
        self.unfinished = b""
        self.open = selectors.DefaultSelector()
        for number, stream in enumerate((process.stdout, process.stderr)):
            assert stream is not None
            self.open.register(stream, selectors.EVENT_READ, number)

    def read(self, *, until: float) -> None:
        """Until both channels are closed. Raises OutOfTime."""
        ticked = time.monotonic()
        with self.open:
            while self.open.get_map():
                for key, _events in self.open.select(timeout=max(0.0, min(TICK, until - time.monotonic()))):
                    self._take(key.fileobj, key.data)  # type: ignore[arg-type]
                now = time.monotonic()
                if now >= until:
                    raise OutOfTime
                if self.on_tick and now - ticked >= TICK:
                    ticked = now
                    self.on_tick()

    def _take(self, stream: IO[bytes], number: int) -> None:
        data = os.read(stream.fileno(), 65536)
        if not data:
            self.open.unregister(stream)
            return
        self.kept[number].extend(data[: max(0, KEPT - len(self.kept[number]))])
        if number == 0 and self.on_line:
            *lines, self.unfinished = (self.unfinished + data).split(b"\n")
            for line in lines:
                self.on_line(line.decode(errors="replace"))
