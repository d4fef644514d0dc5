"""The way over the desk: states, reasons, rights of each role, locks."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from newsroom.common.errors import NewsroomError
from publishing.workflow import notices, words
from publishing.workflow import services as desk
from publishing.workflow.enums import TRANSITIONS, StepKind, StoryState
from publishing.workflow.locks import may_change
from publishing.workflow.models import StoryDesk
from publishing.workflow.selectors import latest_revision, state_of
from tests.factories.desk import change, form_of, make_draft, seen, to_approved, to_signoff

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(reporter: User, now: datetime) -> ArticlePage:
    """A reporter's draft."""
    return make_draft(owner=reporter, now=now)


def test_a_story_goes_from_the_writer_over_the_desk_to_a_signature(story: ArticlePage, reporter: User, editor: User, secretary: User, now: datetime) -> None:
    to_approved(story, writer=reporter, editor=editor, signer=secretary, now=now)
    assert [step.kind for step in story.steps.order_by("id")] == ["submit", "claim", "escalate", "approve"]


def test_a_return_needs_a_reason_and_the_reason_reaches_the_writer(story: ArticlePage, reporter: User, editor: User, now: datetime, client: Client) -> None:
    desk.submit_story(story=story, actor=reporter, now=now, **seen(story))
    with pytest.raises(desk.NotAllowed):
        desk.return_story(story=story, actor=editor, reason="  ", now=now)
    step = desk.return_story(story=story, actor=editor, reason="Thiếu nguồn thứ hai.", now=now)
    assert notices.mail_return(step_id=step.pk) == 1
    assert "Thiếu nguồn thứ hai." in mail.outbox[0].body and mail.outbox[0].to == [reporter.email]
    client.force_login(reporter)
    assert "Thiếu nguồn thứ hai." in client.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()
    assert "Thiếu nguồn thứ hai." in client.get(reverse("story_desk", args=[story.pk])).content.decode()


def test_another_reporter_neither_sees_nor_sends_the_story(story: ArticlePage, other_reporter: User, now: datetime, client: Client) -> None:
    client.force_login(other_reporter)
    assert client.get(reverse("story_desk", args=[story.pk])).status_code in (302, 403)
    with pytest.raises(desk.NotAllowed):
        desk.submit_story(story=story, actor=other_reporter, now=now, **seen(story))


def test_a_held_story_comes_back_and_a_spiked_one_too(story: ArticlePage, reporter: User, editor: User, now: datetime) -> None:
    desk.submit_story(story=story, actor=reporter, now=now, **seen(story))
    desk.hold_story(story=story, actor=editor, reason="Chờ kết luận.", now=now)
    assert state_of(story) == StoryState.HELD
    desk.restore_story(story=story, actor=editor, now=now)
    desk.spike_story(story=story, actor=editor, reason="Trùng tin.", now=now)
    assert state_of(story) == StoryState.SPIKED
    desk.restore_story(story=story, actor=editor, now=now)
    assert state_of(story) == StoryState.EDITING


@pytest.mark.parametrize(
    ("state", "writer", "desk_too", "signs"),
    [
        (StoryState.DRAFT, True, True, True), (StoryState.RETURNED, True, True, True), (StoryState.SUBMITTED, False, True, True), (StoryState.EDITING, False, True, True),
        (StoryState.AWAITING_SIGNOFF, False, False, True), (StoryState.APPROVED, False, False, False), (StoryState.SCHEDULED, False, False, False),
        (StoryState.SPIKED, False, False, False),
    ],
)  # fmt: skip
def test_the_words_belong_to_one_side_at_a_time(
    state: StoryState, writer: bool, desk_too: bool, signs: bool, reporter: User, editor: User, secretary: User, now: datetime
) -> None:
    assert [may_change(person, state=state, now=now) for person in (reporter, editor, secretary)] == [writer, desk_too, signs]


def test_a_locked_form_saves_nothing_and_says_why(story: ArticlePage, reporter: User, editor: User, now: datetime, client: Client) -> None:
    to_signoff(story, writer=reporter, editor=editor, now=now)
    before = latest_revision(story)
    client.force_login(reporter)
    client.post(reverse("wagtailadmin_pages:edit", args=[story.pk]), form_of(story, title="Sửa lén"))
    assert latest_revision(story) == before


def test_the_digest_sees_every_word_and_nothing_else(story: ArticlePage, reporter: User) -> None:
    first = latest_revision(story)
    assert first is not None
    change(story, by=reporter)
    same = latest_revision(story)
    assert same is not None and same.pk != first.pk
    assert words.digest_of(first) == words.digest_of(same)
    change(story, by=reporter, internal_note="Gọi lại ông Thạnh.")
    note = latest_revision(story)
    assert note is not None and words.digest_of(note) == words.digest_of(first)
    change(story, by=reporter, social_headline="Tít mạng xã hội")
    changed = latest_revision(story)
    assert changed is not None and words.changed_fields(words.snapshot(first), words.snapshot(changed)) == ["social_headline"]


def test_the_database_refuses_a_state_that_does_not_exist(story: ArticlePage) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        StoryDesk.objects.filter(story=story).update(state="nonsense")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(list(StepKind)), max_size=12))
def test_any_sequence_of_steps_keeps_to_the_table(story: ArticlePage, editor: User, now: datetime, kinds: list[StepKind]) -> None:
    for kind in kinds:
        row = desk.lock_desk(story=story, now=now)
        before = StoryState(row.state)
        try:
            desk.take_step(desk=row, kind=kind, actor=editor, now=now)
        except NewsroomError:
            assert before not in TRANSITIONS[kind][0]
            assert state_of(story) == before
        else:
            assert before in TRANSITIONS[kind][0]
            assert state_of(story) == (TRANSITIONS[kind][1] or before)


@pytest.mark.parametrize("who", ["reporter", "editor", "secretary", "editor_in_chief", "admin", "contributor_user"])
def test_everybody_of_the_newsroom_opens_the_board_and_the_first_screen(who: str, story: ArticlePage, request: pytest.FixtureRequest, client: Client) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("desk_board")).status_code == 200
    assert client.get(reverse("wagtailadmin_home")).status_code == 200


@pytest.mark.parametrize("data", [{}, {"revision_id": "x", "digest": "y"}, {"revision_id": "1" * 400, "digest": "0" * 64}, {"revision_id": "1", "digest": "\x00" * 64}])
def test_a_broken_form_gets_a_sentence(data: dict[str, str], story: ArticlePage, editor: User, client: Client) -> None:
    client.force_login(editor)
    answer = client.post(reverse("story_act", args=[story.pk, "escalate"]), data)
    assert answer.status_code in (409, 422)
    assert state_of(story) == StoryState.DRAFT
