"""Which videos are taken: each refusal is one sentence that says what to do."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from newsroom.common.errors import NewsroomError
from newsroom.media.videos import ffmpeg, formats, probing
from newsroom.media.videos.probing import Probe

log = logging.getLogger(__name__)

LONGEST_SIDE = 4096
MOST_PIXELS = 4096 * 2304
MOST_STREAMS = 24
FASTEST = 240.0
LOOKED_AT = 5
# How much of the announced length must be there; files round, and cameras stop between frames.
LEAST_SHARE, SPARE_SECONDS = 0.95, 1.0


class Refused(NewsroomError):
    """The file is not taken, and another attempt would end the same."""


class NoProgram(NewsroomError):
    """Nothing on this machine can look at videos."""


def no_program() -> NoProgram:
    """Without ffmpeg nothing can be checked."""
    return NoProgram("no_ffmpeg", _("This machine has no ffmpeg: videos cannot be checked or converted. Install it, then try again."))


def not_a_video() -> Refused:
    """Another kind of file."""
    return Refused("not_a_video", _("This file is not a video (MP4, MOV, MKV, WebM, AVI, MPEG or WMV)."))


def broken(code: str = "broken") -> Refused:
    """A video by its first bytes, but nothing can be read from it."""
    return Refused(code, _("The video file is broken and cannot be read. Export it again, then upload it."))


def cut_short() -> Refused:
    """The end is missing."""
    return Refused("cut_short", _("The video is cut short: part of what it announces is missing. Copy it from the camera again, then upload it."))


def examine(path: Path) -> tuple[str, Probe]:
    """Container and contents of a file that we take. Raises Refused, NoProgram."""
    program = ffmpeg.find_ffmpeg()
    if program is None:
        raise no_program()
    demuxer = formats.demuxer_of(path)
    if demuxer is None:
        raise not_a_video()
    try:
        found = probing.probe(path, demuxer=demuxer)
        refuse(found)
        _decode_beginning(path, demuxer=demuxer, program=program)
    except (probing.Unreadable, ffmpeg.OutOfTime) as error:
        log.info("video.unreadable path=%s why=%s", path.name, error)
        raise broken() from None
    return demuxer, found


def refuse(found: Probe) -> None:
    """Raise Refused where the contents are not what we take."""
    if not found.video_codec:
        raise Refused("no_picture", _("There is no picture in this file, only sound or data."))
    if found.streams > MOST_STREAMS:
        raise Refused("too_many_streams", _("There are too many tracks in this file. Export it with one picture and one sound track."))
    if found.duration <= 0:
        raise Refused("no_length", _("The video does not say how long it is. Export it again, then upload it."))
    if found.duration > settings.VIDEO_MAX_MINUTES * 60:
        raise Refused("too_long", _("The video is longer than %(minutes)s minutes.") % {"minutes": settings.VIDEO_MAX_MINUTES})
    if not found.width or not found.height:
        raise broken("no_size")
    if max(found.width, found.height) > LONGEST_SIDE or found.width * found.height > MOST_PIXELS:
        raise Refused("too_large", _("The picture is too large (%(width)s × %(height)s); at most 4K (4096 × 2304).") % {"width": found.width, "height": found.height})
    if found.rate > FASTEST:
        raise Refused("too_fast", _("The video has more than 240 pictures a second. Export it with fewer."))


def _decode_beginning(path: Path, *, demuxer: str, program: str) -> None:
    """At least one picture of the first seconds must really be there."""
    frames: list[int] = []

    def count(line: str) -> None:
        name, _equals, value = line.partition("=")
        if name == "frame" and value.strip().isdigit():
            frames.append(int(value))

    words: list[Any] = [program, "-v", "error", "-nostdin", "-progress", "pipe:1", *ffmpeg.CLOSED, "-max_pixels", MOST_PIXELS, "-threads", settings.VIDEO_THREADS, "-f", demuxer]
    words += ["-t", LOOKED_AT, "-i", f"file:{path}", "-map", "0:V:0", "-an", "-sn", "-dn", "-frames:v", 25, "-f", "null", "-"]
    ffmpeg.run([str(word) for word in words], seconds=probing.SECONDS, on_line=count)
    if not frames or max(frames) < 1:
        raise broken("no_frame")


def refuse_short(*, announced: float, arrived: float) -> None:
    """Raise Refused where the finished video is clearly shorter than the file said it was."""
    if arrived < announced * LEAST_SHARE - SPARE_SECONDS:
        raise cut_short()
