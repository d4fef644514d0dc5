"""The whole way to a partner: connected by a shared secret, told once whatever is lost, told of corrections and take-downs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import requests
from django.test import Client
from django.urls import reverse

from distribution.channels import connecting, demo
from distribution.channels.enums import AccountState
from distribution.channels.models import Account
from distribution.deliveries import services
from distribution.deliveries.breakers import keys_of
from distribution.deliveries.enums import DeliveryState
from distribution.deliveries.models import Delivery
from newsroom.accounts.models import User
from newsroom.common import clock
from publishing.events.enums import EventKind
from tests.distribution.channels.conftest import rehearsal
from tests.distribution.connectors.ninjs import SCHEMA
from tests.distribution.deliveries.stage import Newsroom
from tests.factories.newsroom import make_image, make_story
from tests.fakes.connector import scripted_platform
from tests.fakes.rehearsal import RehearsalServer, rehearsal_process, rehearsal_server

__all__ = ["rehearsal", "rehearsal_process", "rehearsal_server"]
pytestmark = [pytest.mark.database, pytest.mark.processes]
S = DeliveryState
EXPECTED = demo.Expected("webhook", "doi-tac", "Trang tin Khe Sim", "account_id")


@pytest.fixture
def partner(rehearsal: RehearsalServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """A newsroom whose account is the rehearsal partner, connected with the form's fields."""
    settings.DELIVERY_SETTLE_SECONDS = 2
    monkeypatch.setattr(services, "ring", lambda ids: None)
    with scripted_platform() as unused:
        newsroom = Newsroom(unused)
        newsroom.now = clock.now()
        newsroom.account = demo.connect(EXPECTED, now=newsroom.now)
        yield newsroom


def messages(rehearsal: RehearsalServer) -> list[dict[str, str]]:
    """What arrived, in its order, without pings."""
    return [row["detail"] for row in rehearsal.calls() if row["call"] != "ping"]


def test_a_story_goes_to_the_partner_once_as_an_item_that_the_schema_takes(partner: Newsroom, rehearsal: RehearsalServer) -> None:
    story = make_story(channels={partner.account.key: "Nước lên nhanh."}, live=True, title="Lũ về Sông Ba", main_image=make_image(width=300, height=200))
    partner.event(story)
    delivery = partner.work(Delivery.objects.get(story=story))
    (post,) = rehearsal.posts(state="published")
    assert (delivery.state, delivery.commits, delivery.remote_id) == (S.PUBLISHED, 1, f"http://127.0.0.1:8000/a{story.pk}")
    assert delivery.remote_url == f"{rehearsal.base_url}/webhook/khesim/posts/{post['id']}"
    assert requests.get(delivery.remote_url, timeout=10).status_code == 200
    assert "Lũ về Sông Ba" in post["text"] and "Nước lên nhanh." in post["text"]
    assert messages(rehearsal)[0]["id"] == delivery.pk
    item = delivery.payload["body"]["item"]
    jsonschema.Draft202012Validator(SCHEMA).validate(item)
    assert item["associations"][0]["renditions"][0]["href"].startswith("http://127.0.0.1:8000/")


@pytest.mark.parametrize(
    ("fault", "more"), [("lost_answer", {}), ("late_commit", {"seconds": 2}), ("error_before", {}), ("error_after", {}), ("rate_limited", {}), ("rate_limited_silent", {})]
)
def test_whatever_is_lost_the_partner_has_the_story_once(partner: Newsroom, rehearsal: RehearsalServer, fault: str, more: dict[str, Any]) -> None:
    Account.objects.filter(pk=partner.account.pk).update(settings={**partner.account.settings, "read_seconds": 1})
    rehearsal.fault(fault, platform="webhook", call="publish", **more)
    delivery = partner.work(partner.publish("một lần"))
    time.sleep(1.5 if "seconds" in more else 0)
    partner.run_until_quiet(seconds=100, rounds=4)
    delivery.refresh_from_db()
    (post,) = rehearsal.posts()
    assert (delivery.state, delivery.commits) == (S.PUBLISHED, 1), delivery.failure_code
    assert {row["id"] for row in messages(rehearsal)} == {delivery.pk}
    assert post["state"] == "published"


