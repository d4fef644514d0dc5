"""The demo's corrections: one clarified story, one corrected with an apology, and words for readers at the one that was withdrawn. All invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.articles.demo import SAMPLE
from newsroom.articles.models import ArticlePage
from newsroom.common.demo import DemoRun, register_step
from publishing.corrections import removals, services
from publishing.corrections.enums import NoticeKind, Trigger
from publishing.corrections.models import Notice, Partner, Removal
from publishing.events.enums import EventKind
from publishing.events.models import StoryEvent
from publishing.releases import services as releases
from publishing.workflow import services as desk
from publishing.workflow import words
from publishing.workflow.demo import CHIEF, SECRETARY
from publishing.workflow.selectors import latest_revision

EDITOR = "bientap"


@dataclass(frozen=True)
class DemoNotice:
    """One notice: of which story, what it says, how long before the demo's moment."""

    key: str
    kind: NoticeKind
    words: services.NoticeText
    ago: timedelta


NOTICES = (
    DemoNotice(
        "dien-gio-hoa-luoi", NoticeKind.CLARIFY, ago=timedelta(days=2),
        words=services.NoticeText(text="Bản đăng lúc đầu ghi quỹ cộng đồng được lập trong mười hai năm. Thời hạn đúng là hai mươi năm; Báo Sông Ba đã sửa trong bài."),
    ),
    DemoNotice(
        "vay-may-cay", NoticeKind.CORRECT, ago=timedelta(days=1),
        words=services.NoticeText(
            trigger=Trigger.COMPLAINT, false_text="“Hộ mua máy được vay 100% giá máy, lãi 5,5% một năm.”",
            corrected_text="Mức vay tối đa là 80% giá máy, lãi 5,5% một năm.",
            apology="Báo Sông Ba thành thật xin lỗi Ngân hàng Ghềnh Đá (mẫu) và bạn đọc.", party="Ngân hàng Ghềnh Đá (mẫu)", party_mail="nganhang@ghenhda.example",
        ),
    ),
)  # fmt: skip
PUBLIC_REASON = "Giá tôm nêu trong bài là của loại khác. Tòa soạn đang xác minh lại."


def make_corrections(run: DemoRun) -> None:
    """Write what is not there yet, through the services that people use."""
    Partner.objects.get_or_create(name="Trang tin Bến Sứ (mẫu)", defaults={"mail": "bientap@bensu.example"})
    people = {user.username: user for user in User.objects.filter(username__in=[EDITOR, CHIEF, SECRETARY])}
    for item in NOTICES:
        story = ArticlePage.objects.filter(slug=f"{SAMPLE}{item.key}", live=True).first()
        if story is not None and not Notice.objects.filter(story=story).exists():
            with transaction.atomic():
                _carry_out(item, story, people, at=run.now - item.ago)
    _explain_withdrawn(people[CHIEF], now=run.now)


def _carry_out(item: DemoNotice, story: ArticlePage, people: dict[str, User], *, at: datetime) -> None:
    editor, secretary, chief = people[EDITOR], people[SECRETARY], people[CHIEF]
    services.prepare_notice(story=story, kind=item.kind, words=item.words, actor=editor, now=at)
    revision = latest_revision(story)
    assert revision is not None
    seen = {"revision_id": revision.pk, "digest": words.digest_of(revision)}
    desk.escalate_story(story=story, actor=secretary, now=at + timedelta(minutes=4), **seen)
    desk.approve_story(story=story, actor=chief, now=at + timedelta(minutes=9), **seen)
    releases.release_now(story=story, actor=chief, now=at + timedelta(minutes=10), imported=True)
    ArticlePage.objects.filter(pk=story.pk).update(last_published_at=at + timedelta(minutes=10), latest_revision_created_at=at)
    type(revision).objects.filter(pk=revision.pk).update(created_at=at)


def _explain_withdrawn(chief: User, *, now: datetime) -> None:
    """The story that the demo withdrew says why, as it would had it been withdrawn on the desk page."""
    for event in StoryEvent.objects.filter(kind=EventKind.WITHDRAWN, story__slug__startswith=SAMPLE, removal=None).select_related("story", "revision"):
        Removal.objects.create(event=event, story=event.story, digest=words.digest_of(event.revision))
        removals.explain(story=event.story, actor=chief, public_reason=PUBLIC_REASON, now=now)


def register() -> None:
    """Join `manage.py demo`, after the stories."""
    register_step("corrections", order=87, title=_("Corrections"), run=make_corrections)
