"""Files for channels. Pictures: JPEG, at most 2,048 pixels on the long side, under 4 MB, without what the camera wrote into the file.

Videos, and posters and the like that lie beside them, go as they are: from the default storage, a part at a time.
"""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Callable
from typing import Any, Self

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage

from newsroom.media.models import NewsImage

LONGEST = 2048
MOST_BYTES = 4 * 1024 * 1024 - 1
PREFIX = "image-"
FILE = "file:"  # before the name of a file in the default storage
RENEW_SECONDS = 5.0
START_OF_SCAN = 0xDA
METADATA = frozenset({0xE1, 0xED, 0xFE})  # EXIF and XMP, IPTC, comments
# From good to small: the first that is light enough is sent.
SPECS = tuple(f"max-{side}x{side}|format-jpeg|jpegquality-{quality}" for side, quality in ((LONGEST, 85), (LONGEST, 70), (1600, 70), (1200, 60)))


def key_of(image: NewsImage) -> str:
    """The key by which a payload names a picture."""
    return f"{PREFIX}{image.pk}"


def size_for_channels(width: int, height: int) -> tuple[int, int]:
    """Pixels of a picture after it was made fit for channels; never enlarged."""
    factor = min(1.0, LONGEST / max(width, height, 1))
    return max(1, int(width * factor)), max(1, int(height * factor))


class StoredFile:
    """A file of the default storage, read a part at a time. Raises LookupError where it is gone."""

    def __init__(self, name: str, *, before_each: Callable[[], None]) -> None:
        try:
            self._file = default_storage.open(name, "rb")
            self.size = int(self._file.size)
        except (OSError, SuspiciousOperation, ValueError) as error:
            raise LookupError(f"{name}: {error}") from error
        self.mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self._before_each, self._renewed = before_each, time.monotonic()

    def part(self, start: int, length: int) -> bytes:
        """`length` bytes from `start`. The heart beats here: every five seconds the worker renews its lease."""
        if time.monotonic() - self._renewed > RENEW_SECONDS:
            self._before_each()
            self._renewed = time.monotonic()
        try:
            self._file.seek(start)
            return bytes(self._file.read(length))
        except (OSError, ValueError) as error:
            raise LookupError(str(error)) from error

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


class RenditionMedia:
    """Reads pictures and files for connectors. `before_each` runs before a picture is made, and every five seconds while a file is read:
    the worker renews its lease there. A context: what was opened is closed at its end.
    """

    def __init__(self, *, before_each: Callable[[], None] = lambda: None) -> None:
        self._before_each = before_each
        self._open: list[StoredFile] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: Any) -> None:
        while self._open:
            self._open.pop().close()

    def file(self, key: str) -> StoredFile:
        """A video, to be read in parts. Raises LookupError."""
        if not key.startswith(FILE):
            raise LookupError(key)
        self._open.append(StoredFile(key.removeprefix(FILE), before_each=self._before_each))
        return self._open[-1]

    def read(self, key: str) -> tuple[bytes, str]:
        """The bytes of a picture and their MIME type. Raises LookupError for a picture that is gone or cannot be read."""
        self._before_each()
        if key.startswith(FILE):
            file = self.file(key)
            return file.part(0, file.size), file.mime
        image = image_of(key)
        if image is None:
            raise LookupError(key)
        return _light_enough(image), "image/jpeg"


def fitted(key: str, *, width: int, height: int) -> bytes:
    """A picture as JPEG that fits into a box, for platforms that refuse larger ones. Raises LookupError."""
    image = image_of(key)
    if image is None:
        raise LookupError(key)
    return _light_enough(image, (f"max-{width}x{height}|format-jpeg|jpegquality-85", f"max-{width}x{height}|format-jpeg|jpegquality-70"))


def light_jpeg(key: str, *, most: int) -> bytes:
    """A picture as JPEG of at most so many bytes. Raises LookupError."""
    image = image_of(key)
    if image is None:
        raise LookupError(key)
    return _light_enough(image, most=most)


def image_of(key: str) -> NewsImage | None:
    """The picture that a payload names."""
    number = key.removeprefix(PREFIX)
    return NewsImage.objects.filter(pk=int(number)).first() if key.startswith(PREFIX) and number.isdecimal() and len(number) < 19 else None


def _light_enough(image: NewsImage, specs: tuple[str, ...] = SPECS, *, most: int = MOST_BYTES) -> bytes:
    for spec in specs:
        try:
            rendition = image.get_rendition(spec)
            with rendition.file.open("rb") as file:
                content: bytes = file.read()
        except (OSError, ValueError) as error:  # the file is gone, or is no picture any more
            raise LookupError(f"{key_of(image)}: {error}") from error
        if len(content) <= most:
            return without_metadata(content)
    raise LookupError(f"{key_of(image)} is too large")


def without_metadata(jpeg: bytes) -> bytes:
    """The same picture without EXIF, XMP and IPTC (place, device, names); colours and pixels stay as they are. Lossless."""
    kept, position = bytearray(jpeg[:2]), 2
    while position + 4 <= len(jpeg) and jpeg[position] == 0xFF and jpeg[position + 1] != START_OF_SCAN:
        size = 2 + int.from_bytes(jpeg[position + 2 : position + 4], "big")
        if jpeg[position + 1] not in METADATA:
            kept += jpeg[position : position + size]
        position += size
    return bytes(kept + jpeg[position:])
