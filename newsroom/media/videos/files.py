"""Where a video's files are. Originals and work in progress lie beside the public folder, never in it; what readers get has names that nobody can guess and that change with the bytes."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, default_storage

from newsroom.common.hashing import sha256_of

PUBLIC = "videos"


def private_storage() -> Storage:
    """The folder for originals: no address leads there."""
    return FileSystemStorage(location=settings.PRIVATE_ROOT)


def original_name(key: UUID) -> str:
    """Of the upload; what the sender called it is words, never a path."""
    return f"{PUBLIC}/{key.hex}.upload"


def original_path(key: UUID) -> Path:
    """Where the upload lies on this machine's disk."""
    return Path(settings.PRIVATE_ROOT) / original_name(key)


def work_folder(key: UUID, lease: str) -> Path:
    """Of one attempt at a conversion."""
    return Path(settings.PRIVATE_ROOT) / "work" / f"{key.hex}-{lease}"


def clear_work(key: UUID) -> None:
    """Remove what attempts at this video left behind."""
    for folder in (Path(settings.PRIVATE_ROOT) / "work").glob(f"{key.hex}-*"):
        shutil.rmtree(folder, ignore_errors=True)


def public_name(key: UUID, kind: str, digest: str, suffix: str) -> str:
    """Of a file for readers: the same bytes have the same name."""
    return f"{PUBLIC}/{key.hex}/{kind}-{digest[:16]}.{suffix}"


def caption_name(instance: Any, filename: str) -> str:
    """For `upload_to` of captions."""
    del filename
    return public_name(instance.video.key, instance.language, hashlib.sha256(instance.file.read()).hexdigest(), "vtt")


def video_name(instance: Any, filename: str) -> str:
    """For `upload_to` of what conversion makes: the service has named it already."""
    return f"{PUBLIC}/{instance.key.hex}/{Path(filename).name}"


def digest_of(path: Path, *, beat: Callable[[], None] = lambda: None) -> str:
    """SHA-256 of a file, hex; `beat` is called for every piece."""
    with path.open("rb") as file:
        return sha256_of(file, beat=lambda size: beat())


class _Ready(File):
    """A finished file that the storage may take as it is: on one disk that is a rename, not a copy."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def hand_out(path: Path, *, name: str) -> str:
    """Put a finished file where readers get it, under exactly this name. A file there under the same name has the same bytes and is replaced."""
    if default_storage.exists(name):
        default_storage.delete(name)
    path.chmod(settings.FILE_UPLOAD_PERMISSIONS or 0o644)
    with path.open("rb") as file:
        return default_storage.save(name, _Ready(file, name=str(path)))


def remove_public(key: UUID, *, but: frozenset[str] = frozenset()) -> None:
    """Remove a video's public files, but those: what a killed attempt left, or everything."""
    folder = f"{PUBLIC}/{key.hex}"
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        if f"{folder}/{name}" not in but:
            default_storage.delete(f"{folder}/{name}")


def remove_original(key: UUID) -> None:
    """Remove the upload."""
    original_path(key).unlink(missing_ok=True)


def remove_all(key: UUID) -> None:
    """Remove everything of a video whose row is gone: its original, its public files, what a worker had begun."""
    remove_original(key)
    remove_public(key)
    clear_work(key)
