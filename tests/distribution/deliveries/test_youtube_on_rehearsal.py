"""The whole way to a YouTube channel that keeps the platform's contract: connect, upload, die in the middle, edit, take down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from distribution.channels import demo
from distribution.channels.models import Account, QuotaUse
from distribution.connectors.youtube import uploads
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
def television(rehearsal: RehearsalServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """A newsroom whose account is the rehearsal channel, with small chunks."""
    settings.DELIVERY_SETTLE_SECONDS = 2
    monkeypatch.setattr(services, "ring", lambda ids: None)
    with scripted_platform() as unused:
        newsroom = Newsroom(unused)
        newsroom.now = clock.now()
        newsroom.account = demo.connect(demo.TELEVISION, now=newsroom.now)
        Account.objects.filter(pk=newsroom.account.pk).update(settings={"chunk_bytes": MB})
        yield newsroom


@pytest.fixture
def film(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> VideoSnapshot:
    """A file in the newsroom's storage that stories show. What a story keeps of it is `video_of`'s business and tested there."""
    settings.MEDIA_ROOT = str(tmp_path)
    path = default_storage.save("videos/lu.mp4", ContentFile(FILM))
    words = default_storage.save("videos/lu.vtt", ContentFile("WEBVTT\n\n00:00.000 --> 00:02.000\nNước lên.\n".encode()))
    made = VideoSnapshot(path, len(FILM), SHA, "video/mp4", 1280, 720, 12.0, "Lũ", captions=(("vi", words),))
    monkeypatch.setattr("distribution.renditions.snapshots.video_of", lambda story: made)
    return made


def publish(television: Newsroom, **more: Any) -> Delivery:
    story = make_story(channels={television.account.key: "Nước lên nhanh."}, live=True, title="Lũ về Sông Ba", **more)
    television.event(story)
    return Delivery.objects.get(story=story)


def test_a_channel_is_connected_through_the_true_log_in_with_a_key_that_renews_itself(rehearsal: RehearsalServer) -> None:
    account = demo.connect(demo.TELEVISION, now=clock.now())
    assert (account.kind, account.state, account.rehearsal) == ("youtube", "ready", True)
    assert account.token_expires_at is not None and account.token_expires_at < clock.now() + timedelta(hours=2)
    assert demo.missing() == [channel for channel in demo.CHANNELS if channel != demo.TELEVISION]


def test_a_story_s_video_reaches_the_channel_once_with_words_poster_and_captions(television: Newsroom, film: VideoSnapshot, rehearsal: RehearsalServer) -> None:
    delivery = television.work(publish(television, main_image=make_image()))
    (post,) = rehearsal.posts(state="published")
    assert (delivery.state, delivery.remote_id, delivery.failure_code) == (S.PUBLISHED, post["id"], "")
    assert delivery.remote_url == f"{rehearsal.youtube}/watch?v={post['id']}"
    assert post["text"].startswith("Lũ về Sông Ba\n\nNước lên nhanh.") and f"utm_id={delivery.pk}" in post["link"]
    assert post["media"][0]["sha256"] == SHA
    assert delivery.handle["extras"] == {"thumbnail": "done", "captions:vi": "done"}
    assert QuotaUse.objects.get(bucket="uploads").units == 1
    assert QuotaUse.objects.get(bucket="units").units == 400 + 50 + 1 + 50 + 1


def test_a_story_without_a_video_fails_with_a_sentence_and_asks_nobody_else(television: Newsroom, rehearsal: RehearsalServer) -> None:
    delivery = publish(television)
    assert (delivery.state, delivery.failure_code) == (S.FAILED, "no_video")
    assert rehearsal.calls() == []


@pytest.mark.parametrize("deaths", [1, 3])
def test_a_worker_killed_in_an_upload_costs_no_more_than_the_chunk_it_held(
    television: Newsroom, film: VideoSnapshot, rehearsal: RehearsalServer, monkeypatch: pytest.MonkeyPatch, deaths: int
) -> None:
    true_part, left = uploads.Part.read, [deaths]

    def dies(part: Any, size: int = -1) -> bytes:
        if left[0] and part._at >= (deaths - left[0] + 1) * MB // 2 + MB // 2:
            left[0] -= 1
            raise WorkerDies
        return true_part(part, size)

    monkeypatch.setattr(uploads.Part, "read", dies)
    delivery = television.work(publish(television))
    assert delivery.state == S.STAGING and "session" in delivery.handle
    television.run_until_quiet(seconds=100, rounds=2 * deaths + 2)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED and left == [0]
    assert rehearsal.posts()[0]["media"][0]["sha256"] == SHA
    (upload,) = rehearsal.uploads()
    assert upload["wire_bytes"] - len(FILM) <= deaths * MB  # what the machine still held in its buffers is lost with the worker
    assert [call["call"] for call in rehearsal.calls()].count("open") == 1


def test_an_upload_that_takes_longer_than_a_walk_goes_on_in_the_next(television: Newsroom, film: VideoSnapshot, rehearsal: RehearsalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distribution.deliveries.steps.LONGEST_WALK", timedelta(0))
    Account.objects.filter(pk=television.account.pk).update(settings={"chunk_bytes": MB, "slice_seconds": 0})
    delivery = television.work(publish(television))
    assert delivery.state == S.READY and delivery.lease_owner == ""
    television.run_until_quiet(seconds=25, rounds=8)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED
    assert rehearsal.uploads()[0]["wire_bytes"] == len(FILM)


def test_a_token_that_ends_in_the_middle_is_renewed_once_and_nobody_is_told(television: Newsroom, film: VideoSnapshot, rehearsal: RehearsalServer) -> None:
    rehearsal.fault("token_expires", platform="youtube", call="chunk")
    delivery = television.work(publish(television))
    account = Account.objects.get(pk=television.account.pk)
    assert (delivery.state, delivery.attempts, account.state, account.generation) == (S.PUBLISHED, 0, "ready", television.account.generation + 1)


def test_a_token_near_its_end_is_renewed_before_the_platform_refuses_it(television: Newsroom, film: VideoSnapshot, rehearsal: RehearsalServer) -> None:
    Account.objects.filter(pk=television.account.pk).update(token_expires_at=television.now + timedelta(seconds=30))
    delivery = television.work(publish(television))
    assert delivery.state == S.PUBLISHED
    assert {row.outcome for row in delivery.attempt_log.all()} <= {"wait", "staged", "published"}


def test_a_permission_that_was_taken_back_waits_for_a_person_and_then_goes_on(television: Newsroom, film: VideoSnapshot, rehearsal: RehearsalServer) -> None:
    rehearsal.fault("token_revoked", platform="youtube", call="chunk")
    delivery = television.work(publish(television))
    assert delivery.state == S.BLOCKED_AUTH and Account.objects.get(pk=television.account.pk).state == "needs_reconnect"
    demo.connect(demo.TELEVISION, now=television.clock())
    television.run_until_quiet(seconds=5, rounds=4)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (S.PUBLISHED, 0)
    assert [call["call"] for call in rehearsal.calls()].count("open") == 1  # the same upload goes on


def test_a_spent_quota_waits_for_the_next_day_and_uses_up_no_try(television: Newsroom, film: VideoSnapshot, rehearsal: RehearsalServer) -> None:
    Account.objects.filter(pk=television.account.pk).update(settings={"quota": {"uploads": 0}})
    delivery = television.work(publish(television))
    assert (delivery.state, delivery.attempts, rehearsal.calls()) == (S.BLOCKED_QUOTA, 0, [])
    account = Account.objects.get(pk=television.account.pk)
    assert account.gate_reason == "quota" and account.gate_until is not None
    Account.objects.filter(pk=television.account.pk).update(settings={})
    television.now = account.gate_until  # YouTube's next day, up to 24 hours away
    television.run_until_quiet(seconds=60, rounds=3)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED


@pytest.mark.parametrize("fault", ["lost_answer", "error_before", "error_after"])
def test_whatever_is_lost_when_it_is_shown_there_is_one_video(television: Newsroom, film: VideoSnapshot, rehearsal: RehearsalServer, fault: str) -> None:
    rehearsal.fault(fault, platform="youtube", call="update")
    delivery = television.work(publish(television))
    television.run_until_quiet(seconds=200, rounds=6)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED
    assert [post["id"] for post in rehearsal.posts()] == [delivery.remote_id]


def test_publishing_again_edits_the_words_and_withdrawing_takes_the_video_down(television: Newsroom, film: VideoSnapshot, rehearsal: RehearsalServer) -> None:
    delivery = television.work(publish(television))
    story = ArticlePage.objects.get(pk=delivery.story_id)
    television.event(story, EventKind.UPDATED, text="Nước đã rút.")
    update = television.work(Delivery.objects.get(story=story, operation=Operation.UPDATE))
    assert update.state == S.PUBLISHED and "Nước đã rút." in rehearsal.posts()[0]["text"]
    television.event(story, EventKind.WITHDRAWN)
    television.work(Delivery.objects.get(story=story, operation=Operation.DELETE))
    assert [post["state"] for post in rehearsal.posts()] == ["deleted"]


def test_a_story_that_is_withdrawn_in_the_middle_of_its_upload_is_never_shown(
    television: Newsroom, film: VideoSnapshot, rehearsal: RehearsalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_part, left = uploads.Part.read, [1]
    delivery = publish(television)

    def withdrawn(part: Any, size: int = -1) -> bytes:
        if left[0] and part._at >= MB:
            left[0] = 0
            television.event(ArticlePage.objects.get(pk=delivery.story_id), EventKind.WITHDRAWN)
        return true_part(part, size)

    monkeypatch.setattr(uploads.Part, "read", withdrawn)
    delivery = television.work(delivery)
    television.run_until_quiet(seconds=100, rounds=3)
    delivery.refresh_from_db()
    assert delivery.state == S.CANCELLED
    assert rehearsal.posts(state="published") == []


def test_big_files_have_workers_of_their_own(television: Newsroom, film: VideoSnapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(services.current_app, "send_task", lambda name, *, kwargs, queue: sent.append((kwargs["delivery_id"], queue)))
    monkeypatch.setattr("distribution.renditions.snapshots.video_of", lambda story: film)
    delivery = publish(television)
    sent.clear()
    services.ring([delivery.pk])
    Delivery.objects.filter(pk=delivery.pk).update(state=S.VERIFYING)
    services.ring([delivery.pk])
    assert sent == [(delivery.pk, "upload"), (delivery.pk, "commit")]
