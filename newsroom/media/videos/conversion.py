"""From the original to what readers get: one MP4 that starts at once, and a poster. Runs in the `media` queue; a killed attempt leaves nothing that the next one does not clear."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from newsroom.common.errors import NewsroomError
from newsroom.media.enums import VideoState
from newsroom.media.models import NewsVideo
from newsroom.media.videos import claims, ffmpeg, files, posters, probing, rules
from newsroom.media.videos.claims import Holder, LostLease
from newsroom.media.videos.probing import Probe

log = logging.getLogger(__name__)

S = VideoState
# Shorter side → bits a second of the picture at most. H.264 at constant quality stays below them for most news material.
RATES = {360: 800_000, 480: 1_400_000, 720: 2_800_000, 1080: 5_000_000}
PROFILES = ("Constrained Baseline", "Baseline", "Main", "High")
SOUND_RATE = 160_000


@dataclass(frozen=True)
class Converted:
    """The finished file, still in the work folder."""

    path: Path
    sha256: str
    probe: Probe


def process(*, video_id: int, clock: Callable[[], datetime]) -> bool:
    """Check and convert one video, if it is there to be taken. Returns whether it was. Whatever goes wrong stands on the row."""
    video = claims.claim(video_id=video_id, now=clock())
    if video is None:
        return False
    holder = Holder(video, clock)
    try:
        _work(holder)
    except LostLease:
        log.info("video.lost video=%s", video.pk)
        if not NewsVideo.objects.filter(pk=video.pk).exists():
            files.remove_all(video.key)
    except rules.Refused as refused:
        _end(holder, S.REFUSED, str(refused))
        files.remove_original(video.key)
    except Exception as error:  # whatever breaks one video is told on its row, and the worker goes on
        log.exception("video.failed video=%s", video.pk)
        _end(holder, S.FAILED, _sentence(error))
    finally:
        shutil.rmtree(files.work_folder(video.key, video.lease_key), ignore_errors=True)
    return True


def _sentence(error: Exception) -> str:
    if isinstance(error, NewsroomError):
        return str(error)
    if isinstance(error, ffmpeg.OutOfTime):
        return _("Converting took longer than %(minutes)s minutes and was stopped.") % {"minutes": settings.VIDEO_CONVERT_MINUTES}
    return _("Converting failed: %(why)s") % {"why": str(error) or type(error).__name__}


def _end(holder: Holder, state: VideoState, reason: str) -> None:
    with suppress(LostLease):
        claims.keep(holder.video, state=state, reason=reason, lease_until=None, changed_at=holder.clock())
        log.info("video.%s video=%s reason=%s", state, holder.video.pk, reason)


def _work(holder: Holder) -> None:
    video = holder.video
    if video.attempts > claims.MOST_ATTEMPTS:
        raise NewsroomError("given_up", _("Converting was cut short %(times)s times. Try again, or export the video anew.") % {"times": claims.MOST_ATTEMPTS})
    source = files.original_path(video.key)
    files.clear_work(video.key)
    demuxer, found = check(holder, source)
    folder = files.work_folder(video.key, video.lease_key)
    folder.mkdir(parents=True)
    claims.keep(video, state=S.CONVERTING, duration_seconds=found.duration, changed_at=holder.clock())
    finished = convert(holder, source, folder=folder, demuxer=demuxer, found=found)
    second = posters.usual_second(finished.probe.duration)
    picture = posters.cut(finished.path, second=second, folder=folder)
    _hand_over(holder, finished, picture=picture, second=second)


def check(holder: Holder, source: Path) -> tuple[str, Probe]:
    """All that must be true of the original. Raises rules.Refused."""
    video = holder.video
    if not source.is_file() or source.stat().st_size != video.original_size:
        raise rules.cut_short()
    digest = video.original_sha256 or files.digest_of(source, beat=holder.beat)
    if video.expected_sha256 and digest != video.expected_sha256:
        raise rules.Refused("other_bytes", _("What arrived is not what was sent (the checksum differs). Upload the file again."))
    claims.keep(video, original_sha256=digest)
    return rules.examine(source)


def convert(holder: Holder, source: Path, *, folder: Path, demuxer: str, found: Probe) -> Converted:
    """The MP4 for readers: the same streams in a new frame where they are good as they are, else encoded. Raises rules.Refused."""
    target = folder / "video.mp4"
    again = may_be_copied(found, size=source.stat().st_size)
    words = command(source, target, demuxer=demuxer, copy=again)
    outcome = _run(holder, words, duration=found.duration)
    if outcome.code != 0 and again:
        outcome = _run(holder, command(source, target, demuxer=demuxer, copy=False), duration=found.duration)
    if outcome.code != 0 or not target.is_file():
        log.warning("video.ffmpeg video=%s code=%s: %s", holder.video.pk, outcome.code, outcome.errors[-1000:])
        raise NewsroomError("not_converted", _("ffmpeg could not convert this video: %(why)s") % {"why": _last_line(outcome.errors) or outcome.code})
    made = probing.probe(target, demuxer="mov")
    if made.video_codec != "h264" or made.audio_codec not in ("", "aac") or not made.width:
        raise NewsroomError("wrong_result", _("ffmpeg did not make H.264 with AAC: this machine's ffmpeg lacks an encoder."))
    rules.refuse_short(announced=found.duration, arrived=made.duration)
    return Converted(path=target, sha256=files.digest_of(target, beat=holder.beat), probe=made)


def _last_line(errors: str) -> str:
    """What ffmpeg said last, without the folders of this machine."""
    last = next((line for line in reversed(errors.strip().split("\n")) if line.strip()), "")
    return last.replace(str(settings.PRIVATE_ROOT), "…")[:300]


def may_be_copied(found: Probe, *, size: int) -> bool:
    """Whether the streams are what we would make of them, or near: H.264 that every browser plays, AAC, upright, square, not too large, not too heavy."""
    short, long = sorted((found.width, found.height))
    fits = short <= settings.VIDEO_HEIGHT and long <= settings.VIDEO_HEIGHT * 16 // 9 + 2
    light = size * 8 <= found.duration * (rate_for(short) * 1.5 + SOUND_RATE)
    picture = found.video_codec == "h264" and found.profile in PROFILES and found.pixels == "yuv420p" and found.square and not found.rotation and found.rate <= 61
    return picture and fits and light and (not found.audio_codec or (found.audio_codec == "aac" and found.channels <= 2))


def rate_for(short: int) -> int:
    """Bits a second at most for a picture whose shorter side is this."""
    return next((rate for side, rate in RATES.items() if short <= side), RATES[1080])


def command(source: Path, target: Path, *, demuxer: str, copy: bool) -> list[str]:
    """The words for ffmpeg. Metadata goes (it may tell where the camera was), subtitles and data too."""
    words: list[Any] = [ffmpeg.find_ffmpeg(), "-v", "error", "-nostdin", "-y", "-progress", "pipe:1", *ffmpeg.CLOSED]
    words += ["-max_pixels", rules.MOST_PIXELS, "-threads", settings.VIDEO_THREADS, "-f", demuxer, "-i", f"file:{source}"]
    words += ["-map", "0:V:0", "-map", "0:a:0?", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"]
    words += ["-c", "copy"] if copy else _encoding()
    return [str(word) for word in [*words, "-movflags", "+faststart", "-f", "mp4", f"file:{target}"]]


def _encoding() -> list[Any]:
    side = settings.VIDEO_HEIGHT
    long, rate = side * 16 // 9 // 2 * 2, rate_for(side)
    # Square pixels first, then into the box (lying or standing), never larger than it was, both sides even.
    shape = (
        f"scale='trunc(iw*max(sar,1)/2)*2':'trunc(ih/min(max(sar,0.01),1)/2)*2',setsar=1,"
        f"scale='min(iw,if(gte(iw,ih),{long},{side}))':'min(ih,if(gte(iw,ih),{side},{long}))':force_original_aspect_ratio=decrease:force_divisible_by=2,format=yuv420p"
    )
    return [
        "-vf", shape, "-fpsmax", 60, "-c:v", "libx264", "-preset", "veryfast", "-crf", 23, "-maxrate", rate, "-bufsize", rate * 2, "-profile:v", "high",
        "-threads", settings.VIDEO_THREADS, "-c:a", "aac", "-b:a", "128k", "-ac", 2, "-ar", 48000,
    ]  # fmt: skip


def _run(holder: Holder, words: list[str], *, duration: float) -> ffmpeg.Outcome:
    def show(line: str) -> None:
        name, _equals, value = line.partition("=")
        if name == "out_time_us" and value.strip().isdigit():
            holder.show(int(int(value) / 10_000 / max(duration, 0.1)))

    largest = int(rate_for(settings.VIDEO_HEIGHT) * 2 / 8 * duration) + 64 * ffmpeg.MEGABYTE
    return ffmpeg.run(words, seconds=settings.VIDEO_CONVERT_MINUTES * 60, largest_file=largest, on_line=show, on_tick=holder.beat)


def _hand_over(holder: Holder, finished: Converted, *, picture: Path, second: float) -> None:
    """Files to where readers get them, then the row, in one update; what earlier attempts left goes."""
    video, made = holder.video, finished.probe
    holder.beat()
    size, (width, height) = finished.path.stat().st_size, made.shown
    mp4 = files.hand_out(finished.path, name=files.public_name(video.key, "video", finished.sha256, "mp4"))
    poster = files.hand_out(picture, name=files.public_name(video.key, "poster", files.digest_of(picture), "jpg"))
    claims.keep(
        video, state=S.READY, reason="", progress=100, mp4=mp4, sha256=finished.sha256, size=size, duration_seconds=made.duration, width=width, height=height,
        poster=poster, poster_second=second, lease_until=None, changed_at=holder.clock(),
    )  # fmt: skip
    kept = {mp4, poster, *video.captions.values_list("file", flat=True)}
    files.remove_public(video.key, but=frozenset(kept))
