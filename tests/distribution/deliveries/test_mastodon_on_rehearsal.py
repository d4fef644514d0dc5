"""The whole way to a Mastodon account: connected by a key, posted once, edited with the notice of a correction, taken down."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from distribution.channels import demo
from distribution.channels.models import Account
from distribution.deliveries import services
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery
from newsroom.common import clock
from publishing.events.enums import EventKind
from tests.distribution.channels.conftest import rehearsal
from tests.distribution.deliveries.stage import Newsroom
from tests.factories.newsroom import make_image, make_story
from tests.fakes.connector import scripted_platform
from tests.fakes.rehearsal import RehearsalServer, rehearsal_process, rehearsal_server

__all__ = ["rehearsal", "rehearsal_process", "rehearsal_server"]
pytestmark = [pytest.mark.database, pytest.mark.processes]
S = DeliveryState
EXPECTED = demo.Expected("mastodon", "mastodon-bao", "Mastodon Báo Sông Ba", "account_id")


@pytest.fixture
def fediverse(rehearsal: RehearsalServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """A newsroom whose account is on the rehearsal server, connected with the key of its form."""
    settings.DELIVERY_SETTLE_SECONDS = 2
    monkeypatch.setattr(services, "ring", lambda ids: None)
    with scripted_platform() as unused:
        newsroom = Newsroom(unused)
        newsroom.now = clock.now()
        newsroom.account = demo.connect(EXPECTED, now=newsroom.now)
        yield newsroom


def set_account(newsroom: Newsroom, **settings: Any) -> None:
    Account.objects.filter(pk=newsroom.account.pk).update(settings={**newsroom.account.settings, **settings})


def test_a_story_is_posted_once_with_its_link_and_its_address_is_known(fediverse: Newsroom, rehearsal: RehearsalServer) -> None:
    assert fediverse.account.settings["text_limit"] == 500
    delivery = fediverse.work(fediverse.publish("Ba giờ sáng, loa biên phòng gọi tên từng chiếc tàu."))
    (post,) = rehearsal.posts(state="published")
    assert (delivery.state, delivery.remote_id, delivery.commits) == (S.PUBLISHED, post["id"], 1)
    assert f"utm_id={delivery.pk}" in post["text"]
    assert delivery.remote_url.endswith(f"/mastodon/@baosongba/{post['id']}")
    assert rehearsal.calls("statuses")[-1]["detail"]["key"] == delivery.pk


@pytest.mark.parametrize(("fault", "more"), [("lost_answer", {}), ("late_commit", {"seconds": 3}), ("error_before", {}), ("error_after", {}), ("rate_limited_silent", {})])
def test_whatever_is_lost_there_is_one_post(fediverse: Newsroom, rehearsal: RehearsalServer, fault: str, more: dict[str, Any]) -> None:
    set_account(fediverse, read_seconds=1)
    rehearsal.fault(fault, platform="mastodon", call="statuses", **more)
    delivery = fediverse.work(fediverse.publish("một lần"))
    time.sleep(2.5 if "seconds" in more else 0)
    fediverse.run_until_quiet(seconds=200, rounds=10)
    delivery.refresh_from_db()
    (post,) = rehearsal.posts()
    assert (delivery.state, delivery.remote_id) == (S.PUBLISHED, post["id"]), delivery.failure_code


def test_a_correction_edits_the_post_with_its_notice_and_keeps_its_pictures(fediverse: Newsroom, rehearsal: RehearsalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    set_account(fediverse, mode="pictures")
    story = make_story(channels={fediverse.account.key: "Cầu dài 400 m."}, live=True, main_image=make_image(width=300, height=200))
    fediverse.event(story)
    for _step in range(3):
        fediverse.tick(2)
    (before,) = rehearsal.posts(state="published")
    monkeypatch.setattr("distribution.renditions.snapshots.notice_of", lambda story, event: "Đính chính: cầu dài 40 m.")
    fediverse.event(story, EventKind.CORRECTED, text="Cầu dài 40 m.")
    edit = fediverse.work(Delivery.objects.get(story=story, operation=Operation.UPDATE))
    (post,) = rehearsal.posts(state="published")
    assert edit.state == S.PUBLISHED and post["edited_at"]
    assert post["text"].startswith("Đính chính: cầu dài 40 m.\n\nCầu dài 40 m.\n\n")
    assert post["media"] == before["media"] and len(post["media"]) == 1
    assert len([call for call in rehearsal.calls("media") if call["outcome"] == "answered"]) == 1  # named again, not sent again


def test_withdrawing_deletes_the_post(fediverse: Newsroom, rehearsal: RehearsalServer) -> None:
    story = fediverse.story("gỡ")
    fediverse.event(story)
    fediverse.work(Delivery.objects.get(story=story))
    fediverse.event(story, EventKind.WITHDRAWN)
    fediverse.work(Delivery.objects.get(story=story, operation=Operation.DELETE))
    assert rehearsal.posts(state="published") == []
    assert Delivery.objects.get(story=story, operation=Operation.PUBLISH).removed_at is not None


def test_a_key_that_was_taken_back_stops_the_channel_until_a_new_one_is_given(fediverse: Newsroom, rehearsal: RehearsalServer) -> None:
    rehearsal.fault("token_revoked", platform="mastodon", call="statuses")
    delivery = fediverse.work(fediverse.publish("chờ"))
    assert delivery.state == S.BLOCKED_AUTH
    demo.connect(EXPECTED, now=fediverse.clock())
    fediverse.run_until_quiet(seconds=5, rounds=4)
    delivery.refresh_from_db()
    assert (delivery.state, len(rehearsal.posts(state="published"))) == (S.PUBLISHED, 1)


def test_the_post_now_is_sure_only_while_no_edit_s_outcome_is_open(fediverse: Newsroom, rehearsal: RehearsalServer) -> None:
    from distribution.deliveries.followers import shown_now

    story = fediverse.story("một")
    fediverse.event(story)
    original = fediverse.work(Delivery.objects.get(story=story))
    fediverse.event(story, EventKind.UPDATED, text="hai")
    first = fediverse.work(Delivery.objects.get(story=story, operation=Operation.UPDATE))
    fediverse.event(story, EventKind.UPDATED, text="ba")
    second = Delivery.objects.filter(story=story, operation=Operation.UPDATE).exclude(pk=first.pk).get()
    shown = shown_now(second)
    assert shown is not None and shown.body["text"] == "hai"
    Delivery.objects.filter(pk=first.pk).update(state=S.RETRY_WAIT)  # it was tried, and nobody knows
    assert shown_now(second) is None
    assert shown_now(original) is None  # no edit
    second.operation = Operation.DELETE
    assert shown_now(second) == original.stored_payload
