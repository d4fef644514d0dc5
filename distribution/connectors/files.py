"""Bytes of a big file as the body of a request."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from urllib3.fields import RequestField

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


@dataclass(frozen=True)
class FilePart:
    """A file of a form: in memory, or read in parts while it is sent."""

    name: str
    filename: str
    mime: str
    content: bytes | MediaFile

    @property
    def size(self) -> int:
        """Its bytes."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.size


class FormBody:
    """A form with files (multipart/form-data) that is read while it is sent: memory holds one step of a video, whatever its size."""

    def __init__(self, fields: Mapping[str, str], files: Sequence[FilePart]) -> None:
        boundary = secrets.token_hex(20)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._readers: list[io.BytesIO | Slice] = []
        self._length = 0
        for name, value in fields.items():
            self._add(f"--{boundary}\r\n{_head(name)}{value}\r\n".encode())
        for file in files:
            self._add(f"--{boundary}\r\n{_head(file.name, file.filename, file.mime)}".encode())
            self._add(file.content)
            self._add(b"\r\n")
        self._add(f"--{boundary}--\r\n".encode())

    def _add(self, content: bytes | MediaFile) -> None:
        reader = io.BytesIO(content) if isinstance(content, bytes) else Slice(content, start=0, length=content.size)
        self._readers.append(reader)
        self._length += len(content) if isinstance(content, bytes) else content.size

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        while data := self.read(STEP):
            yield data

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises LookupError where a file has become shorter."""
        while self._readers:
            if data := self._readers[0].read(STEP if size < 0 else size):
                return data
            self._readers.pop(0)
        return b""


def _head(name: str, filename: str | None = None, mime: str | None = None) -> str:
    field = RequestField(name, b"", filename=filename)
    field.make_multipart(content_type=mime)
    return field.render_headers()
