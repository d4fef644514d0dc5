"""Withdraw and kill: who may, what stays as evidence, what readers find, how a killed story comes back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from newsroom.accounts.models import User
from newsroom.accounts.roles import Role
from newsroom.articles.addresses import story_path
from newsroom.articles.models import ArticlePage
from publishing.corrections import removals, services
from publishing.corrections.enums import NoticeKind
from publishing.corrections.models import Notice, Removal
from publishing.releases import services as releases
from publishing.workflow import services as desk
from publishing.workflow import words
from publishing.workflow.models import Delegation, DutySettings, Step
from publishing.workflow.selectors import state_of
from tests.cast import person
from tests.factories.desk import change, seen

REASON = "Nguồn tin rút lại lời."


def kill(story: ArticlePage, actor: User, now: datetime, *, number: str = "", reason: str = REASON) -> Removal:
    return removals.kill(story=story, actor=actor, number=number or str(story.pk), reason=reason, now=now)


def test_a_withdrawn_story_answers_410_with_the_words_for_readers_and_none_of_its_own(story: ArticlePage, deputy: User, now: datetime, client: Client) -> None:
    removals.withdraw(story=story, actor=deputy, reason=REASON, public_reason="Tòa soạn đang xác minh lại.", now=now)
    answer = client.get(story_path(story))
    html = answer.content.decode().replace("\xa0", " ")
    assert answer.status_code == 410
    assert "Tòa soạn đang xác minh lại." in html and "23/11/2026" in html
    assert REASON not in html and story.title not in html


def test_what_was_live_stays_as_evidence(story: ArticlePage, deputy: User, now: datetime) -> None:
    live = story.live_revision
    removal = removals.withdraw(story=story, actor=deputy, reason=REASON, now=now)
    assert removal.event.revision == live
    assert removal.digest == words.digest_of(live) == story.approvals.get().digest
    assert removal.event.reason == REASON
    with pytest.raises(Exception, match="protected"):
        removal.event.delete()


@pytest.mark.parametrize("who", ["reporter", "editor", "admin"])
def test_who_does_not_sign_takes_nothing_away(who: str, request: pytest.FixtureRequest, story: ArticlePage, now: datetime) -> None:
    actor = request.getfixturevalue(who)
    with pytest.raises(desk.NotAllowed):
        removals.withdraw(story=story, actor=actor, reason=REASON, now=now)
    with pytest.raises(desk.NotAllowed):
        kill(story, actor, now)
    assert ArticlePage.objects.get(pk=story.pk).live
    assert not Removal.objects.exists()


def test_a_kill_wants_the_number_and_a_reason(story: ArticlePage, editor_in_chief: User, now: datetime) -> None:
    for wrong in ({"number": str(story.pk + 1)}, {"number": "x"}, {"reason": "  "}):
        with pytest.raises(desk.NotAllowed):
            kill(story, editor_in_chief, now, **wrong)
    assert ArticlePage.objects.get(pk=story.pk).live
    assert kill(story, editor_in_chief, now).event.kind == "killed"
    assert Step.objects.filter(story=story, kind="kill", reason=REASON).exists()


def test_a_kill_jumps_every_gate_even_an_approval_under_way(story: ArticlePage, editor: User, secretary: User, editor_in_chief: User, now: datetime) -> None:
    change(story, by=editor, lead="Sapo mới.")
    desk.escalate_story(story=story, actor=secretary, now=now, **seen(story))
    desk.approve_story(story=story, actor=editor_in_chief, now=now, **seen(story))
    releases.schedule_release(story=story, actor=editor_in_chief, due_at=now + timedelta(minutes=10), now=now)
    kill(story, editor_in_chief, now + timedelta(minutes=1))
    assert releases.publish_due(now=now + timedelta(minutes=11)) == []
    assert state_of(story) == "withdrawn"
    assert not ArticlePage.objects.get(pk=story.pk).live


def test_the_secretary_kills_only_with_a_delegation_and_on_duty(story: ArticlePage, secretary: User, editor_in_chief: User, now: datetime) -> None:
    other = person("thuky2", Role.SECRETARY, name="Rơ Châm Hin")
    with pytest.raises(desk.NotAllowed):
        kill(story, other, now)
    Delegation.objects.create(delegator=editor_in_chief, delegate=other, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1), document="Mẫu")
    duty = DutySettings.load()
    duty.duty_secretary = other
    duty.save()
    with pytest.raises(desk.NotAllowed):
        kill(story, secretary, now)
    assert kill(story, other, now).event.actor == other


def test_a_department_head_with_a_delegation_withdraws_but_does_not_kill(story: ArticlePage, editor_in_chief: User, now: datetime) -> None:
    head = person("truongphong", Role.DEPARTMENT_HEAD, name="Y Moan")
    Delegation.objects.create(delegator=editor_in_chief, delegate=head, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1), document="Mẫu")
    with pytest.raises(desk.NotAllowed):
        kill(story, head, now)
    removals.withdraw(story=story, actor=head, reason=REASON, now=now)


def test_a_killed_story_comes_back_by_the_editor_in_chief_only(story: ArticlePage, editor: User, secretary: User, deputy: User, editor_in_chief: User, now: datetime) -> None:
    kill(story, deputy, now)
    desk.restore_story(story=story, actor=editor, now=now)
    desk.escalate_story(story=story, actor=secretary, now=now, **seen(story))
    desk.approve_story(story=story, actor=deputy, now=now, **seen(story))
    for publishing in (
        lambda: releases.release_now(story=story, actor=deputy, now=now),
        lambda: releases.schedule_release(story=story, actor=deputy, due_at=now + timedelta(hours=1), now=now),
    ):
        with pytest.raises(desk.NotAllowed) as refusal:
            publishing()
        assert refusal.value.code == "killed"
    assert releases.release_now(story=story, actor=editor_in_chief, now=now).kind == "published"
    assert ArticlePage.objects.get(pk=story.pk).live


def test_a_withdrawal_drops_a_clarification_that_waits_and_keeps_a_correction(story: ArticlePage, editor: User, deputy: User, now: datetime) -> None:
    services.prepare_notice(story=story, kind=NoticeKind.CLARIFY, words=services.NoticeText(text="Tên đúng là Ghềnh Đá."), actor=editor, now=now)
    removals.withdraw(story=story, actor=deputy, reason=REASON, now=now)
    assert Notice.objects.get().state == "dropped"


def test_the_words_for_readers_may_come_later(story: ArticlePage, deputy: User, editor: User, now: datetime) -> None:
    with pytest.raises(desk.NotAllowed):
        removals.explain(story=story, actor=deputy, public_reason="Chưa gỡ.", now=now)
    removals.withdraw(story=story, actor=deputy, reason=REASON, now=now)
    with pytest.raises(desk.NotAllowed):
        removals.explain(story=story, actor=editor, public_reason="Không có quyền.", now=now)
    assert removals.explain(story=story, actor=deputy, public_reason="Đang xác minh.", now=now).public_reason == "Đang xác minh."
