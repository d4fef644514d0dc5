"""What a post may be made of: pictures, videos, pieces of a body, and where their bytes are read from. Part of the contract of `base`, which names them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Picture:
    """A picture that a payload may carry: a key to ask the bytes by, what it shows, its size in pixels."""

    key: str
    alt: str
    credit: str
    width: int
    height: int
    address: str = ""  # where a platform that fetches pictures itself reads it: JPEG, under 1 MB; empty: nowhere


@dataclass(frozen=True)
class Caption:
    """The words of a video in one language (BCP 47), as WebVTT."""

    language: str
    name: str
    text: str


@dataclass(frozen=True)
class Video:
    """A finished video file that a payload may carry: a key to ask its bytes by, its size in bytes, its length in seconds."""

    key: str
    title: str
    size: int
    sha256: str
    duration: float
    width: int
    height: int
    poster: Picture | None = None
    captions: tuple[Caption, ...] = ()


@dataclass(frozen=True)
class Part:
    """A piece of a story's body: plain, safe HTML; of a picture also its address (as in `Picture.address`) and the words under it."""

    html: str
    picture: str = ""
    caption: str = ""


class MediaFile(Protocol):
    """A big file, read in parts so that it never is in memory as a whole."""

    size: int  # bytes
    mime: str

    def part(self, start: int, length: int) -> bytes:
        """`length` bytes from `start`, fewer at the end. Raises LookupError where the file is gone."""


class Media(Protocol):
    """What connectors get files from. Both raise LookupError for what is not there."""

    def read(self, key: str) -> tuple[bytes, str]:
        """The bytes of a picture and their MIME type."""

    def file(self, key: str) -> MediaFile:
        """A video, to be read in parts."""
