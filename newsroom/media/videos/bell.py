"""The doorbell of the media workers."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)


def ring(video_id: int) -> None:
    """Call a worker after commit; a broker that does not answer costs nothing but the wait for the sweep."""
    transaction.on_commit(lambda: _send(video_id), robust=True)


def _send(video_id: int) -> None:
    try:
        current_app.send_task("newsroom.media.tasks.process_video", kwargs={"video_id": video_id}, queue="media", retry=False)
    except Exception:
        log.warning("video.bell.silent video=%s: the sweep rings again", video_id, exc_info=True)
