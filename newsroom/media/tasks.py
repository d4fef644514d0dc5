"""Doorbells of the media workers."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from newsroom.common import clock
from newsroom.media.videos import conversion, services, uploads


@shared_task(queue="media")
def process_video(*, video_id: int, **_later: Any) -> None:
    """Check and convert a video; then ring for the next that waits."""
    if conversion.process(video_id=video_id, clock=clock.now):
        services.sweep_videos(now=clock.now())


@shared_task(queue="urgent")
def sweep_videos(**_later: Any) -> None:
    """Find videos that wait."""
    services.sweep_videos(now=clock.now())


@shared_task(queue="poll")
def sweep_uploads(**_later: Any) -> None:
    """Remove half uploads that nobody finishes."""
    uploads.sweep_uploads(now=clock.now())
