"""The whole way of a video to a Facebook Page: upload, die in the middle, lose the finish, comment, edit, take down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from distribution.channels import demo
from distribution.channels.models import Account
from distribution.connectors.facebook_page import videos
from distribution.deliveries import services
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.renditions.videos import VideoSnapshot
from newsroom.articles.models import ArticlePage
from newsroom.common import clock
from publishing.events.enums import EventKind
from tests.distribution.channels.conftest import rehearsal
from tests.distribution.deliveries.stage import Newsroom
from tests.factories.newsroom import make_image, make_story
from tests.fakes.connector import WorkerDies, scripted_platform
from tests.fakes.rehearsal import RehearsalServer, rehearsal_process, rehearsal_server

__all__ = ["rehearsal", "rehearsal_process", "rehearsal_server"]
pytestmark = [pytest.mark.database, pytest.mark.processes]
S = DeliveryState
MB = 1024 * 1024
FILM = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 4096 * 3
SHA = hashlib.sha256(FILM).hexdigest()


@pytest.fixture
def fanpage(rehearsal: RehearsalServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """A newsroom whose account is the rehearsal fanpage, set up for videos."""
    settings.DELIVERY_SETTLE_SECONDS = 2
    monkeypatch.setattr(services, "ring", lambda ids: None)
    with scripted_platform() as unused:
        newsroom = Newsroom(unused)
        newsroom.now = clock.now()
        newsroom.account = demo.connect(now=newsroom.now)
        Account.objects.filter(pk=newsroom.account.pk).update(settings={"mode": "video"})
        yield newsroom


@pytest.fixture(params=[(1280, 720), (1080, 1920)], ids=["video", "reel"])
def film(request: pytest.FixtureRequest, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> VideoSnapshot:
    """A file in the newsroom's storage that stories show, lying or upright."""
    settings.MEDIA_ROOT = str(tmp_path)
    path = default_storage.save("videos/lu.mp4", ContentFile(FILM))
    made = VideoSnapshot(path, len(FILM), SHA, "video/mp4", *request.param, 12.0, "Lũ")
    monkeypatch.setattr("distribution.renditions.snapshots.video_of", lambda story: made)
    return made


def publish(fanpage: Newsroom, **more: Any) -> Delivery:
    story = make_story(channels={fanpage.account.key: "Nước lên nhanh."}, live=True, title="Lũ về Sông Ba", **more)
    fanpage.event(story)
    return Delivery.objects.get(story=story)


def test_a_story_s_video_is_seen_once_edited_and_taken_down(fanpage: Newsroom, film: VideoSnapshot, rehearsal: RehearsalServer) -> None:
    delivery = fanpage.work(publish(fanpage, main_image=make_image()))
    (post,) = rehearsal.posts(state="published")
    assert (delivery.state, delivery.remote_id, delivery.failure_code) == (S.PUBLISHED, post["id"], "")
    assert delivery.payload["kind"] == ("reel" if film.height > film.width else "video")
    assert post["media"][0]["sha256"] == SHA and f"utm_id={delivery.pk}" in post["text"]
    story = ArticlePage.objects.get(pk=delivery.story_id)
    fanpage.event(story, EventKind.CORRECTED, text="Nước đã rút.")
    fanpage.work(Delivery.objects.get(story=story, operation=Operation.UPDATE))
    assert "Nước đã rút." in rehearsal.posts()[0]["text"]
    fanpage.event(story, EventKind.WITHDRAWN)
    fanpage.work(Delivery.objects.get(story=story, operation=Operation.DELETE))
    assert [row["state"] for row in rehearsal.posts()] == ["deleted"]


def test_a_worker_killed_in_an_upload_is_followed_by_one_that_resumes_it_and_nothing_is_doubled(
    fanpage: Newsroom, film: VideoSnapshot, rehearsal: RehearsalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_part, left = videos.Part.read, [1]

    def dies(part: Any, size: int = -1) -> bytes:
        if left[0] and part._at >= 2 * MB:
            left[0] = 0
            raise WorkerDies
        return true_part(part, size)

    monkeypatch.setattr(videos.Part, "read", dies)
    delivery = fanpage.work(publish(fanpage))
    assert delivery.state == S.STAGING and delivery.handle["video_id"]
    fanpage.run_until_quiet(seconds=100, rounds=5)
    delivery.refresh_from_db()
    assert (delivery.state, left) == (S.PUBLISHED, [0])
    assert [post["media"][0]["sha256"] for post in rehearsal.posts()] == [SHA]
    (upload,) = rehearsal.uploads()
    assert upload["wire_bytes"] <= len(FILM) + MB


@pytest.mark.parametrize("fault", ["lost_answer", "error_before", "error_after", "rate_limited_silent"])
def test_whatever_is_lost_at_the_finish_there_is_one_video(fanpage: Newsroom, film: VideoSnapshot, rehearsal: RehearsalServer, fault: str) -> None:
    delivery = publish(fanpage)
    rehearsal.fault(fault, call=f"{delivery.payload['kind']}_finish")
    fanpage.work(delivery)
    fanpage.run_until_quiet(seconds=900, rounds=8)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED
    assert [post["id"] for post in rehearsal.posts()] == [delivery.remote_id]
