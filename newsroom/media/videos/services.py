"""Writes about videos beyond the upload: another attempt, the sweep, deleting."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from wagtail.models import ReferenceIndex, Revision

from newsroom.common.errors import NewsroomError
from newsroom.media.enums import VideoState
from newsroom.media.models import NewsVideo
from newsroom.media.videos import claims
from newsroom.media.videos.bell import ring

AT_A_TIME = 5


@transaction.atomic
def try_again(*, video: NewsVideo, now: datetime) -> None:
    """Convert a failed video once more. Raises NewsroomError where there is nothing to try."""
    changed = NewsVideo.objects.filter(pk=video.pk, state=VideoState.FAILED).update(
        state=VideoState.CHECKING, reason="", progress=0, attempts=0, lease_until=None, lease_key="", changed_at=now
    )
    if not changed:
        raise NewsroomError("not_failed", _("Only a video that was not converted can be tried again."))
    ring(video.pk)


def sweep_videos(*, now: datetime) -> int:
    """Ring for videos that wait: their bell was lost, their worker died, or another was being converted. Returns how many."""
    waiting = list(claims.free(now=now).values_list("pk", flat=True)[:AT_A_TIME])
    for video_id in waiting:
        ring(video_id)
    return len(waiting)


def refuse_deletion(video: NewsVideo) -> None:
    """Raise NewsroomError where a story shows the video, in its body too, or a version of one names it: without it that version could not be opened."""
    if ReferenceIndex.get_references_to(video).exists() or Revision.page_revisions.filter(content__main_video=video.pk).exists():
        raise in_use()


def in_use() -> NewsroomError:
    """Somebody shows it."""
    return NewsroomError("in_use", _("A story shows this video. Take it out there first."))


def delete_video(*, video: NewsVideo) -> None:
    """Delete a video that nothing shows, its files too. Raises NewsroomError."""
    refuse_deletion(video)
    try:
        video.delete()
    except ProtectedError:
        raise in_use() from None
