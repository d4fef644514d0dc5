"""Videos as readers get them: one file, its poster, its captions. A page asks once for all of its videos."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from newsroom.media.models import NewsVideo, VideoCaption
from publishing.reader import collected


@dataclass(frozen=True)
class Track:
    """Captions in one language."""

    src: str
    language: str
    label: str


@dataclass(frozen=True)
class Film:
    """What `components/video.html` needs. `width` and `height` keep its place on the page."""

    title: str
    src: str
    width: int
    height: int
    poster: str
    caption: str
    credit: str
    seconds: float
    uploaded_at: datetime
    tracks: tuple[Track, ...] = ()

    @property
    def stands(self) -> bool:
        """Higher than wide."""
        return self.height > self.width


def build(videos: Iterable[NewsVideo | None]) -> dict[int, Film]:
    """Videos that readers may see, by id; their captions in one query whatever their number, none where there is no video."""
    wanted = {video.pk: video for video in videos if video is not None}
    collected.note(*(collected.video(pk) for pk in wanted))
    ready = {pk: video for pk, video in wanted.items() if video.is_ready}
    if not ready:
        return {}
    tracks: dict[int, list[Track]] = {pk: [] for pk in ready}
    for captions in VideoCaption.objects.filter(video_id__in=ready):
        tracks[captions.video_id].append(Track(captions.file.url, captions.language, str(captions.get_language_display())))
    return {pk: _film(video, tuple(tracks[pk])) for pk, video in ready.items()}


def _film(video: NewsVideo, tracks: tuple[Track, ...]) -> Film:
    return Film(
        title=video.title, src=video.mp4.url, width=video.width, height=video.height, poster=video.poster.url if video.poster else "", caption=video.caption,
        credit=video.credit, seconds=video.duration_seconds, uploaded_at=video.created_at, tracks=tracks,
    )  # fmt: skip
