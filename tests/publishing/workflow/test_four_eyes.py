"""Nobody signs alone what is theirs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from publishing.releases import services as releases
from publishing.workflow import services as desk
from publishing.workflow.models import Delegation
from publishing.workflow.selectors import can_sign, open_approval, state_of
from tests.factories.desk import change, make_draft, make_pen_name, seen, to_approved, to_signoff

pytestmark = pytest.mark.django_db


def approve(story: ArticlePage, actor: User, now: datetime) -> None:
    """Sign the words as they stand."""
    desk.approve_story(story=story, actor=actor, now=now, **seen(story))


def test_the_secretary_signs_by_delegation(reporter: User, editor: User, secretary: User, now: datetime) -> None:
    story = make_draft(owner=reporter, now=now)
    to_approved(story, writer=reporter, editor=editor, signer=secretary, now=now)
    approval = open_approval(story)
    assert approval is not None and approval.delegation is not None and approval.approver == secretary


@pytest.mark.parametrize("who", ["reporter", "editor", "admin", "outsider", "contributor_user"])
def test_who_holds_no_office_signs_nothing(who: str, request: pytest.FixtureRequest, reporter: User, editor: User, now: datetime) -> None:
    story = make_draft(owner=reporter, now=now)
    to_signoff(story, writer=reporter, editor=editor, now=now)
    with pytest.raises(desk.NotAllowed):
        approve(story, request.getfixturevalue(who), now)


def test_a_delegation_counts_only_in_its_time_and_until_it_is_revoked(secretary: User, editor_in_chief: User, now: datetime) -> None:
    row = Delegation.objects.get(delegate=secretary)
    assert can_sign(secretary, now=now)
    assert not can_sign(secretary, now=row.starts_at - timedelta(seconds=1))
    assert not can_sign(secretary, now=row.ends_at)
    Delegation.objects.filter(pk=row.pk).update(revoked_at=now)
    assert not can_sign(secretary, now=now)


def test_a_delegation_falls_with_the_office_of_who_gave_it(secretary: User, editor_in_chief: User, now: datetime) -> None:
    editor_in_chief.groups.clear()
    assert not can_sign(secretary, now=now)


def test_the_owner_does_not_sign(secretary: User, editor: User, now: datetime) -> None:
    story = make_draft(owner=secretary, now=now)
    to_signoff(story, writer=secretary, editor=editor, now=now)
    with pytest.raises(desk.NotAllowed) as refused:
        approve(story, secretary, now)
    assert refused.value.code == "four_eyes"


def test_who_stands_behind_a_byline_does_not_sign(reporter: User, secretary: User, editor: User, now: datetime) -> None:
    story = make_draft(owner=reporter, now=now, pen_names=[make_pen_name("Bến Sứ", user=secretary)])
    to_signoff(story, writer=reporter, editor=editor, now=now)
    with pytest.raises(desk.NotAllowed):
        approve(story, secretary, now)


def test_the_real_author_does_not_sign(reporter: User, secretary: User, editor: User, now: datetime) -> None:
    author = make_pen_name("Người viết thật", user=secretary).contributor
    story = make_draft(owner=reporter, now=now, real_author=author)
    to_signoff(story, writer=reporter, editor=editor, now=now)
    with pytest.raises(desk.NotAllowed):
        approve(story, secretary, now)


def test_who_took_the_step_before_does_not_sign(reporter: User, secretary: User, now: datetime) -> None:
    story = make_draft(owner=reporter, now=now)
    to_signoff(story, writer=reporter, editor=secretary, now=now)
    with pytest.raises(desk.NotAllowed):
        approve(story, secretary, now)


def test_the_editor_in_chief_signs_their_own_work_once_a_second_reader_has_confirmed(editor_in_chief: User, editor: User, now: datetime) -> None:
    story = make_draft(owner=editor_in_chief, now=now)
    to_signoff(story, writer=editor_in_chief, editor=editor, now=now)
    with pytest.raises(desk.NotAllowed):
        approve(story, editor_in_chief, now)
    desk.confirm_words(story=story, actor=editor, now=now, **seen(story))
    approve(story, editor_in_chief, now)
    assert state_of(story) == "approved"


def test_a_confirmation_is_of_exact_words(editor_in_chief: User, editor: User, now: datetime) -> None:
    story = make_draft(owner=editor_in_chief, now=now)
    to_signoff(story, writer=editor_in_chief, editor=editor, now=now)
    desk.confirm_words(story=story, actor=editor, now=now, **seen(story))
    change(story, by=editor_in_chief, lead="Sapo đổi sau khi đọc soát.")
    with pytest.raises(desk.NotAllowed):
        approve(story, editor_in_chief, now)


@pytest.mark.parametrize(("field", "value"), [("title", "Tít khác"), ("lead", "Sapo khác"), ("body", [("paragraph", "<p>Khác.</p>")])])
def test_a_signer_who_changes_the_words_needs_one_more_named_person(
    field: str, value: object, reporter: User, editor: User, secretary: User, editor_in_chief: User, now: datetime
) -> None:
    story = make_draft(owner=reporter, now=now)
    to_signoff(story, writer=reporter, editor=editor, now=now)
    change(story, by=secretary, **{field: value})
    with pytest.raises(desk.NotAllowed):
        approve(story, secretary, now)
    desk.confirm_words(story=story, actor=editor, now=now, **seen(story))
    approve(story, secretary, now)
    assert story.steps.filter(kind="amend", actor=secretary).exists()


def test_a_signer_may_change_what_is_no_sensitive_word_alone(reporter: User, editor: User, secretary: User, now: datetime) -> None:
    story = make_draft(owner=reporter, now=now)
    to_signoff(story, writer=reporter, editor=editor, now=now)
    change(story, by=secretary, kicker="Bão số 12")
    approve(story, secretary, now)
    assert state_of(story) == "approved"


def test_who_changed_the_words_is_no_second_reader_of_them(reporter: User, editor: User, secretary: User, now: datetime) -> None:
    story = make_draft(owner=reporter, now=now)
    to_signoff(story, writer=reporter, editor=editor, now=now)
    change(story, by=secretary, lead="Sapo của thư ký.")
    with pytest.raises(desk.NotAllowed):
        desk.confirm_words(story=story, actor=secretary, now=now, **seen(story))


def test_an_approval_outlives_the_signers_account(reporter: User, editor: User, secretary: User, editor_in_chief: User, now: datetime) -> None:
    story = make_draft(owner=reporter, now=now)
    to_approved(story, writer=reporter, editor=editor, signer=secretary, now=now)
    releases.schedule_release(story=story, actor=secretary, due_at=now + timedelta(minutes=5), now=now)
    User.objects.filter(pk=secretary.pk).update(is_active=False)
    assert len(releases.publish_due(now=now + timedelta(minutes=5))) == 1


def test_a_revoked_approval_publishes_nothing(reporter: User, editor: User, secretary: User, editor_in_chief: User, now: datetime) -> None:
    story = make_draft(owner=reporter, now=now)
    to_approved(story, writer=reporter, editor=editor, signer=secretary, now=now)
    releases.schedule_release(story=story, actor=secretary, due_at=now + timedelta(minutes=5), now=now)
    desk.revoke_approval(story=story, actor=editor_in_chief, reason="Chờ thêm nguồn tin.", now=now)
    assert releases.publish_due(now=now + timedelta(minutes=5)) == []
    assert not ArticlePage.objects.get(pk=story.pk).live