def test_a_correction_and_a_withdrawal_reach_the_partner_in_words_of_their_own(partner: Newsroom, rehearsal: RehearsalServer) -> None:
    delivery = partner.work(partner.publish("Cầu dài 400 m."))
    partner.event(delivery.story, EventKind.CORRECTED, text="Cầu dài 40 m.")
    partner.tick(1)
    (post,) = rehearsal.posts(state="published")
    assert "Cầu dài 40 m." in post["text"] and post["edited_at"]
    partner.event(delivery.story, EventKind.WITHDRAWN)
    partner.tick(1)
    assert rehearsal.posts(state="published") == []
    told = messages(rehearsal)
    assert [row["type"] for row in told] == ["story.published", "story.corrected", "story.withdrawn"]
    assert len({row["uri"] for row in told}) == 1 and [int(row["version"]) for row in told] == sorted({int(row["version"]) for row in told})


def test_a_story_killed_while_its_answer_is_lost_is_not_told_again_but_taken_back(partner: Newsroom, rehearsal: RehearsalServer) -> None:
    rehearsal.fault("lost_answer", platform="webhook", call="publish")
    delivery = partner.work(partner.publish("rút gấp"))
    assert delivery.state == S.VERIFYING
    partner.event(delivery.story, EventKind.KILLED)
    partner.run_until_quiet(seconds=5, rounds=5)
    delivery.refresh_from_db()
    assert delivery.removed_at is not None
    assert [row["type"] for row in messages(rehearsal)] == ["story.published", "story.killed"]
    assert rehearsal.posts(state="published") == []


@pytest.mark.parametrize(("fault", "code"), [("token_revoked", "webhook_gone"), ("token_expires", "webhook_signature")])
def test_a_partner_that_is_gone_or_changed_its_secret_waits_for_a_person_and_then_gets_the_story(partner: Newsroom, rehearsal: RehearsalServer, fault: str, code: str) -> None:
    rehearsal.fault(fault, platform="webhook", call="publish")
    delivery = partner.work(partner.publish("chờ khóa mới"))
    assert (delivery.state, delivery.failure_code) == (S.BLOCKED_AUTH, code)
    assert Account.objects.get(pk=partner.account.pk).state == AccountState.NEEDS_RECONNECT
    (choice,) = connecting.key_choices(kind="webhook", values=rehearsal.card("webhook")["fields"], rehearsal=True)
    again = connecting.finish(kind="webhook", choice=choice, actor=None, now=partner.clock(), rehearsal=True)
    assert (again.pk, again.state) == (partner.account.pk, AccountState.READY)
    partner.run_until_quiet(seconds=5, rounds=4)
    delivery.refresh_from_db()
    assert (delivery.state, len(rehearsal.posts(state="published"))) == (S.PUBLISHED, 1)


def test_a_person_connects_a_partner_by_the_form_and_sees_the_secret_nowhere(rehearsal: RehearsalServer, admin: User, client: Client) -> None:
    client.force_login(admin)
    fields, form = rehearsal.card("webhook")["fields"], reverse("channel_keys", args=["webhook", "rehearsal"])
    shown = client.get(form).content.decode()
    assert "Địa chỉ nhận bản tin" in shown and "Khóa cũ" in shown
    refused = client.post(form, {**fields, "name": "Cổng xã Đá Chẹt", "secret": "khong-phai-khoa"}).content.decode()
    assert "Đây không phải khóa bí mật để ký" in refused and not Account.objects.exists()
    client.post(form, {**fields, "name": "Cổng xã Đá Chẹt"})
    account = Account.objects.get()
    assert (account.kind, account.name, account.remote_id, account.state) == ("webhook", "Cổng xã Đá Chẹt", "127.0.0.1", AccountState.READY)
    pages = "".join(client.get(address).content.decode() for address in (form, reverse("channel_list"), reverse("channel_edit", args=[account.pk])))
    assert "Cổng xã Đá Chẹt" in pages and fields["secret"] not in pages and fields["secret"] not in account.sealed_token


def test_one_dead_partner_does_not_stop_the_others(partner: Newsroom) -> None:
    other = Account(pk=99, kind="webhook", address="https://cong-xa.example/hook")
    assert not set(keys_of(partner.account)) & set(keys_of(other))
