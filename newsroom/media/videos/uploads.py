"""Writes of an upload that comes in chunks. The row says how many bytes are safely here; the file is never trusted beyond that."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.accounts.models import User
from newsroom.common.errors import NewsroomError
from newsroom.common.text import nfc
from newsroom.media.enums import VideoState
from newsroom.media.models import NewsVideo
from newsroom.media.videos import files
from newsroom.media.videos.bell import ring

CHUNK = 4 * 1024 * 1024
MOST_UNFINISHED = 10
SPARE_DISK = 512 * 1024 * 1024
SUFFIXES = ("mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "mts", "m2ts", "3gp", "wmv", "asf")
S = VideoState


class UploadRefused(NewsroomError):
    """What was sent is not taken. `status` is that of the HTTP answer; `next_offset`, where it is known, says where to go on."""

    def __init__(self, code: str, message: Any, *, status: int, next_offset: int | None = None) -> None:
        super().__init__(code, message)
        self.status, self.next_offset = status, next_offset


def clean_name(name: str) -> str:
    """What the sender's file is called, as words: no path, no control or direction signs. Raises UploadRefused."""
    base = nfc(name.replace("\\", "/").rsplit("/", 1)[-1])
    shown = "".join(sign for sign in base if unicodedata.category(sign)[0] != "C").strip(" .")
    suffix = shown.rpartition(".")[2].lower() if "." in shown else ""
    if suffix not in SUFFIXES:
        raise UploadRefused("bad_name", _("A video file ends with one of: %(suffixes)s.") % {"suffixes": ", ".join(SUFFIXES)}, status=422)
    return shown if len(shown) <= 255 else f"{shown[:240]}.{suffix}"


@dataclass(frozen=True)
class Announced:
    """The file that is to come: its clean name, its bytes, the browser's time of its last change, its checksum where it is known."""

    name: str
    size: int
    modified: int = 0
    sha256: str = ""


def find_unfinished(*, actor: User, file: Announced) -> NewsVideo | None:
    """The person's own half upload of the same file: the line broke, or the page was loaded again."""
    found = NewsVideo.objects.filter(uploaded_by=actor, state=S.UPLOADING, original_name=file.name, original_size=file.size, original_modified=file.modified).first()
    return heal(found) if found else None


