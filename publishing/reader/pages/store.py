"""The files: one folder a generation, the page and its .br and .gz twins, replaced by renaming; and the pages kept for a day without the application.

    <root>/current -> generations/<name>     what readers get
    <root>/kept/                             what they get when the application is dead: the last state of what left `current`
    <root>/locks/                            one render at a time of an address, over all processes that share the folder
"""

from __future__ import annotations

import fcntl
import gzip
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from pathlib import Path

import brotli

from publishing.reader.pages.addresses import STORY, file_name

TWINS = (".br", ".gz")
WAIT_SECONDS = 8.0
LOCKS = 512
FIRST = "first"


class Busy(Exception):
    """Another process is still at it."""


class PageStore:
    """The stored pages of one paper."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.current, self.kept = root / "current", root / "kept"

    def generation(self) -> str:
        """Name of the generation that readers get; empty before the first."""
        try:
            return Path(os.readlink(self.current)).name
        except OSError:
            return ""

    def open_generation(self, name: str) -> None:
        """Switch readers to an empty generation; the pages of the last one are kept for when the application is dead."""
        before = self.generation()
        (self.root / "generations" / name).mkdir(parents=True, exist_ok=True)
        (self.root / "locks").mkdir(exist_ok=True)
        link = self.root / f".{name}.link"
        link.unlink(missing_ok=True)
        link.symlink_to(Path("generations") / name)
        link.replace(self.current)
        if before and before != name:
            self._keep_all(self.root / "generations" / before)

    def _keep_all(self, old: Path) -> None:
        """The old generation takes the place of what was kept; what was kept and not rendered since stays beside it."""
        for file in old.rglob("*"):
            if file.is_file():
                self._move(file, self.kept / file.relative_to(old))
        shutil.rmtree(old, ignore_errors=True)

    def lock(self, address: str, *, wait_seconds: float = WAIT_SECONDS) -> AbstractContextManager[None]:
        """One at a time for an address. Raises Busy."""
        number = int.from_bytes(sha256(address.encode()).digest()[:4], "big") % LOCKS
        return self._hold(f"{number:03}", wait_seconds)

    def rendering(self, *, wait_seconds: float) -> AbstractContextManager[None]:
        """One at a time renders what waits, over all workers. Raises Busy."""
        return self._hold("rendering", wait_seconds)

    @contextmanager
    def _hold(self, name: str, wait_seconds: float) -> Iterator[None]:
        """The kernel frees it when a process dies."""
        (self.root / "locks").mkdir(parents=True, exist_ok=True)
        with open(self.root / "locks" / name, "ab") as file:
            until = time.monotonic() + wait_seconds
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= until:
                        raise Busy(name) from None
                    time.sleep(0.005)
            yield

    def path(self, address: str) -> Path:
        """The file of a storable address."""
        return Path(f"{self.current}{file_name(address)}")

    def read(self, address: str) -> bytes | None:
        """The stored page."""
        try:
            return self.path(address).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, address: str, body: bytes) -> None:
        """Replace the page and its twins. The page comes last: a reader never gets new bytes with an old twin for long, and never half of one."""
        target = Path(f"{self.current.resolve(strict=True)}{file_name(address)}")
        target.parent.mkdir(parents=True, exist_ok=True)
        # nginx makes its ETag of the second and the length: two states of a page must differ in one of them.
        moment = self._later_than(target)
        for suffix, content in ((".br", brotli.compress(body, quality=5)), (".gz", gzip.compress(body, 6, mtime=0)), ("", body)):
            self._put(target.with_name(target.name + suffix), content, moment)

    def _later_than(self, target: Path) -> int:
        now = int(time.time())
        try:
            return max(now, int(target.stat().st_mtime) + 1)
        except OSError:
            return now

    def _put(self, target: Path, content: bytes, moment: int) -> None:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                os.fchmod(file.fileno(), 0o644)
            os.utime(name, (moment, moment))
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def remove(self, address: str) -> None:
        """No longer there for anybody, with or without the application."""
        for tree in (self.current, self.kept):
            for suffix in ("", *TWINS):
                _unlink(Path(f"{tree}{file_name(address)}{suffix}"))

    def remove_story(self, story_id: int) -> None:
        """Every address that ever showed a story, in both trees, and the kept lists and fronts that may name it."""
        for tree in (self.current, self.kept):
            for file in [*tree.glob(f"*/*-a{story_id}.html*"), *tree.glob(f"*/a{story_id}.html*")]:
                _unlink(file)
        for file in self.kept.rglob("*"):
            if file.is_file() and not STORY.fullmatch("/" + str(file.relative_to(self.kept)).removesuffix(".br").removesuffix(".gz")):
                _unlink(file)

    def keep(self, address: str) -> None:
        """Out of what readers get, into what they get when the application is dead."""
        for suffix in ("", *TWINS):
            name = file_name(address) + suffix
            self._move(Path(f"{self.current}{name}"), Path(f"{self.kept}{name}"))

    def _move(self, file: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.replace(file, target)
        except FileNotFoundError:
            pass

    def forget_kept(self) -> None:
        """Nothing is left for a dead application to show: a killed story may stand in any of it."""
        shutil.rmtree(self.kept, ignore_errors=True)

    def sizes(self) -> dict[str, int]:
        """Pages and bytes, of readers' tree and of the kept one."""
        found: dict[str, int] = {}
        for name, tree in (("current", self.current), ("kept", self.kept)):
            files = [file.stat().st_size for file in tree.rglob("*") if file.is_file() and file.suffix not in TWINS]
            found |= {f"{name} pages": len(files), f"{name} bytes": sum(files)}
        return found


def _unlink(file: Path) -> None:
    try:
        file.unlink()
    except (FileNotFoundError, NotADirectoryError):
        pass
