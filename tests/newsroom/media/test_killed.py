"""A worker that is killed in the middle of a conversion, again and again: nothing is doubled, nothing is left, and the video gets ready."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from newsroom.media.enums import VideoState
from newsroom.media.models import NewsVideo
from newsroom.media.videos import claims, conversion, files
from tests.newsroom.media.clips import Clips
from tests.newsroom.media.conftest import private_files, public_files

pytestmark = [pytest.mark.processes, pytest.mark.alone, pytest.mark.django_db(transaction=True)]
KILLS = 5


def encoders() -> list[int]:
    """Processes that read or write under this test's private folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(settings.PRIVATE_ROOT).encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def work_in_a_process(video_id: int, now: datetime) -> int:
    """A worker of its own, with its own connection; returns its process id."""
    child = os.fork()
    if child == 0:
        try:
            connections.close_all()
            conversion.process(video_id=video_id, clock=lambda: now)
        finally:
            os._exit(0)
    return child


def until(wanted: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + 60
    while not wanted():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and needs PR_SET_PDEATHSIG: Linux only")
def test_a_worker_killed_again_and_again_leaves_one_finished_video(arrived: Callable[..., NewsVideo], clips: Clips, now: datetime) -> None:
    video = arrived(clips.other("noisy.mkv", "-q:v", "2", size="1280x720", seconds=30))
    for kill in range(KILLS):
        connections.close_all()
        before = set(private_files())
        child = work_in_a_process(video.pk, now + kill * 2 * claims.LEASE)
        until(lambda: [name for name in set(private_files()) - before if name.endswith("video.mp4")], "the conversion does not begin")  # noqa: B023
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        until(lambda: not encoders(), "an encoder outlives its worker")
        video.refresh_from_db()
        assert (video.state, video.attempts) == (VideoState.CONVERTING, kill + 1)
    assert public_files() == []
    assert conversion.process(video_id=video.pk, clock=lambda: now + timedelta(hours=1))
    video.refresh_from_db()
    assert (video.state, video.reason) == (VideoState.READY, "")
    assert public_files() == sorted([video.mp4.name, video.poster.name])
    assert private_files() == [files.original_name(video.key)]
