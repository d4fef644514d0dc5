"""The whole way to a Facebook Page that keeps the platform's contract: connect, post, lose answers, edit, take down."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from distribution.channels import demo
from distribution.channels.models import Account
from distribution.deliveries import reconciling, services
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery, Stray
from newsroom.articles.models import ArticlePage
from newsroom.common import clock
from newsroom.pages.guard import door_open
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


@pytest.fixture
def live_newsroom(rehearsal: RehearsalServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """A newsroom whose account is the rehearsal fanpage; its clock starts at the real time and is moved on by tests."""
    settings.DELIVERY_SETTLE_SECONDS = 2
    monkeypatch.setattr(services, "ring", lambda ids: None)
    with scripted_platform() as unused:
        newsroom = Newsroom(unused)
        newsroom.now = clock.now()
        newsroom.account = demo.connect(now=newsroom.now)
        yield newsroom


def test_the_demo_s_fanpage_is_connected_through_the_true_log_in(rehearsal: RehearsalServer) -> None:
    account = demo.connect(now=clock.now())
    assert (account.remote_id, account.state, account.rehearsal) == (rehearsal.page_id, "ready", True)
    assert account.sealed_token
    assert demo.connect(now=clock.now()).pk == account.pk
    assert Account.objects.count() == 1


def test_a_story_reaches_the_page_once_with_its_text_and_link(live_newsroom: Newsroom, rehearsal: RehearsalServer) -> None:
    delivery = live_newsroom.work(live_newsroom.publish("Ba giờ sáng, loa biên phòng gọi tên từng chiếc tàu."))
    (post,) = rehearsal.posts(state="published")
    assert delivery.state == S.PUBLISHED
    assert post["text"] == "Ba giờ sáng, loa biên phòng gọi tên từng chiếc tàu."
    assert f"utm_id={delivery.pk}" in post["link"]
    assert delivery.remote_id == post["id"]
    assert delivery.remote_url.startswith("http")


def test_a_story_with_pictures_goes_out_as_photos(live_newsroom: Newsroom, rehearsal: RehearsalServer) -> None:
    Account.objects.filter(pk=live_newsroom.account.pk).update(settings={"mode": "photos"})
    story = make_story(channels={live_newsroom.account.key: "Có ảnh"}, live=True, main_image=make_image(width=3000, height=2000))
    live_newsroom.event(story)
    delivery = live_newsroom.work(Delivery.objects.get(story=story))
    (post,) = rehearsal.posts(state="published")
    assert delivery.state == S.PUBLISHED
    assert len(post["media"]) == 1


@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ("lost_answer", {}), ("late_commit", {"seconds": 3}), ("error_before", {}), ("error_after", {}), ("slow_body", {"seconds": 3}),
        ("rate_limited_silent", {}), ("duplicate_refused", {}),
    ],
)  # fmt: skip
def test_whatever_is_lost_there_is_one_post(live_newsroom: Newsroom, rehearsal: RehearsalServer, fault: str, more: dict[str, Any]) -> None:
    Account.objects.filter(pk=live_newsroom.account.pk).update(settings={"read_seconds": 1})
    rehearsal.fault(fault, call="feed", **more)
    delivery = live_newsroom.work(live_newsroom.publish("một lần"))
    time.sleep(2.5 if "seconds" in more else 0)  # the platform really carries out a late commit after we gave up
    live_newsroom.run_until_quiet(seconds=200, rounds=25)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED, delivery.failure_code
    assert [post["text"] for post in rehearsal.posts(state="published")] == ["một lần"]
    assert delivery.remote_id == rehearsal.posts(state="published")[0]["id"]


def test_a_revoked_key_stops_the_channel_until_it_is_connected_again(live_newsroom: Newsroom, rehearsal: RehearsalServer) -> None:
    rehearsal.fault("token_revoked", call="feed")
    delivery = live_newsroom.work(live_newsroom.publish("chờ"))
    assert delivery.state == S.BLOCKED_AUTH
    demo.connect(now=live_newsroom.clock())
    live_newsroom.run_until_quiet(seconds=5, rounds=4)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (S.PUBLISHED, 0)
    assert len(rehearsal.posts(state="published")) == 1


def test_publishing_again_edits_the_post(live_newsroom: Newsroom, rehearsal: RehearsalServer) -> None:
    story = live_newsroom.story("cũ")
    live_newsroom.event(story)
    live_newsroom.work(Delivery.objects.get(story=story))
    live_newsroom.event(story, EventKind.UPDATED, text="mới")
    update = live_newsroom.work(Delivery.objects.get(story=story, operation=Operation.UPDATE))
    (post,) = rehearsal.posts(state="published")
    assert (update.state, post["text"]) == (S.PUBLISHED, "mới")
    assert post["edited_at"]


def test_withdrawing_deletes_the_post(live_newsroom: Newsroom, rehearsal: RehearsalServer) -> None:
    story = live_newsroom.story("gỡ")
    live_newsroom.event(story)
    live_newsroom.work(Delivery.objects.get(story=story))
    live_newsroom.event(story, EventKind.WITHDRAWN)
    live_newsroom.work(Delivery.objects.get(story=story, operation=Operation.DELETE))
    assert rehearsal.posts(state="published") == []
    assert Delivery.objects.get(story=story, operation=Operation.PUBLISH).removed_at is not None


def test_at_night_a_deleted_post_and_a_twin_of_ours_are_found(live_newsroom: Newsroom, rehearsal: RehearsalServer) -> None:
    there, deleted = (live_newsroom.work(live_newsroom.publish(text)) for text in ("Còn trên Trang", "Bị xóa trên Trang"))
    token = {"access_token": rehearsal.page_token()}
    requests.delete(f"{rehearsal.graph}/v26.0/{deleted.remote_id}", params=token, timeout=10).raise_for_status()
    twin = {**token, "message": "Đăng hai lần", "link": there.payload["body"]["link"]}
    twin_id = requests.post(f"{rehearsal.graph}/v26.0/{rehearsal.page_id}/feed", data=twin, timeout=10).json()["id"]
    live_newsroom.later(3600)
    for _round in range(2):
        live_newsroom.later(600)
        reconciling.look_around(clock=live_newsroom.clock)
    there.refresh_from_db()
    deleted.refresh_from_db()
    assert there.removed_at is None and deleted.removed_outside
    assert Alarm.objects.filter(code="post_gone", subject=deleted.pk, cleared_at=None).exists()
    assert [(stray.remote_id, stray.delivery_id) for stray in Stray.objects.all()] == [(twin_id, there.pk)]


def with_comment(live_newsroom: Newsroom, words: str, *, link_place: str = "") -> Delivery:
    """A story that is posted with a comment of the Page's own."""
    story = live_newsroom.story("Ba giờ sáng, loa biên phòng gọi tên từng chiếc tàu.")
    version = ArticlePage.objects.get(pk=story.pk).latest_revision.as_object()
    rows = list(version.channel_texts.all())
    rows[0].first_comment, rows[0].link_place = words, link_place
    version.channel_texts = rows
    with door_open():
        version.save_revision().publish(skip_permission_checks=True)
    live_newsroom.event(story)
    return Delivery.objects.get(story=story, operation=Operation.PUBLISH)


