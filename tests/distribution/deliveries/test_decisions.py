"""The board and what a person decides: retry only after a look, there, not there, cancel; each with a name beside it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from distribution.connectors.base import FailureClass
from distribution.deliveries import decisions
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.deliveries.panels import desk_panel, marks_of
from newsroom.accounts.models import User
from publishing.events.enums import EventKind
from publishing.events.models import Alarm
from publishing.workflow.setup import ensure_rights
from tests.distribution.deliveries.stage import Newsroom
from tests.fakes.connector import ScriptedPlatform, failure, loses_the_answer, never_arrives

pytestmark = pytest.mark.database
S, F = DeliveryState, FailureClass


@pytest.fixture
def operator(client: Client, secretary: User, newsroom: Newsroom) -> Client:
    newsroom.story()
    ensure_rights()
    client.force_login(secretary)
    return client


def unconfirmed(newsroom: Newsroom, platform: ScriptedPlatform, outcome: object) -> Delivery:
    platform.can_lookup = False
    platform.will("commit", outcome)
    delivery = newsroom.work(newsroom.publish("hỏi người"))
    newsroom.later(5)
    assert newsroom.work(delivery).state == S.UNCONFIRMED
    return delivery


def failed(newsroom: Newsroom, platform: ScriptedPlatform) -> Delivery:
    platform.will("commit", failure(F.CONTENT, code="bad_content"))
    delivery = newsroom.work(newsroom.publish("bị từ chối"))
    assert delivery.state == S.FAILED
    return delivery


def test_a_manual_retry_looks_before_it_sends(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    delivery = failed(newsroom, platform)
    before = len(platform.calls)
    decisions.retry(delivery_id=delivery.pk, actor=secretary, now=newsroom.now)
    newsroom.run_until_quiet(rounds=6)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED
    assert [call for call, _marker in platform.calls[before:]] == ["lookup", "lookup", "commit"]
    assert len(platform.posts) == 1


def test_a_manual_retry_of_what_is_there_after_all_finds_it(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    delivery = failed(newsroom, platform)
    platform.post(delivery.stored_payload)
    decisions.retry(delivery_id=delivery.pk, actor=secretary, now=newsroom.now)
    newsroom.run_until_quiet(rounds=3)
    delivery.refresh_from_db()
    assert (delivery.state, len(platform.posts)) == (S.PUBLISHED, 1)


def test_it_is_there_closes_the_question(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    delivery = unconfirmed(newsroom, platform, loses_the_answer)
    decisions.it_is_there(delivery_id=delivery.pk, url="https://social.example/p1", actor=secretary, now=newsroom.now)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.remote_url) == (S.PUBLISHED, "https://social.example/p1")
    assert not Alarm.objects.filter(subject=delivery.pk, cleared_at=None).exists()
    assert delivery.acts.get().actor == secretary


@pytest.mark.parametrize("url", ["", "không phải", "javascript:alert(1)", "https://", "x" * 600, "http://[::1"])
def test_there_needs_an_address(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User, url: str) -> None:
    delivery = unconfirmed(newsroom, platform, loses_the_answer)
    with pytest.raises(decisions.DecisionError):
        decisions.it_is_there(delivery_id=delivery.pk, url=url, actor=secretary, now=newsroom.now)


def test_it_is_not_there_sends_it(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    delivery = unconfirmed(newsroom, platform, never_arrives)
    decisions.it_is_not_there(delivery_id=delivery.pk, actor=secretary, now=newsroom.now)
    newsroom.run_until_quiet(rounds=2)
    delivery.refresh_from_db()
    assert (delivery.state, len(platform.posts)) == (S.PUBLISHED, 1)


def test_not_there_after_a_withdrawal_sends_nothing(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    delivery = unconfirmed(newsroom, platform, never_arrives)
    newsroom.event(delivery.story, EventKind.WITHDRAWN)
    decisions.it_is_not_there(delivery_id=delivery.pk, actor=secretary, now=newsroom.now)
    newsroom.run_until_quiet(rounds=3)
    assert platform.posts == {}
    assert Delivery.objects.get(operation=Operation.DELETE).state == S.CANCELLED


def test_there_after_a_withdrawal_is_taken_down_or_asked(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    delivery = unconfirmed(newsroom, platform, loses_the_answer)
    newsroom.event(delivery.story, EventKind.WITHDRAWN)
    decisions.it_is_there(delivery_id=delivery.pk, url="https://social.example/p1", actor=secretary, now=newsroom.now)
    newsroom.run_until_quiet(rounds=3)
    delete = Delivery.objects.get(operation=Operation.DELETE)
    assert (delete.state, delete.failure_code) == (S.WAITING_FOR_HUMAN, "no_remote_id"), "the id is not known: a person takes it down"


def test_a_post_that_waits_can_be_cancelled_and_one_in_flight_cannot(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    waiting = newsroom.publish()
    decisions.cancel(delivery_id=waiting.pk, actor=secretary, now=newsroom.now)
    newsroom.run_until_quiet(rounds=2)
    assert platform.posts == {}
    platform.will("commit", loses_the_answer)
    sent = newsroom.work(newsroom.publish())
    with pytest.raises(decisions.DecisionError):
        decisions.cancel(delivery_id=sent.pk, actor=secretary, now=newsroom.now)


def test_a_failed_post_of_a_withdrawn_story_is_not_sent_again(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    delivery = failed(newsroom, platform)
    newsroom.event(delivery.story, EventKind.WITHDRAWN)
    with pytest.raises(decisions.DecisionError):
        decisions.retry(delivery_id=delivery.pk, actor=secretary, now=newsroom.now)


@pytest.mark.parametrize("name", ["reporter", "editor"])
def test_only_channel_operators_decide(newsroom: Newsroom, platform: ScriptedPlatform, request: pytest.FixtureRequest, name: str) -> None:
    delivery = failed(newsroom, platform)
    with pytest.raises(decisions.DecisionError):
        decisions.retry(delivery_id=delivery.pk, actor=request.getfixturevalue(name), now=newsroom.now)


def test_the_board_says_state_reason_and_what_can_be_done(operator: Client, newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    delivery = failed(newsroom, platform)
    html = operator.get(reverse("delivery_board"), {"show": "asks"}).content.decode()
    for words in ("Theo dõi kênh", "Đăng lỗi", "Nền tảng từ chối nội dung", "Kiểm tra rồi đăng lại", newsroom.account.name, delivery.story.title):
        assert words in html
    assert delivery.story.title not in operator.get(reverse("delivery_board"), {"show": "posted"}).content.decode()


@pytest.mark.parametrize("query", [{"q": "999"}, {"q": "tàu", "op": "update"}, {"q": "1" * 30}, {"cause": "x", "op": "'"}, {"show": "'"}, {"p": "x"}, {"p": "-5"}, {"channel": "\x00"}, {"channel": "không có"}])
def test_the_board_takes_any_question(operator: Client, newsroom: Newsroom, query: dict[str, str]) -> None:
    assert operator.get(reverse("delivery_board"), query).status_code in (200, 400)


def test_raw_answers_are_for_administrators(operator: Client, newsroom: Newsroom, platform: ScriptedPlatform, admin: User) -> None:
    def broken(platform: ScriptedPlatform, payload: object) -> None:
        raise RuntimeError("chi tiết thô")

    platform.will("commit", broken)
    delivery = newsroom.work(newsroom.publish())
    address = reverse("delivery_detail", args=[delivery.pk])
    assert "chi tiết thô" not in operator.get(address).content.decode()
    operator.force_login(admin)
    assert "chi tiết thô" in operator.get(address).content.decode()


def test_a_button_of_the_board_works_and_a_wrong_one_is_said(operator: Client, newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    delivery = newsroom.publish()
    operator.post(reverse("delivery_act", args=[delivery.pk, "cancel"]))
    delivery.refresh_from_db()
    assert delivery.state == S.CANCELLED
    again = operator.post(reverse("delivery_act", args=[delivery.pk, "cancel"]), follow=True)
    assert "Không làm được khi đang ở trạng thái" in again.content.decode()
    assert operator.post(reverse("delivery_act", args=[delivery.pk, "x"]), follow=True).status_code == 200
    assert operator.get(reverse("delivery_act", args=[delivery.pk, "cancel"])).status_code == 405


def test_the_story_s_desk_page_says_where_it_went(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    delivery = newsroom.work(newsroom.publish())
    html = str(desk_panel(delivery.story, secretary))
    assert "Đã đăng" in html
    assert "https://social.example/p1" in html
    assert marks_of([delivery.story_id], newsroom.now) == {delivery.story_id: (("good", f"{newsroom.account.name}: Đã đăng"),)}


def test_a_reporter_does_not_open_the_board(client: Client, newsroom: Newsroom, reporter: User) -> None:
    newsroom.story()
    ensure_rights()
    client.force_login(reporter)
    assert client.get(reverse("delivery_board")).status_code in (302, 403)
