"""Stories for measurements, brought to a signature through the real services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from newsroom.accounts.models import User
from newsroom.accounts.roles import Role
from newsroom.accounts.services import ensure_groups
from newsroom.articles.models import ArticlePage, ChannelText, HomePage, SectionPage
from newsroom.articles.services import year_container
from newsroom.common import clock
from publishing.releases.sections import publish_section
from publishing.workflow import services as desk
from publishing.workflow import words
from publishing.workflow.selectors import latest_revision


def people() -> dict[str, User]:
    """A reporter, an editor, an editor-in-chief."""
    groups = ensure_groups()
    found = {}
    for name, role in (("reporter", Role.REPORTER), ("editor", Role.EDITOR), ("chief", Role.EDITOR_IN_CHIEF)):
        found[name], _made = User.objects.get_or_create(username=f"measure-{name}", defaults={"full_name": name})
        found[name].groups.add(groups[role])
    return found


def section(actor: User) -> SectionPage:
    """An open section."""
    found = SectionPage.objects.filter(slug="thoi-su").first()
    if found is None:
        found = HomePage.objects.get().add_child(instance=SectionPage(title="Thời sự", slug="thoi-su", live=False))
        publish_section(section=found, actor=actor)
    return found


def approved(
    number: int, *, cast: dict[str, User], where: SectionPage, channels: dict[str, str] | None = None, rows: list[ChannelText] | None = None, **fields: Any
) -> ArticlePage:
    """A story with a signature. `channels`: account key → text; `rows`: or whole rows."""
    now = clock.now() - timedelta(hours=1)
    story = year_container(now=now).add_child(
        instance=ArticlePage(
            title=f"Bài đo số {number}", lead=f"Sapo của bài số {number}.", main_section=where, owner=cast["reporter"], live=False,
            body=[("paragraph", f"<p>Đoạn văn của bài số {number} để đo.</p>")], **fields,
        )
    )  # fmt: skip
    story.channel_texts = rows if rows is not None else [ChannelText(account_key=key, text=text) for key, text in (channels or {}).items()]
    story.save_revision(user=cast["reporter"])
    _sign(story, cast, now)
    return story


def change(story: ArticlePage, *, cast: dict[str, User], **fields: Any) -> None:
    """A new version of a story, with a signature."""
    revision = latest_revision(story)
    assert revision is not None
    version = revision.as_object()
    for name, value in fields.items():
        setattr(version, name, value)
    version.save_revision(user=cast["editor"])
    _sign(story, cast, clock.now())


def _sign(story: ArticlePage, cast: dict[str, User], now: datetime) -> None:
    desk.escalate_story(story=story, actor=cast["editor"], now=now, **_seen(story))
    desk.approve_story(story=story, actor=cast["chief"], now=now, **_seen(story))


def _seen(story: ArticlePage) -> dict[str, Any]:
    revision = latest_revision(story)
    assert revision is not None
    return {"revision_id": revision.pk, "digest": words.digest_of(revision)}


def at(moment: datetime, seconds: float) -> datetime:
    """A moment some seconds later."""
    return moment + timedelta(seconds=seconds)
