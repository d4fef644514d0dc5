"""Hashes of files, a piece at a time: a film never stands in memory as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Protocol

PIECE = 1024 * 1024  # bytes


class Readable(Protocol):
    """An open file, of a disk or of the storage."""

    def read(self, size: int, /) -> bytes:
        """The next bytes; none at the end."""
        ...


def sha256_of(file: Readable, *, beat: Callable[[int], object] = lambda size: None) -> str:
    """SHA-256 of what is left of an open file, hex; `beat` hears the size of every piece in bytes."""
    found = hashlib.sha256()
    while piece := file.read(PIECE):
        found.update(piece)
        beat(len(piece))
    return found.hexdigest()
