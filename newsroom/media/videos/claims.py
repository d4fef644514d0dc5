"""Who works on which video: a lease on the row, taken and kept by conditional updates. A worker that lost its lease writes nothing more."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet

from newsroom.media.enums import WORKABLE
from newsroom.media.models import NewsVideo

LEASE = timedelta(seconds=45)
SHOWN_EVERY = timedelta(seconds=1)
MOST_ATTEMPTS = 15


class LostLease(Exception):
    """The row is gone, or another worker has it."""


def free(*, now: datetime) -> QuerySet[NewsVideo]:
    """Videos that wait for a worker, longest waiting first."""
    return NewsVideo.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now), state__in=WORKABLE).order_by("changed_at", "pk")


def claim(*, video_id: int, now: datetime) -> NewsVideo | None:
    """Take a video. None: nothing to do, somebody has it, or as many are being converted as may be."""
    key = secrets.token_hex(16)
    taken = free(now=now).filter(pk=video_id).order_by().update(lease_key=key, lease_until=now + LEASE, attempts=F("attempts") + 1)
    if not taken:
        return None
    others = NewsVideo.objects.filter(state__in=WORKABLE, lease_until__gte=now).exclude(pk=video_id).count()
    if others >= settings.VIDEO_AT_ONCE:
        NewsVideo.objects.filter(pk=video_id, lease_key=key).update(lease_key="", lease_until=None, attempts=F("attempts") - 1)
        return None
    return NewsVideo.objects.filter(pk=video_id, lease_key=key).first()


def keep(video: NewsVideo, **fields: Any) -> None:
    """Write fields, if the lease is still ours. Raises LostLease."""
    if not NewsVideo.objects.filter(pk=video.pk, lease_key=video.lease_key).exclude(lease_key="").update(**fields):
        raise LostLease
    for name, value in fields.items():
        setattr(video, name, value)


@dataclass
class Holder:
    """A claimed video and the clock of its worker: keeps the lease alive and shows progress, at most once a second."""

    video: NewsVideo
    clock: Callable[[], datetime]
    shown_at: datetime | None = None

    def beat(self) -> None:
        """Say that the worker lives. Raises LostLease."""
        self.show(self.video.progress)

    def show(self, percent: int) -> None:
        """Put the progress on the screen. Raises LostLease."""
        now = self.clock()
        if self.shown_at is None or now - self.shown_at >= SHOWN_EVERY:
            keep(self.video, progress=max(0, min(100, percent)), lease_until=now + LEASE)
            self.shown_at = now
