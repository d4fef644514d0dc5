"""A story's video as channels get it: a file by its name in the newsroom's storage, its poster and captions."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.utils.translation import get_language_info

from distribution.connectors.base import Caption, Picture, Video
from distribution.renditions.media import FILE
from newsroom.articles.models import ArticlePage

LONGEST_CAPTIONS = 2 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class VideoSnapshot:
    """A video that is ready. Paths are names in the default storage; captions are (language, path) of WebVTT files."""

    path: str
    size: int  # bytes
    sha256: str
    mime_type: str
    width: int
    height: int
    duration_seconds: float
    title: str
    poster_path: str = ""
    captions: tuple[tuple[str, str], ...] = ()


def video_of(story: ArticlePage) -> VideoSnapshot | None:
    """The story's main video, or None where it has none or it is not ready."""
    video = story.main_video
    if video is None or not video.is_ready:
        return None
    return VideoSnapshot(
        path=video.mp4.name, size=video.size, sha256=video.sha256, mime_type="video/mp4", width=video.width, height=video.height,
        duration_seconds=video.duration_seconds, title=video.title, poster_path=video.poster.name if video.poster else "",
        captions=tuple((row.language, row.file.name) for row in video.captions.all()),
    )  # fmt: skip


def for_connectors(video: VideoSnapshot, *, fallback: Picture | None) -> Video:
    """The same as connectors know it; the words of the captions are read here. `fallback`: the poster of a video that has none of its own."""
    poster = Picture(f"{FILE}{video.poster_path}", video.title, "", video.width, video.height) if video.poster_path else fallback
    captions = tuple(Caption(language, _language_name(language), text) for language, path in video.captions if (text := _words(path)))
    return Video(
        key=f"{FILE}{video.path}", title=video.title, size=video.size, sha256=video.sha256, duration=video.duration_seconds, width=video.width, height=video.height,
        poster=poster, captions=captions,
    )  # fmt: skip


def _words(path: str) -> str:
    """A caption file's text; empty where it is gone: the video goes out without it."""
    try:
        with default_storage.open(path) as file:
            return str(file.read(LONGEST_CAPTIONS).decode("utf-8-sig", errors="replace"))
    except OSError:
        return ""


def _language_name(code: str) -> str:
    try:
        return unicodedata.normalize("NFC", str(get_language_info(code)["name_local"]))
    except KeyError:
        return code
