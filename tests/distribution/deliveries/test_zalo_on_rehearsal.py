"""The whole way to a Zalo Official Account: connected by its log-in, shown exactly once whatever is lost, corrected, taken away, sent to followers by a person."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from distribution.channels import connecting, demo
from distribution.channels.models import Account
from distribution.channels.services import ChannelError
from distribution.deliveries import broadcasts, services
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.renditions.registry import notices
from newsroom.accounts.models import User
from newsroom.common import clock
from publishing.events.enums import EventKind
from tests.distribution.channels.conftest import rehearsal
from tests.distribution.deliveries.stage import Newsroom
from tests.factories.newsroom import make_image, make_story
from tests.fakes.connector import scripted_platform
from tests.fakes.pictures import picture_host
from tests.fakes.rehearsal import RehearsalServer, rehearsal_process, rehearsal_server

__all__ = ["rehearsal", "rehearsal_process", "rehearsal_server"]
pytestmark = [pytest.mark.database, pytest.mark.processes]
S = DeliveryState
EXPECTED = demo.Expected("zalo_oa", "zalo-bao", "Zalo Báo Sông Ba", "oa_id")


@pytest.fixture
def paper(rehearsal: RehearsalServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """A newsroom whose account is the rehearsal Zalo; the paper's pictures lie on a real host."""
    settings.DELIVERY_SETTLE_SECONDS = 2
    monkeypatch.setattr(services, "ring", lambda ids: None)
    with scripted_platform() as unused, picture_host() as pictures:
        newsroom = Newsroom(unused)
        newsroom.now = clock.now()
        newsroom.account = demo.connect(EXPECTED, now=newsroom.now)
        settings.PAPER_ADDRESS = pictures
        tuned = {"lost_settle": 1, "read_seconds": 1, "verify_pause": 0.3, "broadcast_hours": [0, 24]}
        Account.objects.filter(pk=newsroom.account.pk).update(settings={**newsroom.account.settings, **tuned})
        newsroom.account.refresh_from_db()
        yield newsroom


def run(newsroom: Newsroom, until: Any, *, rounds: int = 60) -> None:
    """Workers work while real time passes, for Zalo's jobs take some; the newsroom's own clock runs faster."""
    for _round in range(rounds):
        if until():
            return
        time.sleep(0.15)
        newsroom.tick(5)
    raise AssertionError("it never came true")


def published(newsroom: Newsroom, **fields: Any) -> Delivery:
    """A story whose article is there."""
    story = make_story(channels={newsroom.account.key: "Nước lên nhanh."}, live=True, title="Lũ về Sông Ba", main_image=make_image(), **fields)
    newsroom.event(story)
    delivery = newsroom.work(Delivery.objects.get(story=story))
    run(newsroom, lambda: Delivery.objects.get(pk=delivery.pk).state in (S.PUBLISHED, S.FAILED, S.UNCONFIRMED))
    delivery.refresh_from_db()
    return delivery


def test_the_account_that_was_picked_is_connected_and_no_other(rehearsal: RehearsalServer) -> None:
    account = demo.connect(EXPECTED, now=clock.now())
    assert (account.kind, account.state, account.remote_id) == ("zalo_oa", "ready", "4012345678901234501")
    way = {"kind": "zalo_oa", "redirect_uri": "http://127.0.0.1:8000/admin/channels/back/", "verifier": "v", "rehearsal": True}
    told = demo._consent(connecting.start(**way, state=demo.STATE), email=rehearsal.email, password=rehearsal.password)
    with pytest.raises(ChannelError, match="another channel|kênh khác"):
        connecting.choices(**way, code=told["code"], told={**told, "oa_id": "1"})


@pytest.mark.parametrize(("call", "fault"), [("create", "lost_answer"), ("update", "lost_answer"), ("create", "error_before"), ("update", "error_after"), ("update", "token_expires"), ("", "")])
def test_whatever_is_lost_the_article_is_shown_exactly_once(paper: Newsroom, rehearsal: RehearsalServer, call: str, fault: str) -> None:
    if fault:
        rehearsal.fault(fault, platform="zalo", call=call)
    delivery = published(paper)
    assert (delivery.state, delivery.commits) == (S.PUBLISHED, 1)
    (post,) = rehearsal.posts()
    assert (post["id"], post["state"]) == (delivery.remote_id, "published")
    page = requests.get(delivery.remote_url, timeout=10).text
    assert "Lũ về Sông Ba" in page and "Nước lên nhanh." in page and f"utm_id={delivery.pk}" in page


def test_a_show_that_never_arrived_is_made_again_after_two_looks(paper: Newsroom, rehearsal: RehearsalServer) -> None:
    rehearsal.fault("error_before", platform="zalo", call="update")
    delivery = published(paper)
    assert (delivery.state, delivery.commits) == (S.PUBLISHED, 2)
    assert [post["state"] for post in rehearsal.posts()] == ["published"]


def test_a_correction_changes_the_article_with_its_notice_first(paper: Newsroom, rehearsal: RehearsalServer) -> None:
    delivery = published(paper)
    notices.add("test", lambda story, event: "Đính chính: cầu dài 40 m." if event and event.kind == EventKind.CORRECTED else "")
    try:
        paper.event(delivery.story, EventKind.CORRECTED, text="Nước rút dần.")
    finally:
        notices.remove("test")
    run(paper, lambda: Delivery.objects.filter(original=delivery, operation=Operation.UPDATE, state=S.PUBLISHED).exists())
    (post,) = rehearsal.posts(state="published")
    assert post["id"] == delivery.remote_id
    assert post["text"] == "Lũ về Sông Ba\n\nĐính chính: cầu dài 40 m.\n\nNước rút dần."
    assert "Đã chỉnh sửa" in requests.get(delivery.remote_url, timeout=10).text


def test_a_withdrawn_story_s_article_is_removed(paper: Newsroom, rehearsal: RehearsalServer) -> None:
    delivery = published(paper)
    rehearsal.fault("lost_answer", platform="zalo", call="remove")
    paper.event(delivery.story, EventKind.WITHDRAWN)
    run(paper, lambda: Delivery.objects.filter(original=delivery, operation=Operation.DELETE, state=S.PUBLISHED).exists())
    assert [post["state"] for post in rehearsal.posts()] == ["deleted"]
    assert requests.get(delivery.remote_url, timeout=10).status_code == 404
    delivery.refresh_from_db()
    assert delivery.removed_at is not None


def test_a_person_sends_an_article_to_followers_and_a_lost_answer_is_never_sent_again(paper: Newsroom, rehearsal: RehearsalServer, secretary: User) -> None:
    delivery = published(paper)
    assert rehearsal.calls("message") == []  # nothing goes to followers by itself
    rehearsal.fault("lost_answer", platform="zalo", call="message")
    order = broadcasts.start(delivery_id=delivery.pk, typed=str(delivery.story_id), actor=secretary, now=paper.clock())
    run(paper, lambda: Delivery.objects.get(pk=order.pk).state == S.UNCONFIRMED)
    paper.run_until_quiet(rounds=5)
    assert len(rehearsal.calls("message")) == 1
    with pytest.raises(broadcasts.DecisionError):
        broadcasts.start(delivery_id=delivery.pk, typed=str(delivery.story_id), actor=secretary, now=paper.clock())
