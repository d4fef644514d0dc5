"""Bytes of a big file as the body of a request."""

from __future__ import annotations

from collections.abc import Iterator

from distribution.connectors.base import MediaFile

STEP = 256 * 1024


class Slice:
    """A part of the file, read in steps while it is sent: whatever the part's size, memory holds one step.

    Raises LookupError where the file has become shorter.
    """

    def __init__(self, file: MediaFile, *, start: int, length: int) -> None:
        self._file, self._at, self._end, self._length = file, start, start + length, length
        self._held = b""

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        while data := self.read(STEP):
            yield data

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        if not self._held and self._at < self._end:
            wanted = min(STEP, self._end - self._at)
            self._held = self._file.part(self._at, wanted)
            if len(self._held) != wanted:
                raise LookupError("the file has become shorter")
            self._at += wanted
        size = len(self._held) if size < 0 else size
        data, self._held = self._held[:size], self._held[size:]
        return data
