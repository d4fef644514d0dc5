"""The whole way to a TikTok inbox: connected by its log-in, handed over once, finished by a person in the app, seen as posted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from distribution.channels import demo
from distribution.deliveries import decisions, reconciling, services
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.renditions.videos import VideoSnapshot
from newsroom.accounts.models import User
from newsroom.common import clock
from publishing.events.enums import EventKind
from publishing.events.models import Alarm
from tests.distribution.channels.conftest import rehearsal
from tests.distribution.deliveries.stage import Newsroom
from tests.factories.newsroom import make_story
from tests.fakes.connector import scripted_platform
from tests.fakes.rehearsal import RehearsalServer, rehearsal_process, rehearsal_server

__all__ = ["rehearsal", "rehearsal_process", "rehearsal_server"]
pytestmark = [pytest.mark.database, pytest.mark.processes]
S = DeliveryState
FILM = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 4096


@pytest.fixture
def phone(rehearsal: RehearsalServer, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Newsroom]:
    """A newsroom whose account is the rehearsal TikTok, and a film that stories show."""
    settings.DELIVERY_SETTLE_SECONDS, settings.MEDIA_ROOT = 2, str(tmp_path)
    monkeypatch.setattr(services, "ring", lambda ids: None)
    path = default_storage.save("videos/lu.mp4", ContentFile(FILM))
    film = VideoSnapshot(path, len(FILM), hashlib.sha256(FILM).hexdigest(), "video/mp4", 720, 1280, 12.0, "Lũ")
    monkeypatch.setattr("distribution.renditions.snapshots.video_of", lambda story: film)
    with scripted_platform() as unused:
        newsroom = Newsroom(unused)
        newsroom.now = clock.now()
        card = requests.get(f"{rehearsal.base_url}/_rehearsal/demo.json", timeout=10).json()["tiktok"]
        named = next(name for name in card if name.endswith("_id") and name != "app_id")
        newsroom.account = demo.connect(demo.Expected("tiktok", "tiktok-bao", "TikTok Báo Sông Ba", named), now=newsroom.now)
        yield newsroom


def handed(phone: Newsroom) -> Delivery:
    story = make_story(channels={phone.account.key: "Nước lên nhanh."}, live=True, title="Lũ về Sông Ba")
    phone.event(story)
    return phone.work(Delivery.objects.get(story=story))


def test_a_draft_waits_for_a_person_is_told_to_them_and_counts_as_posted_once_they_posted_it(phone: Newsroom, rehearsal: RehearsalServer) -> None:
    delivery = handed(phone)
    assert (delivery.state, delivery.commits) == (S.WAITING_FOR_HUMAN, 1)
    assert Alarm.objects.filter(subject=delivery.pk, cleared_at=None).exists()
    rehearsal.finish_draft(delivery.handle["publish_id"], account=phone.account.remote_id, caption="Nước lên nhanh.")
    for _minute in range(6):
        phone.tick(60)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.commits) == (S.PUBLISHED, 1)
    assert "/video/" in delivery.remote_url
    assert not Alarm.objects.filter(subject=delivery.pk, cleared_at=None).exists()


def test_a_withdrawn_story_leaves_a_task_for_a_person_where_the_platform_knows_no_take_down(phone: Newsroom, rehearsal: RehearsalServer) -> None:
    delivery = handed(phone)
    rehearsal.finish_draft(delivery.handle["publish_id"], account=phone.account.remote_id, caption="Nước lên nhanh.")
    for _minute in range(6):
        phone.tick(60)
    phone.event(delivery.story, EventKind.WITHDRAWN)
    phone.tick(1)
    (task,) = Delivery.objects.filter(original=delivery, operation=Operation.DELETE)
    assert task.state == S.WAITING_FOR_HUMAN
    assert Alarm.objects.filter(subject=task.pk, cleared_at=None).exists()


def test_a_draft_whose_last_answer_was_lost_is_told_to_a_person_and_not_sent_again(phone: Newsroom, rehearsal: RehearsalServer) -> None:
    rehearsal.fault("lost_answer", platform="tiktok", call="chunk")
    delivery = handed(phone)
    assert delivery.state == S.VERIFYING
    phone.tick(5)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.commits) == (S.WAITING_FOR_HUMAN, 1)
    assert Alarm.objects.filter(subject=delivery.pk, code="delivery_person", cleared_at=None).exists()


def test_a_take_down_that_a_person_said_was_done_and_was_not_comes_back_at_night(phone: Newsroom, rehearsal: RehearsalServer, editor_in_chief: User) -> None:
    delivery = handed(phone)
    rehearsal.finish_draft(delivery.handle["publish_id"], account=phone.account.remote_id, caption="Nước lên nhanh.")
    for _minute in range(6):
        phone.tick(60)
    phone.event(delivery.story, EventKind.WITHDRAWN)
    phone.tick(1)
    (task,) = Delivery.objects.filter(original=delivery, operation=Operation.DELETE)
    decisions.it_is_done(delivery_id=task.pk, actor=editor_in_chief, now=phone.clock())
    phone.later(3600)
    reconciling.look_around(clock=phone.clock)
    phone.tick(1)
    again = Delivery.objects.get(original=delivery, operation=Operation.DELETE, repeat=1)
    assert (again.state, again.failure_code) == (S.WAITING_FOR_HUMAN, "cannot_delete")
    assert Alarm.objects.filter(code="post_back", subject=delivery.pk, cleared_at=None).exists()
