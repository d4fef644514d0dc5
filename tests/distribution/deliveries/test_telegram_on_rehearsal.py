"""The whole way to a Telegram channel: connected by a bot's token, posted once, a lost answer for a person, edited with a notice, taken down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from distribution.channels import demo
from distribution.channels.models import Account
from distribution.deliveries import services
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Attempt, Delivery
from newsroom.common import clock
from publishing.events.enums import EventKind
from publishing.events.models import Alarm
from tests.distribution.channels.conftest import rehearsal
from tests.distribution.deliveries.stage import Newsroom
from tests.factories.newsroom import make_image, make_story
from tests.fakes.connector import scripted_platform
from tests.fakes.rehearsal import RehearsalServer, rehearsal_process, rehearsal_server

__all__ = ["rehearsal", "rehearsal_process", "rehearsal_server"]
pytestmark = [pytest.mark.database, pytest.mark.processes]
S = DeliveryState
EXPECTED = demo.Expected("telegram_channel", "telegram-bao", "Telegram Báo Sông Ba", "chat_id")


@pytest.fixture
def channel(rehearsal: RehearsalServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """A newsroom whose account is the rehearsal channel, connected with the values of its form."""
    settings.DELIVERY_SETTLE_SECONDS = 2
    monkeypatch.setattr(services, "ring", lambda ids: None)
    with scripted_platform() as unused:
        newsroom = Newsroom(unused)
        newsroom.now = clock.now()
        newsroom.account = demo.connect(EXPECTED, now=newsroom.now)
        yield newsroom


def set_account(newsroom: Newsroom, **settings: Any) -> None:
    Account.objects.filter(pk=newsroom.account.pk).update(settings={**newsroom.account.settings, **settings})


def test_a_story_is_posted_once_and_its_address_is_known(channel: Newsroom, rehearsal: RehearsalServer) -> None:
    delivery = channel.work(channel.publish("Ba giờ sáng, loa biên phòng gọi tên từng chiếc tàu."))
    (post,) = rehearsal.posts(state="published")
    assert (delivery.state, delivery.remote_id, delivery.commits) == (S.PUBLISHED, post["id"], 1)
    assert f"utm_id={delivery.pk}" in post["link"]
    assert delivery.remote_url.endswith(f"/telegram/baosongba_chaythu/{post['id']}")


@pytest.mark.parametrize(("fault", "posts"), [("lost_answer", 1), ("error_after", 1), ("error_before", 0)])
def test_a_lost_answer_is_never_sent_again_by_itself_and_a_person_says_what_is_there(channel: Newsroom, rehearsal: RehearsalServer, fault: str, posts: int) -> None:
    rehearsal.fault(fault, platform="telegram", call="sendMessage")
    delivery = channel.work(channel.publish("một lần"))
    channel.run_until_quiet(seconds=200, rounds=10)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.commits) == (S.UNCONFIRMED, 1)
    assert Alarm.objects.filter(code="delivery_unconfirmed", subject=delivery.pk, cleared_at=None).exists()
    assert len(rehearsal.posts()) == posts == len([call for call in rehearsal.calls() if call["outcome"] in ("cut", "answered") or call["fault"] == "error_after"])


def test_a_plain_refusal_is_believed_and_tried_again(channel: Newsroom, rehearsal: RehearsalServer) -> None:
    rehearsal.fault("rate_limited", platform="telegram", call="sendMessage")
    delivery = channel.work(channel.publish("một lần"))
    assert delivery.state == S.BLOCKED_RATE
    channel.run_until_quiet(seconds=100, rounds=3)
    delivery.refresh_from_db()
    assert (delivery.state, len(rehearsal.posts())) == (S.PUBLISHED, 1)


def test_a_correction_edits_the_caption_with_its_notice_and_sends_no_picture_anew(channel: Newsroom, rehearsal: RehearsalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    set_account(channel, mode="pictures")
    story = make_story(channels={channel.account.key: "Cầu dài 400 m."}, live=True, main_image=make_image(width=300, height=200))
    channel.event(story)
    channel.work(Delivery.objects.get(story=story))
    (before,) = rehearsal.posts(state="published")
    monkeypatch.setattr("distribution.renditions.snapshots.notice_of", lambda story, event: "Đính chính: cầu dài 40 m.")
    channel.event(story, EventKind.CORRECTED, text="Cầu dài 40 m.")
    edit = channel.work(Delivery.objects.get(story=story, operation=Operation.UPDATE))
    (post,) = rehearsal.posts(state="published")
    assert edit.state == S.PUBLISHED and post["edited_at"]
    assert post["text"].startswith("Đính chính: cầu dài 40 m.\n\nCầu dài 40 m.\n\n")
    assert post["media"] == before["media"] and len(post["media"]) == 1
    assert [call["call"] for call in rehearsal.calls()] == ["sendPhoto", "editMessageCaption"]


def withdrawn(channel: Newsroom) -> Delivery:
    story = channel.story("gỡ")
    channel.event(story)
    channel.work(Delivery.objects.get(story=story))
    channel.event(story, EventKind.WITHDRAWN)
    return channel.work(Delivery.objects.get(story=story, operation=Operation.DELETE))


def test_withdrawing_deletes_the_post(channel: Newsroom, rehearsal: RehearsalServer) -> None:
    gone = withdrawn(channel)
    assert rehearsal.posts(state="published") == []
    assert gone.state == S.PUBLISHED and gone.original is not None and Delivery.objects.get(pk=gone.original_id).removed_at is not None


@pytest.fixture
def impatient(db: Any, settings: Any, tmp_path: Any) -> Iterator[RehearsalServer]:
    """A platform whose time for deleting is over at once."""
    server = RehearsalServer.start(tmp_path, env={"REHEARSAL_TELEGRAM_HOURS": "0"})
    settings.NEWSROOM_REHEARSAL, settings.REHEARSAL_ADDRESS = True, server.base_url
    yield server
    server.stop()


def test_what_telegram_deletes_no_more_is_a_task_for_a_person_with_the_post_s_address(impatient: RehearsalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "ring", lambda ids: None)
    with scripted_platform() as unused:
        newsroom = Newsroom(unused)
        newsroom.now = clock.now()
        newsroom.account = demo.connect(EXPECTED, now=newsroom.now)
        task = withdrawn(newsroom)
    assert (task.state, task.failure_code) == (S.WAITING_FOR_HUMAN, "too_late_to_delete")
    assert len(impatient.posts(state="published")) == 1
    assert "/telegram/baosongba_chaythu/" in Alarm.objects.get(subject=task.pk, cleared_at=None).message


def test_no_attempt_and_no_row_holds_the_token(channel: Newsroom, rehearsal: RehearsalServer, settings: Any) -> None:
    Account.objects.filter(pk=channel.account.pk).update(address="http://127.0.0.1:9", settings={**channel.account.settings, "allowed_origins": ["http://127.0.0.1:9"]})
    channel.account.refresh_from_db()
    delivery = channel.work(channel.publish("x"))
    attempts = list(Attempt.objects.filter(delivery=delivery))
    secret = rehearsal.card("telegram")["fields"]["token"].split(":")[1]
    assert attempts and "refused" in attempts[-1].raw  # the diagnostic is there
    assert not [row for row in (*attempts, delivery) if secret in repr(row.__dict__)]