@pytest.mark.parametrize("fault", ["", "lost_answer", "error_after", "error_before"])
def test_the_first_comment_stands_once_under_the_post_whatever_is_lost(live_newsroom: Newsroom, rehearsal: RehearsalServer, fault: str) -> None:
    post = with_comment(live_newsroom, "Mời bạn đọc kể chuyện của mình.")
    if fault:
        rehearsal.fault(fault, call="comments")
    live_newsroom.run_until_quiet(seconds=20, rounds=8)
    post.refresh_from_db()
    comment = Delivery.objects.get(original=post, operation=Operation.COMMENT)
    assert (post.state, comment.state) == (S.PUBLISHED, S.PUBLISHED)
    assert rehearsal.comments(post.remote_id) == ["Mời bạn đọc kể chuyện của mình."]


def test_the_link_may_stand_in_the_first_comment_alone_and_the_post_is_still_found(live_newsroom: Newsroom, rehearsal: RehearsalServer) -> None:
    post = with_comment(live_newsroom, "Đọc cả bài:", link_place="comment")
    rehearsal.fault("lost_answer", call="feed")
    live_newsroom.run_until_quiet(seconds=20, rounds=8)
    post.refresh_from_db()
    (shown,) = rehearsal.posts(state="published")
    assert (post.state, post.remote_id) == (S.PUBLISHED, shown["id"]) and not shown["link"] and "http" not in shown["text"]
    (said,) = rehearsal.comments(post.remote_id)
    assert said.startswith("Đọc cả bài:\nhttp") and said.endswith(".html")


def test_an_edited_story_asks_for_a_new_card_once(live_newsroom: Newsroom, rehearsal: RehearsalServer) -> None:
    post = live_newsroom.work(live_newsroom.publish("Tít sai"))
    live_newsroom.event(ArticlePage.objects.get(pk=post.story_id), EventKind.CORRECTED, text="Tít đúng")
    live_newsroom.run_until_quiet(seconds=20, rounds=3)
    (call,) = [call for call in rehearsal.calls("scrape") if call["outcome"] != "running"][:1]
    assert call["detail"]["scrape"] == "true" and "utm_id" not in call["detail"]["id"]
    assert rehearsal.posts()[0]["text"] == "Tít đúng"
