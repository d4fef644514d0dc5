"""The demo's videos: a slow look over two of its pictures, made by this machine's ffmpeg, checked and converted the way every video is."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from newsroom.common import clock
from newsroom.common.demo import DemoRun, register_step
from newsroom.common.text import nfc
from newsroom.media.demo import SOURCE, pictures_by_name
from newsroom.media.enums import VideoState
from newsroom.media.models import NewsImage, NewsVideo, VideoCaption
from newsroom.media.videos import conversion, ffmpeg, files

VIDEOS = Path(__file__).parent / "demo_data" / "videos.json"
CREDIT = "Video minh họa: Y Nguyên"
SECONDS, LARGEST = 8, 2 * ffmpeg.MEGABYTE


@cache
def demo_videos() -> tuple[dict[str, Any], ...]:
    """Name, picture, title, caption and captions of every video."""
    return tuple(json.loads(VIDEOS.read_text(encoding="utf-8")))


def videos_by_name() -> dict[str, NewsVideo]:
    """The demo videos that are ready."""
    found = {video.source: video for video in NewsVideo.objects.filter(source__startswith=SOURCE, state=VideoState.READY)}
    return {row["name"]: found[_source(row)] for row in demo_videos() if _source(row) in found}


def make_videos(run: DemoRun) -> None:
    """Make those that are missing; without ffmpeg the demo goes without, and says so."""
    pictures = pictures_by_name()
    have = set(NewsVideo.objects.filter(source__startswith=SOURCE).values_list("source", flat=True))
    missing = [row for row in demo_videos() if _source(row) not in have and row["picture"] in pictures]
    program = ffmpeg.find_ffmpeg()
    if missing and program is None:
        run.say(_("No ffmpeg on this machine: the demo goes without its videos."))
        return
    for row in run.track(missing, total=len(missing), what=_("Videos")):
        _make(row, picture=pictures[row["picture"]], program=str(program), run=run)


def _source(row: dict[str, Any]) -> str:
    return f"{SOURCE} ({row['name']})"


def _make(row: dict[str, Any], *, picture: NewsImage, program: str, run: DemoRun) -> None:
    key = uuid4()
    path = files.original_path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    _film(picture, target=path, program=program)
    video = NewsVideo.objects.create(
        key=key, title=nfc(row["title"]), caption=nfc(row["caption"]), credit=CREDIT, source=_source(row), original=files.original_name(key), original_name=f"{row['name']}.mp4",
        original_size=path.stat().st_size, received=path.stat().st_size, state=VideoState.CHECKING, created_at=run.now, changed_at=run.now,
    )  # fmt: skip
    if row["captions"]:
        VideoCaption.objects.create(video=video, language="vi", file=ContentFile(_webvtt(row["captions"]).encode(), name="vi.vtt"))
    conversion.process(video_id=video.pk, clock=clock.now)


def _film(picture: NewsImage, *, target: Path, program: str) -> None:
    """A pan from left to right over the picture. Raises RuntimeError where ffmpeg fails."""
    folder = files.work_folder(uuid4(), "demo")
    folder.mkdir(parents=True)
    still, film = folder / "still.jpg", folder / "film.mp4"
    try:
        with picture.file.open("rb") as source, still.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        look = f"scale=1280:-2,crop=854:480:x='(iw-ow)*t/{SECONDS}':y='(ih-oh)/2',format=yuv420p"
        words = [program, "-v", "error", "-nostdin", "-y", "-f", "image2", "-pattern_type", "none", "-loop", "1", "-framerate", "25", "-t", str(SECONDS), "-i", f"file:{still}"]
        words += ["-vf", look, "-c:v", "libx264", "-preset", "veryfast", "-crf", "27", "-maxrate", "900k", "-bufsize", "1800k", "-movflags", "+faststart", "-f", "mp4", f"file:{film}"]
        outcome = ffmpeg.run(words, seconds=60, largest_file=LARGEST)
        if outcome.code != 0:
            raise RuntimeError(outcome.errors[-300:])
        film.replace(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _webvtt(cues: list[list[Any]]) -> str:
    return "WEBVTT\n" + "".join(f"\n00:{start:06.3f} --> 00:{end:06.3f}\n{nfc(words)}\n" for start, end, words in cues)


def register() -> None:
    """Join `manage.py demo`, after the pictures."""
    register_step("videos", order=35, title=_("Videos"), run=make_videos)
