"""Uploaded pictures: checked, kept as files named by their hash, described by a row."""

import hashlib
import io
import os
import secrets
import sqlite3
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PIL import Image

from distribution.rehearsal import clock

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "BMP": "image/bmp", "TIFF": "image/tiff", "WEBP": "image/webp"}
MAX_PIXELS = 100_000_000


class NotAPicture(Exception):
    """The bytes are no picture of a kind that platforms take."""


@dataclass(frozen=True)
class Picture:
    """A picture whose bytes are already in the media folder."""

    sha256: str
    size: int  # bytes
    mime: str
    width: int
    height: int


def keep(folder: Path, data: bytes) -> Picture:
    """Check the picture and keep its bytes under their hash. Raises NotAPicture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
                kind, width, height = image.format or "", image.width, image.height
                image.verify()
    except Exception as error:  # Pillow answers broken files with many kinds of exception
        raise NotAPicture(str(error)) from error
    if width * height > MAX_PIXELS:
        raise NotAPicture("too many pixels")
    digest = hashlib.sha256(data).hexdigest()
    write_once(folder, digest, data)
    return Picture(sha256=digest, size=len(data), mime=FORMATS[kind], width=width, height=height)


FILMS = {b"ftyp": "video/mp4", b"\x1a\x45\xdf\xa3": "video/webm"}


def film_kind(head: bytes) -> str:
    """The MIME type of a video by its first bytes; empty for what no player takes."""
    return FILMS.get(head[4:8]) or FILMS.get(head[:4]) or ""


def keep_film(folder: Path, stream: IO[bytes], *, mime: str) -> Picture:
    """Keep a video's bytes under their hash, read in steps."""
    folder.mkdir(parents=True, exist_ok=True)
    beside, digest, size = folder / f".{secrets.token_hex(8)}", hashlib.sha256(), 0
    with beside.open("wb") as file:
        while piece := stream.read(256 * 1024):
            size += len(piece)
            digest.update(piece)
            file.write(piece)
    target = path_of(folder, digest.hexdigest())
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(beside, target)
    return Picture(digest.hexdigest(), size, mime, 0, 0)


def write_once(folder: Path, digest: str, data: bytes) -> None:
    """Write the bytes beside, then rename: a reader never sees half a file."""
    target = path_of(folder, digest)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{digest}.{secrets.token_hex(4)}")
    beside.write_bytes(data)
    os.replace(beside, target)


def path_of(folder: Path, digest: str) -> Path:
    """Where the bytes with this hash lie."""
    return folder / digest[:2] / digest


def add(db: sqlite3.Connection, *, platform: str, account: str, media_id: str, picture: Picture, alt: str, caption: str) -> None:
    """The row of a picture that no post shows yet."""
    db.execute(
        "INSERT INTO media (platform, account, id, sha256, bytes, mime, width, height, alt, caption, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            platform,
            account,
            media_id,
            picture.sha256,
            picture.size,
            picture.mime,
            picture.width,
            picture.height,
            alt,
            caption,
            clock.stamp(clock.now()),
        ),
    )


def get(db: sqlite3.Connection, *, platform: str, media_id: str) -> sqlite3.Row | None:
    """The picture unless it is deleted or never was."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM media WHERE platform = ? AND id = ? AND deleted_at IS NULL", (platform, media_id)
    ).fetchone()
    return row
