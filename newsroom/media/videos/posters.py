"""The picture that stands for a video until it plays."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from newsroom.common.errors import NewsroomError
from newsroom.media.models import NewsVideo
from newsroom.media.videos import ffmpeg, files, rules

SECONDS = 30.0
LARGEST = 8 * ffmpeg.MEGABYTE


class NoPoster(NewsroomError):
    """No picture could be cut at that second."""


def usual_second(duration: float) -> float:
    """Past the black of the beginning, but near it."""
    return round(min(3.0, duration * 0.2), 2)


def cut(source: Path, *, second: float, folder: Path) -> Path:
    """A JPEG of the picture at this second, at most 1280 wide. Raises NoPoster."""
    program = ffmpeg.find_ffmpeg()
    if program is None:
        raise rules.no_program()
    target = folder / "poster.jpg"
    words = [program, "-v", "error", "-nostdin", "-y", *ffmpeg.CLOSED, "-max_pixels", rules.MOST_PIXELS, "-f", "mov", "-ss", f"{second:.2f}", "-i", f"file:{source}"]
    words += ["-map", "0:V:0", "-frames:v", 1, "-vf", "scale='min(1280,iw)':-2", "-map_metadata", "-1", "-q:v", 3, "-f", "image2", "-update", 1, f"file:{target}"]
    outcome = ffmpeg.run([str(word) for word in words], seconds=SECONDS, largest_file=LARGEST)
    if outcome.code != 0 or not target.is_file():
        raise NoPoster("no_poster", _("There is no picture at this second of the video."))
    return target


def make_poster(*, video: NewsVideo, second: float) -> NewsVideo:
    """Cut the poster anew at a chosen second of a ready video. Raises NewsroomError."""
    if not video.is_ready:
        raise NoPoster("not_ready", _("The video is not ready yet: the poster can be chosen afterwards."))
    if not 0 <= second <= video.duration_seconds:
        raise NoPoster("no_such_second", _("Choose a second from 0 to %(last)s.") % {"last": int(video.duration_seconds)})
    folder = files.work_folder(video.key, "poster")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        picture = cut(_local(video, folder), second=min(second, max(0.0, video.duration_seconds - 0.2)), folder=folder)
        poster = files.hand_out(picture, name=files.public_name(video.key, "poster", files.digest_of(picture), "jpg"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    video.refresh_from_db()
    video.poster, video.poster_second = poster, second
    video.save(update_fields=["poster", "poster_second"])  # stored pages listen
    return video


def _local(video: NewsVideo, folder: Path) -> Path:
    """The MP4 as a file of this disk; a copy where the storage is elsewhere."""
    try:
        return Path(default_storage.path(str(video.mp4.name)))
    except NotImplementedError:
        copy = folder / "video.mp4"
        with video.mp4.open("rb") as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target)
        return copy