def start_upload(*, actor: User, file: Announced, words: Mapping[str, str], now: datetime) -> NewsVideo:
    """A new upload. `words` are title, caption, credit, source and licence, checked by the form. Raises UploadRefused."""
    _refuse_size(file.size)
    if NewsVideo.objects.filter(uploaded_by=actor, state=S.UPLOADING).count() >= MOST_UNFINISHED:
        raise UploadRefused("too_many", _("You have %(count)s unfinished uploads. Finish or cancel one of them first.") % {"count": MOST_UNFINISHED}, status=409)
    video = NewsVideo(
        **words, original_name=file.name, original_size=file.size, original_modified=file.modified, expected_sha256=file.sha256.lower(), uploaded_by=actor,
        created_at=now, changed_at=now,
    )  # fmt: skip
    video.original = files.original_name(video.key)
    path = files.original_path(video.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    video.save()
    return video


def _refuse_size(size: int) -> None:
    if size <= 0:
        raise UploadRefused("empty", _("The file is empty."), status=422)
    if size > settings.VIDEO_MAX_MEGABYTES * 1024 * 1024:
        raise UploadRefused("too_large", _("The file is larger than %(most)s MB.") % {"most": settings.VIDEO_MAX_MEGABYTES}, status=413)
    Path(settings.PRIVATE_ROOT).mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(settings.PRIVATE_ROOT).free < size + SPARE_DISK:
        raise UploadRefused("disk_full", _("There is no room for this file on the newsroom's disk. Tell the administrator."), status=413)


def own_upload(*, key: UUID, actor: User) -> NewsVideo:
    """An upload by its key, for the person who began it. Raises UploadRefused for everybody else."""
    video = NewsVideo.objects.filter(key=key).first()
    if video is None:
        raise UploadRefused("gone", _("This upload does not exist any more. Begin again."), status=404)
    if video.uploaded_by_id != actor.pk:
        raise UploadRefused("not_yours", _("This upload belongs to somebody else."), status=403)
    return video


def heal(video: NewsVideo) -> NewsVideo:
    """Where the disk holds less than the row says (a crash of the machine), go on from what is there."""
    if video.state != S.UPLOADING:
        return video
    path = files.original_path(video.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    there = path.stat().st_size
    if there < video.received:
        NewsVideo.objects.filter(pk=video.pk, state=S.UPLOADING, received=video.received).update(received=there)
        video.refresh_from_db()
    return video


def write_chunk(*, video: NewsVideo, offset: int, data: bytes, sha256: bytes | None = None, now: datetime) -> NewsVideo:
    """Add a chunk at the end of what is here. The last one sends the video to be checked. Raises UploadRefused."""
    _refuse_chunk(video, offset=offset, data=data)
    if sha256 is not None and hashlib.sha256(data).digest() != sha256:
        raise UploadRefused("damaged", _("This part arrived damaged. It is sent again."), status=422, next_offset=video.received)
    try:
        with _held(video):
            return _append(video, offset=offset, data=data, now=now)
    except OSError as error:
        raise UploadRefused("disk", _("The newsroom's disk does not take the file (%(why)s). Tell the administrator.") % {"why": error.strerror or ""}, status=507) from None


def _refuse_chunk(video: NewsVideo, *, offset: int, data: bytes) -> None:
    if video.state != S.UPLOADING:
        raise UploadRefused("finished", _("This upload is finished already."), status=409, next_offset=video.original_size)
    if not data:
        raise UploadRefused("empty_chunk", _("This part is empty."), status=422, next_offset=video.received)
    if len(data) > CHUNK:
        raise UploadRefused("chunk_too_large", _("This part is too large."), status=413, next_offset=video.received)
    if offset != video.received:
        raise wrong_place(video)
    if offset + len(data) > video.original_size:
        raise UploadRefused("too_much", _("More arrives than the file's announced size. Begin again with the right file."), status=422, next_offset=video.received)


def wrong_place(video: NewsVideo) -> UploadRefused:
    """A part that is here already, overlaps, or comes too early."""
    sentence = _("This part does not follow what is already here. Going on from byte %(offset)s.") % {"offset": video.received}
    return UploadRefused("wrong_offset", sentence, status=409, next_offset=video.received)


@contextmanager
def _held(video: NewsVideo) -> Iterator[None]:
    """The upload's file, for one request at a time. Raises UploadRefused while another writes."""
    with files.original_path(video.key).open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UploadRefused("busy", _("Another window is sending this file at this moment."), status=409, next_offset=video.received) from None
        yield


def _append(video: NewsVideo, *, offset: int, data: bytes, now: datetime) -> NewsVideo:
    """Bytes to the disk first, then the row, if it still stands where it stood."""
    with files.original_path(video.key).open("r+b") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    received = offset + len(data)
    complete = received == video.original_size
    with transaction.atomic():
        state = S.CHECKING if complete else S.UPLOADING
        changed = NewsVideo.objects.filter(pk=video.pk, state=S.UPLOADING, received=offset).update(received=received, state=state, changed_at=now)
        if not changed:
            video.refresh_from_db()
            raise wrong_place(video)
        if complete:
            ring(video.pk)
    video.refresh_from_db()
    return video


def cancel_upload(*, video: NewsVideo) -> None:
    """Forget an unfinished upload, its bytes too. Raises UploadRefused once it is complete."""
    deleted, _rows = NewsVideo.objects.filter(pk=video.pk, state=S.UPLOADING).delete()
    if not deleted:
        raise UploadRefused("finished", _("This upload is finished already."), status=409)
    files.remove_original(video.key)


def sweep_uploads(*, now: datetime) -> int:
    """Remove uploads that got no byte for so many days as the setting says, and files without a row. Returns how many uploads went."""
    old = now - timedelta(days=settings.VIDEO_UPLOAD_DAYS)
    stale = list(NewsVideo.objects.filter(state=S.UPLOADING, changed_at__lt=old)[:100])
    for video in stale:
        with suppress(UploadRefused):  # it has just been finished after all
            cancel_upload(video=video)
    _remove_orphans(old)
    return len(stale)


def _remove_orphans(old: datetime) -> None:
    folder = Path(settings.PRIVATE_ROOT) / files.PUBLIC
    for path in folder.glob("*.upload"):
        if path.stat().st_mtime < old.timestamp() and not NewsVideo.objects.filter(key=path.stem).exists():
            path.unlink(missing_ok=True)
