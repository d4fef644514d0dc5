"""Drafts that a person finishes in a platform's app, and edits and take-downs that only a person can do: told until done, never sent twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from distribution.connectors.base import FailureClass
from distribution.deliveries import decisions, handovers
from distribution.deliveries.backoff import person_delay
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.deliveries.selectors import copies_of
from distribution.deliveries.transitions import IllegalStep, move
from newsroom.accounts.models import User
from newsroom.accounts.roles import Role
from publishing.events.enums import EventKind
from publishing.events.models import Alarm
from publishing.workflow.setup import ensure_rights
from tests.cast import person
from tests.distribution.deliveries.stage import Newsroom
from tests.fakes.connector import ScriptedPlatform, failure, hands_over, hands_over_and_loses_the_answer

pytestmark = pytest.mark.database
S, F, K = DeliveryState, FailureClass, EventKind
ADDRESS = "https://social.example/p1"


@pytest.fixture
def draft(newsroom: Newsroom, platform: ScriptedPlatform) -> Delivery:
    platform.will("commit", hands_over)
    delivery = newsroom.work(newsroom.publish("bản nháp"))
    assert delivery.state == S.WAITING_FOR_HUMAN
    return delivery


@pytest.fixture
def posted(newsroom: Newsroom, platform: ScriptedPlatform) -> Delivery:
    return newsroom.work(newsroom.publish("cũ"))


def the(posted: Delivery, operation: Operation) -> Delivery:
    return Delivery.objects.filter(story=posted.story, operation=operation).order_by("-version")[0]


def open_alarm(delivery: Delivery) -> Alarm | None:
    return Alarm.objects.filter(subject=delivery.pk, code="delivery_person", cleared_at=None).first()


def test_a_draft_is_asked_after_at_growing_pauses_and_never_sent_again(newsroom: Newsroom, platform: ScriptedPlatform, draft: Delivery) -> None:
    assert [person_delay(looks).total_seconds() for looks in (0, 1, 2, 3, 17, 18, 100)] == [5, 15, 30, 120, 120, 1800, 1800]
    for pause in (5, 15, 30, 120, 120):
        newsroom.tick(pause + 1)
    assert [call for call, _marker in platform.calls].count("check") == 5
    newsroom.tick(10)
    assert [call for call, _marker in platform.calls].count("check") == 5, "it is not asked before its time"
    assert [call for call, _marker in platform.calls].count("commit") == 1


def test_a_draft_that_a_person_posted_is_found_and_ends_the_alarm(newsroom: Newsroom, platform: ScriptedPlatform, draft: Delivery) -> None:
    assert open_alarm(draft) is not None
    platform.a_person_posts("d1")
    newsroom.tick(6)
    draft.refresh_from_db()
    assert (draft.state, draft.remote_url, draft.remind_at) == (S.PUBLISHED, ADDRESS, None)
    assert open_alarm(draft) is None


def test_a_draft_whose_answer_was_lost_is_found_by_the_look(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", hands_over_and_loses_the_answer)
    delivery = newsroom.work(newsroom.publish())
    assert delivery.state == S.VERIFYING
    newsroom.tick(5)
    delivery.refresh_from_db()
    assert (delivery.state, len(platform.drafts)) == (S.WAITING_FOR_HUMAN, 1)


def test_a_person_says_where_the_draft_was_posted(newsroom: Newsroom, draft: Delivery, secretary: User) -> None:
    assert set(decisions.open_to(draft)) == {decisions.LOOK, decisions.POSTED, decisions.NOT_POSTED}
    decisions.it_is_posted(delivery_id=draft.pk, url=ADDRESS, actor=secretary, now=newsroom.clock())
    draft.refresh_from_db()
    assert (draft.state, draft.remote_url, open_alarm(draft)) == (S.PUBLISHED, ADDRESS, None)
    assert draft.acts.get().detail == ADDRESS


def test_a_person_says_that_it_was_not_posted(newsroom: Newsroom, platform: ScriptedPlatform, draft: Delivery, secretary: User) -> None:
    decisions.it_is_not_posted(delivery_id=draft.pk, actor=secretary, now=newsroom.clock())
    newsroom.run_until_quiet(rounds=3)
    draft.refresh_from_db()
    assert (draft.state, platform.posts) == (S.CANCELLED, {})


def test_a_draft_that_nobody_finishes_ends_as_not_posted(newsroom: Newsroom, draft: Delivery) -> None:
    newsroom.later(25 * 3600)
    newsroom.tick()
    draft.refresh_from_db()
    assert (draft.state, draft.failure_code, open_alarm(draft)) == (S.EXPIRED, "draft_expired", None)


def test_a_draft_that_was_posted_in_the_last_minute_is_no_lost_one(newsroom: Newsroom, platform: ScriptedPlatform, draft: Delivery) -> None:
    platform.a_person_posts("d1")
    newsroom.later(25 * 3600)
    newsroom.tick()
    draft.refresh_from_db()
    assert draft.state == S.PUBLISHED


def test_a_draft_that_the_platform_lost_asks_a_person(newsroom: Newsroom, platform: ScriptedPlatform, draft: Delivery) -> None:
    platform.will("check", failure(F.CONTENT, code="bad_content"))
    newsroom.tick(6)
    draft.refresh_from_db()
    assert draft.state == S.FAILED


def test_a_draft_is_never_made_ready_to_send(newsroom: Newsroom, draft: Delivery) -> None:
    with pytest.raises(IllegalStep):
        move(draft, S.READY, now=newsroom.clock())


def test_people_are_told_at_once_and_again_until_it_is_done(newsroom: Newsroom, draft: Delivery, secretary: User, settings: Any) -> None:
    newsroom.account.person_responsible = secretary
    newsroom.account.save()
    assert handovers.remind(now=newsroom.clock()) == 1
    assert handovers.remind(now=newsroom.clock()) == 0
    first = open_alarm(draft)
    newsroom.later(settings.DELIVERY_REMIND_MINUTES * 60)
    assert handovers.remind(now=newsroom.clock()) == 1
    again = open_alarm(draft)
    assert [message.to for message in mail.outbox] == [[secretary.email]] * 2
    assert "Bản nháp đang ở trong ứng dụng" in mail.outbox[0].body
    assert first is not None and again is not None and first.pk != again.pk, "raised anew, so that those on call are mailed again"
    decisions.it_is_posted(delivery_id=draft.pk, url=ADDRESS, actor=secretary, now=newsroom.clock())
    newsroom.later(24 * 3600)
    assert handovers.remind(now=newsroom.clock()) == 0


def test_a_channel_s_own_pause_between_reminders_counts(newsroom: Newsroom, draft: Delivery) -> None:
    newsroom.account.settings = {"remind_minutes": 5}
    newsroom.account.save()
    handovers.remind(now=newsroom.clock())
    draft.refresh_from_db()
    assert draft.remind_at is not None and draft.remind_at - newsroom.now <= timedelta(minutes=5)


def test_without_a_person_responsible_whoever_runs_channels_is_told(newsroom: Newsroom, draft: Delivery) -> None:
    operator = person("truckenh", Role.MULTIMEDIA)
    handovers.remind(now=newsroom.clock())
    assert mail.outbox[0].to == [operator.email]


def test_a_story_withdrawn_while_its_draft_waits_asks_to_throw_it_away(newsroom: Newsroom, platform: ScriptedPlatform, draft: Delivery, secretary: User) -> None:
    newsroom.event(draft.story, K.KILLED)
    newsroom.tick(2)
    task = the(draft, Operation.DELETE)
    assert (task.state, task.failure_code) == (S.WAITING_FOR_HUMAN, "draft_withdrawn")
    decisions.it_is_done(delivery_id=task.pk, actor=secretary, now=newsroom.clock())
    draft.refresh_from_db()
    assert (draft.state, draft.failure_code) == (S.CANCELLED, "withdrawn")
    assert not Alarm.objects.filter(code="delivery_person", cleared_at=None).exists()


def test_a_withdrawn_draft_that_is_posted_all_the_same_is_taken_down(newsroom: Newsroom, platform: ScriptedPlatform, draft: Delivery) -> None:
    newsroom.event(draft.story, K.WITHDRAWN)
    newsroom.tick(2)
    platform.a_person_posts("d1")
    newsroom.run_until_quiet(rounds=4)
    assert (the(draft, Operation.DELETE).state, platform.posts) == (S.PUBLISHED, {})
    assert not Alarm.objects.filter(cleared_at=None).exists()


def test_an_edit_that_the_channel_cannot_make_becomes_work_of_a_person(newsroom: Newsroom, platform: ScriptedPlatform, posted: Delivery, secretary: User) -> None:
    platform.can_edit = False
    newsroom.event(posted.story, K.CORRECTED, text="mới")
    newsroom.tick(2)
    task = the(posted, Operation.UPDATE)
    alarm = open_alarm(task)
    assert (task.state, task.failure_code) == (S.WAITING_FOR_HUMAN, "cannot_edit")
    assert alarm is not None and ADDRESS in alarm.message, "the person is told which post"
    assert set(decisions.open_to(task)) == {decisions.DONE, decisions.CANNOT}
    (copy,) = copies_of(posted.story)
    assert [line.delivery.pk for line in copy.undone] == [task.pk]
    decisions.it_is_done(delivery_id=task.pk, actor=secretary, now=newsroom.clock())
    task.refresh_from_db()
    assert (task.state, open_alarm(task)) == (S.PUBLISHED, None)
    assert [(act.kind, act.actor) for act in task.acts.all()] == [(decisions.DONE, secretary)]
    assert copies_of(posted.story)[0].undone == ()
    newsroom.event(posted.story, K.UPDATED, text="mới")
    assert the(posted, Operation.UPDATE).pk == task.pk, "the words are what the person wrote: nothing more to do"


def test_a_take_down_by_a_person_ends_the_copy(newsroom: Newsroom, platform: ScriptedPlatform, posted: Delivery, secretary: User) -> None:
    platform.can_delete = False
    newsroom.event(posted.story, K.WITHDRAWN)
    newsroom.tick(2)
    decisions.it_is_done(delivery_id=the(posted, Operation.DELETE).pk, actor=secretary, now=newsroom.clock())
    (copy,) = copies_of(posted.story)
    assert (copy.state, copy.is_there, copy.permalink, copy.undone) == ("Đã gỡ", False, "", ())


def test_what_a_person_could_not_do_stays_on_the_story_s_page(newsroom: Newsroom, platform: ScriptedPlatform, posted: Delivery, secretary: User) -> None:
    platform.can_delete = False
    newsroom.event(posted.story, K.WITHDRAWN)
    newsroom.tick(2)
    task = the(posted, Operation.DELETE)
    with pytest.raises(decisions.DecisionError):
        decisions.it_cannot_be_done(delivery_id=task.pk, reason=" ", actor=secretary, now=newsroom.clock())
    decisions.it_cannot_be_done(delivery_id=task.pk, reason="Tài khoản bị khóa", actor=secretary, now=newsroom.clock())
    (copy,) = copies_of(posted.story)
    assert copy.is_there and [line.state for line in copy.undone] == ["Không xử lý được"]
    assert task.acts.get().detail == "Tài khoản bị khóa"
    assert open_alarm(task) is None


def test_a_newer_edit_takes_the_place_of_one_that_waits_for_a_person(newsroom: Newsroom, platform: ScriptedPlatform, posted: Delivery) -> None:
    platform.can_edit = False
    for text in ("hai", "ba"):
        newsroom.event(posted.story, K.UPDATED, text=text)
        newsroom.tick(2)
    rows = Delivery.objects.filter(operation=Operation.UPDATE).order_by("version")
    assert [(row.state, row.failure_code) for row in rows] == [(S.CANCELLED, "superseded"), (S.WAITING_FOR_HUMAN, "cannot_edit")]
    assert Alarm.objects.filter(code="delivery_person", cleared_at=None).count() == 1


def test_an_edit_that_the_platform_refuses_for_good_becomes_work_of_a_person(newsroom: Newsroom, platform: ScriptedPlatform, posted: Delivery) -> None:
    platform.will("update", failure(F.CONTENT, code="bad_content"))
    newsroom.event(posted.story, K.UPDATED, text="mới")
    newsroom.tick(2)
    task = the(posted, Operation.UPDATE)
    assert (task.state, task.failure_code) == (S.WAITING_FOR_HUMAN, "bad_content")
    assert decisions.RETRY in decisions.open_to(task)


def test_a_refused_take_down_can_be_tried_again(newsroom: Newsroom, platform: ScriptedPlatform, posted: Delivery, secretary: User) -> None:
    platform.will("delete", failure(F.CONTENT, code="bad_content"))
    newsroom.event(posted.story, K.WITHDRAWN)
    newsroom.tick(2)
    decisions.retry(delivery_id=the(posted, Operation.DELETE).pk, actor=secretary, now=newsroom.clock())
    newsroom.tick(2)
    assert (the(posted, Operation.DELETE).state, platform.posts) == (S.PUBLISHED, {})


def test_the_board_takes_a_person_s_answers(client: Client, newsroom: Newsroom, draft: Delivery, secretary: User) -> None:
    ensure_rights()
    client.force_login(secretary)
    assert draft.account.name in client.get(reverse("delivery_board"), {"show": "asks"}).content.decode()
    html = client.get(reverse("delivery_detail", args=[draft.pk])).content.decode()
    assert "Đã đăng xong" in html and "Không đăng bản nháp" in html
    client.post(reverse("delivery_act", args=[draft.pk, "posted"]), {"url": ADDRESS})
    draft.refresh_from_db()
    assert draft.state == S.PUBLISHED


@pytest.mark.parametrize("url", ["https://elsewhere.example/p1", "https://social.example.evil.example/p1"])
def test_an_address_on_another_site_is_refused(newsroom: Newsroom, posted: Delivery, platform: ScriptedPlatform, secretary: User, url: str) -> None:
    platform.will("commit", hands_over)
    draft = newsroom.work(newsroom.publish("hai"))
    with pytest.raises(decisions.DecisionError) as refusal:
        decisions.it_is_posted(delivery_id=draft.pk, url=url, actor=secretary, now=newsroom.clock())
    assert "social.example" in str(refusal.value)
    draft.refresh_from_db()
    assert (draft.state, draft.acts.count()) == (S.WAITING_FOR_HUMAN, 0)


def test_only_channel_operators_answer_for_drafts(newsroom: Newsroom, draft: Delivery, reporter: User) -> None:
    with pytest.raises(decisions.DecisionError):
        decisions.it_is_not_posted(delivery_id=draft.pk, actor=reporter, now=newsroom.clock())
