"""Mend, clarify, correct: what is written goes out with a signed version, and with nothing else."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from publishing.corrections import removals, selectors, services
from publishing.corrections.enums import NoticeKind, NoticeState, TermKind, Trigger
from publishing.corrections.models import LegalTerm, Notice
from publishing.events.models import StoryEvent
from publishing.releases import services as releases
from publishing.workflow import services as desk
from publishing.workflow import words
from publishing.workflow.models import Approval, Step
from publishing.workflow.selectors import state_of
from tests.factories.desk import change, make_draft, publish_again, seen
from tests.publishing.corrections.conftest import Correct, correction

LINE = services.NoticeText(text="Bản đăng lúc đầu ghi sai tên thôn; đã sửa.")


def prepare(story: ArticlePage, actor: User, now: datetime, kind: NoticeKind = NoticeKind.CLARIFY, text: services.NoticeText = LINE) -> Notice:
    return services.prepare_notice(story=story, kind=kind, words=text, actor=actor, now=now)


def test_a_clarification_reaches_readers_with_its_signed_version_and_not_before(story: ArticlePage, editor: User, secretary: User, editor_in_chief: User, now: datetime) -> None:
    notice = prepare(story, editor, now + timedelta(minutes=5))
    assert selectors.shown_notices(story.pk) == []
    event = publish_again(story, editor=secretary, signer=editor_in_chief, now=now + timedelta(minutes=6))
    notice.refresh_from_db()
    assert (event.kind, event.version) == ("corrected", 2)
    assert (notice.state, notice.event, notice.revision_id, notice.signer) == ("published", event, event.revision_id, editor_in_chief)
    assert selectors.shown_notices(story.pk) == [notice]
    assert selectors.notice_for(event) == f"Đính chính: {LINE.text}"


def test_a_mended_slip_is_an_update_and_a_line_in_the_history(story: ArticlePage, editor: User, secretary: User, editor_in_chief: User, now: datetime) -> None:
    prepare(story, editor, now + timedelta(minutes=5), NoticeKind.FIX)
    change(story, by=editor, lead="Sapo đã sửa.")
    event = publish_again(story, editor=secretary, signer=editor_in_chief, now=now + timedelta(minutes=6))
    assert event.kind == "updated"
    assert Notice.objects.get().state == NoticeState.PUBLISHED
    assert (selectors.shown_notices(story.pk), selectors.notice_for(event)) == ([], "")
    assert Step.objects.get(story=story, kind="fix").reason == LINE.text


def test_the_notice_is_part_of_what_is_signed(story: ArticlePage, editor: User, secretary: User, editor_in_chief: User, now: datetime) -> None:
    prepare(story, editor, now + timedelta(minutes=5))
    desk.escalate_story(story=story, actor=secretary, now=now, **seen(story))
    before = seen(story)
    Notice.objects.update(text="Chữ khác, sau khi người duyệt mở trang.")
    with pytest.raises(desk.StaleWords) as refusal:
        desk.approve_story(story=story, actor=editor_in_chief, now=now, **before)
    assert refusal.value.code == "stale"
    approval = desk.approve_story(story=story, actor=editor_in_chief, now=now, **seen(story))
    assert approval.snapshot["notice"] == ["kind: clarify", "text: Chữ khác, sau khi người duyệt mở trang."]
    Notice.objects.update(text="Chữ khác, sau khi duyệt.")
    with pytest.raises(desk.NotAllowed) as changed:
        releases.release_now(story=story, actor=editor_in_chief, now=now)
    assert changed.value.code == "words_changed"
    assert StoryEvent.objects.filter(story=story).count() == 1


def test_signatures_stay_provable_after_more_than_one_notice(story: ArticlePage, correct: Correct) -> None:
    correct(NoticeKind.CLARIFY, LINE)
    correct(minutes=30)
    assert Approval.objects.count() == 3
    for approval in Approval.objects.select_related("revision"):
        assert words.digest_of(approval.revision) == approval.digest


@pytest.mark.parametrize("kind", [NoticeKind.CLARIFY, NoticeKind.CORRECT])
def test_whoever_wrote_the_notice_does_not_sign_it_the_chief_neither(
    kind: NoticeKind, story: ArticlePage, editor: User, secretary: User, editor_in_chief: User, deputy: User, now: datetime
) -> None:
    prepare(story, editor_in_chief, now, kind, LINE if kind == NoticeKind.CLARIFY else correction())
    desk.escalate_story(story=story, actor=secretary, now=now, **seen(story))
    desk.confirm_words(story=story, actor=editor, now=now, **seen(story))
    with pytest.raises(desk.NotAllowed) as refusal:
        desk.approve_story(story=story, actor=editor_in_chief, now=now, **seen(story))
    assert refusal.value.code == "four_eyes"
    assert desk.approve_story(story=story, actor=deputy, now=now, **seen(story)).approver == deputy


def test_the_database_refuses_a_correction_signed_by_its_author(story: ArticlePage, correct: Correct) -> None:
    correct()
    notice = Notice.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(signer=notice.author)


def test_a_correction_says_everything_that_the_law_asks(story: ArticlePage, editor: User, now: datetime) -> None:
    for lacks in ({"false_text": ""}, {"corrected_text": " "}, {"apology": ""}, {"trigger": ""}, {"trigger": Trigger.CONCLUSION}, {"received_at": now + timedelta(hours=1)}):
        with pytest.raises(desk.NotAllowed):
            prepare(story, editor, now, NoticeKind.CORRECT, correction(**lacks))
    assert not Notice.objects.exists()
    notice = prepare(story, editor, now, NoticeKind.CORRECT, correction(trigger=Trigger.CONCLUSION, authority_document="12/KL-MẪU", authority_date=date(2026, 11, 20)))
    plain = selectors.plain_notice(notice)
    assert plain.startswith("Thông tin cải chính, xin lỗi")
    for part in (notice.false_text, notice.corrected_text, notice.apology):
        assert part in plain


def test_the_deadline_comes_from_the_row_in_force_when_it_was_received(story: ArticlePage, editor: User, now: datetime) -> None:
    LegalTerm.objects.create(kind=TermKind.CORRECTION, in_force_from=now - timedelta(days=30), minutes=90, basis="Mẫu")
    LegalTerm.objects.create(kind=TermKind.CORRECTION, in_force_from=now + timedelta(days=1), minutes=5, basis="Mẫu, chưa có hiệu lực")
    notice = prepare(story, editor, now, NoticeKind.CORRECT, correction(received_at=now - timedelta(hours=1)))
    assert notice.due_at == now + timedelta(minutes=30)


def test_without_a_deadline_in_force_a_correction_is_refused_with_what_to_do(story: ArticlePage, editor: User, now: datetime) -> None:
    LegalTerm.objects.all().delete()
    with pytest.raises(desk.NotAllowed, match="Thời hạn theo luật"):
        prepare(story, editor, now, NoticeKind.CORRECT, correction())
    assert not Notice.objects.exists()


def test_one_notice_waits_at_a_time_and_a_dropped_one_leaves_a_trace(story: ArticlePage, editor: User, now: datetime) -> None:
    prepare(story, editor, now)
    with pytest.raises(desk.NotAllowed, match="đang chờ"):
        prepare(story, editor, now)
    with pytest.raises(desk.NotAllowed):
        services.drop_notice(story=story, actor=editor, reason=" ", now=now)
    services.drop_notice(story=story, actor=editor, reason="Nguồn tin xác nhận bài đúng.", now=now)
    assert Notice.objects.get().state == "dropped"
    assert Step.objects.filter(story=story, kind="drop_notice").exists()
    assert words.snapshot(story.get_latest_revision()).get("notice") is None


def test_only_who_signs_drops_a_correction(story: ArticlePage, editor: User, deputy: User, now: datetime) -> None:
    prepare(story, editor, now, NoticeKind.CORRECT, correction())
    with pytest.raises(desk.NotAllowed):
        services.drop_notice(story=story, actor=editor, reason="Không cần nữa", now=now)
    services.drop_notice(story=story, actor=deputy, reason="Không cần nữa", now=now)


def test_writers_write_no_notice_and_a_draft_has_none(story: ArticlePage, reporter: User, editor: User, now: datetime) -> None:
    with pytest.raises(desk.NotAllowed):
        prepare(story, reporter, now)
    with pytest.raises(desk.NotAllowed):
        prepare(make_draft(owner=reporter, now=now), editor, now)


def test_approved_words_take_no_notice_any_more(story: ArticlePage, editor: User, secretary: User, editor_in_chief: User, now: datetime) -> None:
    change(story, by=editor, lead="Sapo mới.")
    desk.escalate_story(story=story, actor=secretary, now=now, **seen(story))
    desk.approve_story(story=story, actor=editor_in_chief, now=now, **seen(story))
    with pytest.raises(desk.WrongState):
        prepare(story, editor, now)


def test_a_scheduled_correction_comes_out_at_its_time(story: ArticlePage, editor: User, secretary: User, editor_in_chief: User, now: datetime) -> None:
    prepare(story, editor, now, NoticeKind.CORRECT, correction())
    desk.escalate_story(story=story, actor=secretary, now=now, **seen(story))
    desk.approve_story(story=story, actor=editor_in_chief, now=now, **seen(story))
    due = now + timedelta(minutes=20)
    releases.schedule_release(story=story, actor=editor_in_chief, due_at=due, now=now)
    [event] = releases.publish_due(now=due)
    assert event.kind == "corrected"
    assert Notice.objects.get().published_at == due


def test_a_later_update_keeps_the_notice_for_copies(story: ArticlePage, correct: Correct, editor: User, secretary: User, editor_in_chief: User, now: datetime) -> None:
    first = StoryEvent.objects.get(story=story)
    event = correct()
    change(story, by=editor, lead="Sapo cập nhật lần nữa.")
    later = publish_again(story, editor=secretary, signer=editor_in_chief, now=now + timedelta(hours=1))
    assert later.kind == "updated"
    assert selectors.notice_for(later) == selectors.notice_for(event) != ""
    assert selectors.notice_for(first) == ""


def test_the_correction_of_a_withdrawn_story_is_signed_alone_and_brings_nothing_back(story: ArticlePage, editor: User, editor_in_chief: User, deputy: User, now: datetime) -> None:
    removals.withdraw(story=story, actor=editor_in_chief, reason="Sai sự thật.", now=now)
    with pytest.raises(desk.NotAllowed):
        prepare(story, editor, now)
    prepare(story, editor_in_chief, now, NoticeKind.CORRECT, correction())
    with pytest.raises(desk.NotAllowed) as own:
        services.sign_alone(story=story, actor=editor_in_chief, now=now, **seen(story))
    assert own.value.code == "four_eyes"
    before = seen(story)
    Notice.objects.update(apology="Lời khác.")
    with pytest.raises(desk.StaleWords):
        services.sign_alone(story=story, actor=deputy, now=now, **before)
    notice = services.sign_alone(story=story, actor=deputy, now=now, **seen(story))
    assert selectors.correction_column(now=now + timedelta(minutes=1)) == [notice]
    assert not ArticlePage.objects.get(pk=story.pk).live
    assert state_of(story) == "withdrawn"
    assert [event.kind for event in story.events.order_by("version")] == ["published", "withdrawn", "notice"]
    event = story.events.get(kind="notice")
    assert notice.event == event and event.revision == story.live_revision and "80% giá máy" in selectors.notice_for(event)
    assert any(line.endswith("Lời khác.") for line in (selectors.notice_of_event(event) or {})["words"])


def test_the_correction_of_a_killed_story_opens_no_way_back_for_others(story: ArticlePage, editor: User, secretary: User, deputy: User, editor_in_chief: User, now: datetime) -> None:
    removals.kill(story=story, actor=editor_in_chief, number=str(story.pk), reason="Sai sự thật.", now=now)
    prepare(story, editor, now, NoticeKind.CORRECT, correction())
    services.sign_alone(story=story, actor=editor_in_chief, now=now, **seen(story))
    desk.restore_story(story=story, actor=editor, now=now)
    desk.escalate_story(story=story, actor=secretary, now=now, **seen(story))
    desk.approve_story(story=story, actor=deputy, now=now, **seen(story))
    with pytest.raises(desk.NotAllowed) as refusal:
        releases.release_now(story=story, actor=deputy, now=now)
    assert refusal.value.code == "killed"
