"""Videos as rows, ready or on their way, without a conversion."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.base import ContentFile

from newsroom.common import clock
from newsroom.media.enums import VideoState
from newsroom.media.models import NewsVideo, VideoCaption
from newsroom.media.videos import files

MP4 = bytes(range(256)) * 40
VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nTàu vào bến.\n".encode()


def make_video(*, ready: bool = True, data: bytes = MP4, **fields: Any) -> NewsVideo:
    """A video with a file of these bytes (no film: nothing here plays it)."""
    words = {"title": "Tàu vào bến", "caption": "Tàu cá vào bến Gành Đỏ chiều 22/11.", "credit": "Video: Hải Vân", "source": "Tự quay"}
    now = clock.now()
    video = NewsVideo(**{**words, "original_name": "tau.mp4", "original_size": len(data), "received": len(data), "created_at": now, "changed_at": now, "state": VideoState.CHECKING, **fields})
    if ready:
        video.state, video.progress, video.size, video.sha256 = VideoState.READY, 100, len(data), hashlib.sha256(data).hexdigest()
        video.width, video.height, video.duration_seconds = fields.get("width", 1280), fields.get("height", 720), fields.get("duration_seconds", 61.5)
        video.mp4.save(files.public_name(video.key, "video", video.sha256, "mp4"), ContentFile(data), save=False)
        video.poster.save(files.public_name(video.key, "poster", "ab" * 32, "jpg"), ContentFile(b"\xff\xd8poster"), save=False)
    video.save()
    return video


def make_captions(video: NewsVideo, *, language: str = "vi", data: bytes = VTT) -> VideoCaption:
    """Captions of a video."""
    return VideoCaption.objects.create(video=video, language=language, file=ContentFile(data, name="phu-de.vtt"))
