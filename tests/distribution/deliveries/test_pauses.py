"""Stopping everything or one platform: what waits uses up no try, take-downs still go out, and everybody in the admin sees it. And what passes the line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from distribution.channels import services as channels
from distribution.channels.enums import AccountState, GateReason
from distribution.channels.models import Account
from distribution.connectors.base import Credential, FailureClass, Staged
from distribution.deliveries import bulk, decisions, pauses
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery, Pause
from newsroom.accounts.models import User
from publishing.events.enums import EventKind
from publishing.events.models import Alarm
from publishing.workflow.setup import ensure_rights
from tests.distribution.deliveries.stage import Newsroom
from tests.fakes.connector import KIND, ScriptedPlatform, failure

pytestmark = pytest.mark.database
S, F, K = DeliveryState, FailureClass, EventKind
SCOPES = (pauses.EVERYTHING, f"kind:{KIND}")


@pytest.mark.parametrize("scope", SCOPES)
def test_while_it_is_stopped_posts_wait_without_a_try_and_go_out_afterwards(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User, scope: str) -> None:
    row = pauses.pause(scope=scope, reason="Quốc tang", actor=secretary, now=newsroom.clock())
    delivery = newsroom.publish()
    newsroom.run_until_quiet(seconds=600, rounds=5)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.failure_code, delivery.attempts, platform.posts) == (S.HELD, "paused", 0, {})
    pauses.resume(number=row.pk, actor=secretary, now=newsroom.clock())
    newsroom.run_until_quiet(rounds=2)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.failure_code, len(platform.posts)) == (S.PUBLISHED, "", 1)
    row.refresh_from_db()
    assert (row.actor, row.ended_by, row.reason) == (secretary, secretary, "Quốc tang")


@pytest.mark.parametrize("scope", SCOPES)
def test_take_downs_go_out_while_everything_is_stopped(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User, scope: str) -> None:
    delivery = newsroom.work(newsroom.publish())
    pauses.pause(scope=scope, reason="Sự cố", actor=secretary, now=newsroom.clock())
    newsroom.event(delivery.story, K.WITHDRAWN)
    newsroom.run_until_quiet(rounds=2)
    assert platform.posts == {}


def test_another_platform_goes_on(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    pauses.pause(scope="kind:facebook_page", reason="Sự cố", actor=secretary, now=newsroom.clock())
    assert newsroom.work(newsroom.publish()).state == S.PUBLISHED


def test_a_post_that_is_already_prepared_stops_before_the_one_call(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    def stops_it() -> None:
        pauses.pause(scope=pauses.EVERYTHING, reason="Sự cố", actor=secretary, now=newsroom.clock())

    platform.will("stage", stops_it)
    delivery = newsroom.work(newsroom.publish())
    assert "commit" not in [call for call, _marker in platform.calls]
    assert delivery.state != S.PUBLISHED and platform.posts == {}


def test_only_channel_operators_stop_posting_and_a_reason_is_asked(newsroom: Newsroom, secretary: User, reporter: User) -> None:
    with pytest.raises(pauses.PauseError):
        pauses.pause(scope=pauses.EVERYTHING, reason="x", actor=reporter, now=newsroom.clock())
    for scope, reason in ((pauses.EVERYTHING, "  "), ("kind:không có", "x"), ("", "x")):
        with pytest.raises(pauses.PauseError):
            pauses.pause(scope=scope, reason=reason, actor=secretary, now=newsroom.clock())
    row = pauses.pause(scope=pauses.EVERYTHING, reason="x", actor=secretary, now=newsroom.clock())
    with pytest.raises(pauses.PauseError):
        pauses.pause(scope=pauses.EVERYTHING, reason="y", actor=secretary, now=newsroom.clock())
    with pytest.raises(pauses.PauseError):
        pauses.resume(number=row.pk, actor=reporter, now=newsroom.clock())
    assert Pause.objects.get().ended_at is None


def test_the_admin_says_that_posting_is_stopped(client: Client, newsroom: Newsroom, secretary: User) -> None:
    newsroom.story()
    ensure_rights()
    client.force_login(secretary)
    client.post(reverse("delivery_pause"), {"scope": "all", "reason": "Quốc tang"})
    html = client.get(reverse("delivery_board")).content.decode()
    assert "Đang tạm dừng đăng lên mọi kênh" in html and "Quốc tang" in html
    client.post(reverse("delivery_resume", args=[Pause.objects.get().pk]))
    assert "Đang tạm dừng đăng lên" not in client.get(reverse("delivery_board")).content.decode()


def test_a_killed_story_s_take_down_jumps_every_gate_once(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    delivery = newsroom.work(newsroom.publish())
    Account.objects.update(gate_until=newsroom.now + timedelta(hours=1), gate_reason=GateReason.RATE)
    platform.will("delete", failure(F.RATE, code="throttled", retry_after=1800))
    newsroom.event(delivery.story, K.KILLED)
    newsroom.tick(2)
    assert [call for call, _marker in platform.calls].count("delete") == 1
    newsroom.run_until_quiet(seconds=60, rounds=5)
    assert [call for call, _marker in platform.calls].count("delete") == 1, "then it waits as the platform said"
    newsroom.run_until_quiet(seconds=1200, rounds=5)
    assert platform.posts == {}


def test_a_killed_story_s_take_down_does_not_wait_while_another_post_is_prepared(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    delivery, other = newsroom.work(newsroom.publish("một")), newsroom.publish("hai")

    def takes_long() -> Staged:
        newsroom.event(delivery.story, K.KILLED)
        newsroom.tick(1)
        assert platform.posts == {}, "it went meanwhile"
        return Staged({"staged": True})

    platform.will("stage", takes_long)
    newsroom.work(other)
    assert [post.text for post in platform.posts.values()] == ["hai"]


def test_a_take_down_on_a_paused_channel_whose_key_died_goes_once_it_is_connected_again(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    delivery = newsroom.work(newsroom.publish())
    channels.pause(account=newsroom.account, actor=secretary, reason="Quốc tang", now=newsroom.clock())
    platform.will("delete", failure(F.AUTH_DEAD, code="token_dead"))
    newsroom.event(delivery.story, K.WITHDRAWN)
    newsroom.run_until_quiet(rounds=5)
    assert [call for call, _marker in platform.calls].count("delete") == 1, "a dead key is not asked again and again"
    account = Account.objects.get()
    assert account.state == AccountState.PAUSED
    assert "kết nối lại" in Alarm.objects.get(code="channel_reconnect", cleared_at=None).message
    newsroom.later(60)
    channels.store_token(account=account, credential=Credential("mới"), generation=account.generation, now=newsroom.clock())
    newsroom.run_until_quiet(rounds=3)
    assert platform.posts == {}
    assert Account.objects.get().state == AccountState.PAUSED


def test_a_withdrawn_story_s_take_down_waits_for_the_gate(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    delivery = newsroom.work(newsroom.publish())
    Account.objects.update(gate_until=newsroom.now + timedelta(hours=1), gate_reason=GateReason.RATE)
    newsroom.event(delivery.story, K.WITHDRAWN)
    newsroom.tick(2)
    assert "delete" not in [call for call, _marker in platform.calls]


def test_what_is_sent_first_passes_the_pause_between_posts_and_the_line(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    platform.minimum_gap = 600
    newsroom.work(newsroom.publish("một"))
    second, third = newsroom.publish("hai"), newsroom.publish("ba")
    newsroom.tick(30)
    assert len(platform.posts) == 1
    decisions.send_first(delivery_id=third.pk, actor=secretary, now=newsroom.clock())
    newsroom.tick(1)
    assert [post.text for post in platform.posts.values()] == ["một", "ba"]
    assert third.acts.get().kind == decisions.FIRST
    second.refresh_from_db()
    assert second.state == S.READY and decisions.FIRST in decisions.open_to(second)


def test_everything_that_failed_for_one_cause_is_tried_again_at_once(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User, reporter: User) -> None:
    platform.will("commit", *[failure(F.CONTENT, code="bad_content") for _ in range(3)], failure(F.CONTENT, code="no_picture"))
    rows = [newsroom.work(newsroom.publish(f"lời {number}")) for number in range(4)]
    assert [(cause.code, cause.count) for cause in bulk.causes()] == [("bad_content", 3)]
    with pytest.raises(decisions.DecisionError):
        bulk.decide_all("retry", code="bad_content", actor=reporter, now=newsroom.clock())
    assert bulk.decide_all("retry", code="bad_content", actor=secretary, now=newsroom.clock()) == (3, 0)
    newsroom.run_until_quiet(rounds=8)
    assert [Delivery.objects.get(pk=row.pk).state for row in rows] == [S.PUBLISHED] * 3 + [S.FAILED]
    assert all(row.acts.get().actor == secretary for row in rows[:3])
    assert len(platform.posts) == 3


def test_what_cannot_be_tried_again_is_counted(client: Client, newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    platform.will("commit", *[failure(F.CONTENT, code="bad_content") for _ in range(2)])
    first, second = [newsroom.work(newsroom.publish(f"lời {number}")) for number in range(2)]
    newsroom.event(first.story, K.WITHDRAWN)
    assert Delivery.objects.get(pk=first.pk).state == S.CANCELLED
    ensure_rights()
    client.force_login(secretary)
    client.post(reverse("delivery_act_on_all", args=["cancel"]), {"code": "bad_content"})
    assert Delivery.objects.get(pk=second.pk).state == S.CANCELLED
    assert not Delivery.objects.filter(operation=Operation.DELETE).exists()
    assert client.post(reverse("delivery_act_on_all", args=["x"]), {"code": ""}, follow=True).status_code == 200


def test_the_board_finds_by_story_by_operation_and_by_cause(client: Client, newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    platform.will("commit", failure(F.CONTENT, code="bad_content"))
    failed, posted = newsroom.work(newsroom.publish("một")), newsroom.work(newsroom.publish("hai"))
    newsroom.event(posted.story, K.UPDATED, text="ba")
    ensure_rights()
    client.force_login(secretary)

    def found(**query: str) -> set[str]:
        html = client.get(reverse("delivery_board"), query).content.decode()
        return {pk for pk in Delivery.objects.values_list("pk", flat=True) if reverse("delivery_detail", args=[pk]) in html}

    update = Delivery.objects.get(operation=Operation.UPDATE)
    assert found(op="update") == {update.pk}
    assert found(cause="bad_content") == {failed.pk}
    assert found(q=str(posted.story_id)) == {posted.pk, update.pk}
    assert found(q=posted.story.title[:12]) >= {posted.pk}
    assert found(channel=newsroom.account.key, show="posted") == {posted.pk}
