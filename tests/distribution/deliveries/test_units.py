"""A unit's channel takes only what its approver accepts, unchanged; what it took it also gets corrected and taken down."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from distribution.channels import offers
from distribution.channels.enums import LogKind, OfferState
from distribution.channels.models import Account, Offer, Unit
from distribution.channels.services import ChannelError
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery
from newsroom.accounts.models import User
from publishing.events.enums import EventKind
from publishing.events.models import Alarm
from tests.distribution.deliveries.stage import Newsroom


@pytest.fixture
def approver(reporter: User, newsroom: Newsroom) -> User:
    unit = Unit.objects.create(name="Xã Ea Bar")
    unit.approvers.add(reporter)
    Account.objects.filter(pk=newsroom.account.pk).update(unit=unit)
    newsroom.account.refresh_from_db()
    return reporter


def published(newsroom: Newsroom) -> tuple[Any, Offer]:
    story = newsroom.story("Lời dẫn")
    newsroom.event(story)
    return story, Offer.objects.get(story=story)


def test_until_it_is_accepted_nothing_is_planned_and_its_approver_is_told(newsroom: Newsroom, approver: User) -> None:
    story, offer = published(newsroom)
    newsroom.run_until_quiet(rounds=3)
    assert newsroom.platform.posts == {} and not Delivery.objects.exists()
    assert list(offers.open_offers(approver)) == [offer] and Alarm.objects.filter(code="channel_offer", cleared_at=None).count() == 1


def test_accepted_it_goes_out_unchanged_and_the_act_is_written_down(newsroom: Newsroom, approver: User) -> None:
    story, offer = published(newsroom)
    offers.accept_offer(offer=offer, actor=approver, now=newsroom.clock())
    newsroom.run_until_quiet(rounds=3)
    assert [post.text for post in newsroom.platform.posts.values()] == ["Lời dẫn"]
    assert newsroom.account.log.filter(kind=LogKind.ACCEPTED, actor=approver).exists()
    assert not Alarm.objects.filter(code="channel_offer", cleared_at=None).exists()
    with pytest.raises(ChannelError):
        offers.accept_offer(offer=offer, actor=approver, now=newsroom.clock())
    assert Delivery.objects.count() == 1


def test_what_was_accepted_is_corrected_and_taken_down_without_asking_again(newsroom: Newsroom, approver: User) -> None:
    story, offer = published(newsroom)
    offers.accept_offer(offer=offer, actor=approver, now=newsroom.clock())
    newsroom.run_until_quiet(rounds=3)
    newsroom.event(story, EventKind.CORRECTED, text="Lời đã sửa")
    newsroom.run_until_quiet(rounds=3)
    assert [post.text for post in newsroom.platform.posts.values()] == ["Lời đã sửa"]
    newsroom.event(story, EventKind.WITHDRAWN)
    newsroom.run_until_quiet(rounds=3)
    assert newsroom.platform.posts == {} and Offer.objects.count() == 1


def test_declined_it_never_goes_out_and_is_offered_again_only_when_published_anew(newsroom: Newsroom, approver: User) -> None:
    story, offer = published(newsroom)
    with pytest.raises(ChannelError, match="vì sao"):
        offers.decline_offer(offer=offer, actor=approver, reason=" ", now=newsroom.clock())
    offers.decline_offer(offer=offer, actor=approver, reason="Không phải việc của xã", now=newsroom.clock())
    newsroom.event(story, EventKind.UPDATED, text="Lời hai")
    newsroom.run_until_quiet(rounds=3)
    assert not Delivery.objects.exists() and Offer.objects.count() == 1
    newsroom.event(story, EventKind.PUBLISHED, text="Lời ba")
    assert Offer.objects.filter(state=OfferState.OPEN).count() == 1


def test_a_newer_version_takes_the_place_of_the_one_that_waits(newsroom: Newsroom, approver: User) -> None:
    story, old = published(newsroom)
    newsroom.event(story, EventKind.UPDATED, text="Lời mới")
    with pytest.raises(ChannelError):
        offers.accept_offer(offer=old, actor=approver, now=newsroom.clock())
    offers.accept_offer(offer=Offer.objects.get(state=OfferState.OPEN), actor=approver, now=newsroom.clock())
    newsroom.run_until_quiet(rounds=3)
    assert [post.text for post in newsroom.platform.posts.values()] == ["Lời mới"]


def test_a_withdrawn_story_is_no_longer_offered(newsroom: Newsroom, approver: User) -> None:
    story, offer = published(newsroom)
    newsroom.event(story, EventKind.WITHDRAWN)
    offer.refresh_from_db()
    assert offer.state == OfferState.CLOSED
    with pytest.raises(ChannelError):
        offers.accept_offer(offer=offer, actor=approver, now=newsroom.clock())


def test_only_an_approver_of_the_unit_answers(newsroom: Newsroom, approver: User, editor: User, client: Client) -> None:
    _story, offer = published(newsroom)
    with pytest.raises(ChannelError):
        offers.accept_offer(offer=offer, actor=editor, now=newsroom.clock())
    client.force_login(editor)
    assert client.post(reverse("channel_decide", args=[offer.pk, "accept"])).status_code in (302, 403)
    assert Offer.objects.get().state == OfferState.OPEN and not Delivery.objects.exists()


def test_the_newsroom_s_own_channel_asks_nobody(newsroom: Newsroom, now: datetime) -> None:
    assert newsroom.publish().state == DeliveryState.READY


def test_an_approver_answers_on_a_screen_that_shows_the_post(newsroom: Newsroom, approver: User, client: Client) -> None:
    from publishing.workflow.setup import ensure_rights

    ensure_rights()
    _story, offer = published(newsroom)
    client.force_login(User.objects.get(pk=approver.pk))
    html = client.get(reverse("channel_offers")).content.decode()
    assert "Tin bài được mời đăng" in html and "Lời dẫn" in html
    client.post(reverse("channel_decide", args=[offer.pk, "accept"]))
    assert Delivery.objects.get().operation == Operation.PUBLISH


def test_reconnecting_a_channel_sends_what_waited_for_it(newsroom: Newsroom) -> None:
    from distribution.channels.services import connect_account, mark_needs_reconnect
    from distribution.connectors.base import Credential

    account = newsroom.account
    mark_needs_reconnect(account=account, generation=account.generation, reason="token_dead", now=newsroom.clock())
    delivery = newsroom.publish()
    newsroom.run_until_quiet(rounds=3)
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.BLOCKED_AUTH
    connect_account(
        kind=account.kind, name=account.name, remote_id=account.remote_id, address=account.address, credential=Credential("mới"), rehearsal=False, actor=None, now=newsroom.clock()
    )
    newsroom.run_until_quiet(rounds=3)
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.PUBLISHED and len(newsroom.platform.posts) == 1
