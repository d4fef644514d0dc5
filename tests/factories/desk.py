"""Stories that go the whole way over the desk, through the real services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage, Byline, ChannelText
from newsroom.articles.services import year_container
from newsroom.contributors.models import Contributor, PenName
from publishing.events.models import StoryEvent
from publishing.releases import services as releases
from publishing.workflow import services as desk
from publishing.workflow import words
from publishing.workflow.selectors import latest_revision
from publishing.workflow.setup import ensure_rights
from tests.factories.newsroom import make_home, make_section

PARAGRAPH = [("paragraph", "<p>Ba giờ sáng, loa của đồn biên phòng gọi tên từng chiếc tàu.</p>")]


def make_pen_name(name: str = "Hải Vân", *, user: User | None = None) -> PenName:
    """A pen name, of a person with or without an account."""
    contributor = Contributor.objects.filter(user=user).first() if user else None
    contributor = contributor or Contributor.objects.create(name=f"Người thật của {name}", user=user)
    return PenName.objects.get_or_create(name=name, defaults={"contributor": contributor})[0]


def make_draft(*, owner: User, now: datetime, title: str = "Ngư dân Hải Thanh đưa tàu vào bờ", channels: dict[str, str] | None = None, **fields: Any) -> ArticlePage:
    """A saved draft with one revision by its owner, in a paper where every role has its rights."""
    make_home()
    ensure_rights()
    section = fields.pop("main_section", None) or make_section()
    pen_names = fields.pop("pen_names", [])
    values = {"lead": "Bộ đội biên phòng gọi từng chiếc tàu còn ở ngoài khơi.", "body": PARAGRAPH, **fields}
    story = year_container(now=now).add_child(instance=ArticlePage(title=title, main_section=section, owner=owner, live=False, **values))
    story.bylines = [Byline(pen_name=pen_name) for pen_name in pen_names]
    story.channel_texts = [ChannelText(account_key=key, text=text) for key, text in (channels or {}).items()]
    story.save_revision(user=owner)
    desk.open_desk(story=story, now=now)
    return story


def seen(story: ArticlePage) -> dict[str, Any]:
    """The version and digest that a person has before them."""
    revision = latest_revision(story)
    assert revision is not None
    return {"revision_id": revision.pk, "digest": words.digest_of(revision)}


def change(story: ArticlePage, *, by: User, **fields: Any) -> ArticlePage:
    """Save new words as a person's revision."""
    revision = latest_revision(story)
    assert revision is not None
    version = revision.as_object()
    for name, value in fields.items():
        setattr(version, name, value)
    version.save_revision(user=by)
    return version


def to_signoff(story: ArticlePage, *, writer: User, editor: User, now: datetime) -> None:
    """From the writer over the desk to the signer's queue."""
    desk.submit_story(story=story, actor=writer, now=now, **seen(story))
    desk.claim_story(story=story, actor=editor, now=now)
    desk.escalate_story(story=story, actor=editor, now=now, **seen(story))


def to_approved(story: ArticlePage, *, writer: User, editor: User, signer: User, now: datetime) -> None:
    """All the way to a signature."""
    to_signoff(story, writer=writer, editor=editor, now=now)
    desk.approve_story(story=story, actor=signer, now=now, **seen(story))


def publish(story: ArticlePage, *, writer: User, editor: User, signer: User, now: datetime) -> StoryEvent:
    """All the way to readers, through every desk."""
    to_approved(story, writer=writer, editor=editor, signer=signer, now=now)
    return releases.release_now(story=story, actor=signer, now=now + timedelta(seconds=1))


def publish_again(story: ArticlePage, *, editor: User, signer: User, now: datetime) -> StoryEvent:
    """A changed version of a published story, through desk and signature."""
    desk.escalate_story(story=story, actor=editor, now=now, **seen(story))
    desk.approve_story(story=story, actor=signer, now=now, **seen(story))
    return releases.release_now(story=story, actor=signer, now=now + timedelta(seconds=1))


def form_of(story: ArticlePage, **more: str) -> dict[str, str]:
    """What the editor's form sends."""
    data = {
        "title": story.title, "lead": story.lead, "kicker": "", "main_section": str(story.main_section_id), "ai_use": "none", "short_headline": "", "social_headline": "",
        "seo_title": "", "search_description": "", "source": "", "real_author": "", "internal_note": "", "main_image": "", "main_image_caption": "", "slug": story.slug,
        "body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "heading", "body-0-value": "Đầu mục", "body-0-id": "",
        "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
    }  # fmt: skip
    for prefix in ("bylines", "channel_texts"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0", f"{prefix}-MIN_NUM_FORMS": "0", f"{prefix}-MAX_NUM_FORMS": "1000"}
    return data | more
