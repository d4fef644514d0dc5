"""The demo's stories, in every state, written and handled through the services that people use, at moments of the past.

Old stories go out with events marked imported: the archive takes them, no channel is told. The newest go to the rehearsal channels
for real. Each story is one transaction, so that a demo that was cut short goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from newsroom.accounts.models import User
from newsroom.articles.demo import SAMPLE
from newsroom.articles.demo_stories import DemoStory, stories
from newsroom.articles.models import ArticlePage, Byline, ChannelText, SectionPage
from newsroom.articles.services import year_container
from newsroom.articles.stream import stream_blocks
from newsroom.common.demo import DemoRun, register_step
from newsroom.contributors.models import PenName
from newsroom.media.demo import pictures_by_name
from newsroom.media.demo_videos import videos_by_name
from newsroom.media.models import NewsImage, NewsVideo
from publishing.releases import services as releases
from publishing.workflow import services as desk
from publishing.workflow import words
from publishing.workflow.demo import CHIEF, SECRETARY

# The rehearsal fanpage's key: distribution connects a page under it.
FANPAGE = "fanpage-bao-song-ba"
TELEVISION = "youtube-bao-song-ba"  # and the rehearsal channel's
EDITOR = "bientap"
FRESH = timedelta(minutes=30)
# How long before the moment of its last act each earlier act of a story was taken.
WRITTEN, SENT, CLAIMED, ESCALATED, SIGNED = (timedelta(minutes=minutes) for minutes in (95, 80, 60, 30, 8))


@dataclass(frozen=True, slots=True)
class Stage:
    """Who and what the stories need, read once."""

    people: dict[str, User]
    sections: dict[str, SectionPage]
    pen_names: dict[str, PenName]
    pictures: dict[str, NewsImage]
    videos: dict[str, NewsVideo]
    now: datetime


def make_stories(run: DemoRun) -> None:
    """Write and handle every demo story that is not there yet: the fresh ones, then oldest first."""
    have = set(ArticlePage.objects.filter(slug__startswith=SAMPLE).values_list("slug", flat=True))
    missing = [story for story in stories(now=run.now) if f"{SAMPLE}{story.key}" not in have]
    if not missing:
        return
    # The ones that go to the rehearsal page for real come first: a newcomer's machine is ready once one of them is there.
    missing.sort(key=lambda story: not timedelta(0) <= run.now - story.at <= FRESH)
    stage = Stage(
        people={user.username: user for user in User.objects.all()}, sections={section.slug: section for section in SectionPage.objects.all()},
        pen_names={pen_name.name: pen_name for pen_name in PenName.objects.select_related("contributor")}, pictures=pictures_by_name(),
        videos=videos_by_name(), now=run.now,
    )  # fmt: skip
    for story in run.track(missing, total=len(missing), what=_("Stories")):
        with transaction.atomic():
            _make(story, stage)


def _make(story: DemoStory, stage: Stage) -> None:
    page = _write(story, stage)
    desk.open_desk(story=page, now=story.at - WRITTEN)
    for act in PATHS[story.state]:
        act(story, page, stage)
    _date(page, story)


def _write(story: DemoStory, stage: Stage) -> ArticlePage:
    """The story as its writer saved it."""
    writer, picture = stage.people[story.writer], stage.pictures.get(story.picture)
    first_pen = stage.pen_names[story.bylines[0][0]]
    page = ArticlePage(
        slug=f"{SAMPLE}{story.key}", title=story.headline, kicker=story.kicker, short_headline=story.short_headline, lead=story.lead,
        main_section=stage.sections[story.section], main_image=picture, main_image_caption=story.picture_caption if picture else "",
        main_video=stage.videos.get(story.video),
        body=stream_blocks(story.body, images={name: image.pk for name, image in stage.pictures.items()}),
        internal_note=story.internal_note, real_author=first_pen.contributor, owner=writer, live=False, has_unpublished_changes=True, show_in_menus=False,
    )  # fmt: skip
    page.bylines = [Byline(pen_name=stage.pen_names[name], role=role, sort_order=order) for order, (name, role) in enumerate(story.bylines)]
    page.other_sections = [stage.sections[slug] for slug in story.other_sections]
    page.channel_texts = list(_channel_texts(story, page))
    page.full_clean(exclude=["path", "depth", "url_path", "content_type"])
    year_container(now=story.at).add_child(instance=page)
    page.save_revision(user=writer)
    return page


def _channel_texts(story: DemoStory, page: ArticlePage) -> Iterator[ChannelText]:
    """What goes to the rehearsal channels: what is for the fanpage goes to the video channel too where the story has a video."""
    if story.fanpage:
        yield ChannelText(account_key=FANPAGE, text=story.fanpage, wanted=True)
    if story.fanpage and getattr(page, "main_video", None) is not None:
        yield ChannelText(account_key=TELEVISION, title=story.headline[:100], text=story.lead, wanted=True)


def _date(page: ArticlePage, story: DemoStory) -> None:
    """Wagtail stamps what it writes with its own clock: set those stamps to the story's moment."""
    written = story.at - WRITTEN
    Revision.page_revisions.filter(object_id=str(page.pk)).update(created_at=written)
    ArticlePage.objects.filter(pk=page.pk).update(latest_revision_created_at=written)
    ArticlePage.objects.filter(pk=page.pk, first_published_at__isnull=False).update(first_published_at=story.at, last_published_at=story.at)


def _seen(page: ArticlePage) -> dict[str, object]:
    revision = page.get_latest_revision()
    return {"revision_id": revision.pk, "digest": words.digest_of(revision)}


def _submit(story: DemoStory, page: ArticlePage, stage: Stage) -> None:
    desk.submit_story(story=page, actor=stage.people[story.writer], now=story.at - SENT, **_seen(page))  # type: ignore[arg-type]


def _claim(story: DemoStory, page: ArticlePage, stage: Stage) -> None:
    desk.claim_story(story=page, actor=_desk_editor(story, stage), now=story.at - CLAIMED)


def _escalate(story: DemoStory, page: ArticlePage, stage: Stage) -> None:
    desk.escalate_story(story=page, actor=_desk_editor(story, stage), now=story.at - ESCALATED, **_seen(page))  # type: ignore[arg-type]


def _approve(story: DemoStory, page: ArticlePage, stage: Stage) -> None:
    desk.approve_story(story=page, actor=_signer(story, stage), now=story.at - SIGNED, **_seen(page))  # type: ignore[arg-type]


def _publish(story: DemoStory, page: ArticlePage, stage: Stage) -> None:
    old = story.at < stage.now - FRESH
    releases.release_now(story=page, actor=_signer(story, stage), now=story.at, imported=old)


def _schedule(story: DemoStory, page: ArticlePage, stage: Stage) -> None:
    assert story.due is not None
    releases.schedule_release(story=page, actor=_signer(story, stage), due_at=story.due, now=story.at)


def _return(story: DemoStory, page: ArticlePage, stage: Stage) -> None:
    desk.return_story(story=page, actor=_desk_editor(story, stage), reason=story.reason, now=story.at)


def _hold(story: DemoStory, page: ArticlePage, stage: Stage) -> None:
    desk.hold_story(story=page, actor=_desk_editor(story, stage), reason=story.internal_note, now=story.at)


def _spike(story: DemoStory, page: ArticlePage, stage: Stage) -> None:
    desk.spike_story(story=page, actor=_desk_editor(story, stage), reason=story.internal_note, now=story.at)


def _withdraw(story: DemoStory, page: ArticlePage, stage: Stage) -> None:
    releases.withdraw_story(story=page, actor=stage.people[CHIEF], reason=story.reason, now=story.at + timedelta(hours=3))


def _desk_editor(story: DemoStory, stage: Stage) -> User:
    """The desk editor; the secretary where the editor wrote it."""
    own = any(stage.pen_names[name].contributor.user == stage.people[EDITOR] for name, _role in story.bylines)
    return stage.people[SECRETARY if own else EDITOR]


def _signer(story: DemoStory, stage: Stage) -> User:
    """The secretary signs by delegation, long stories and what the secretary handled are the editor-in-chief's."""
    chiefs = len(story.body) > 12 or _desk_editor(story, stage) == stage.people[SECRETARY]
    return stage.people[CHIEF if chiefs else SECRETARY]


Act = Callable[[DemoStory, ArticlePage, Stage], None]
SIGNED_OFF: tuple[Act, ...] = (_submit, _claim, _escalate, _approve)
PATHS: dict[str, tuple[Act, ...]] = {
    "draft": (), "submitted": (_submit,), "editing": (_submit, _claim), "returned": (_submit, _claim, _return),
    "awaiting_signoff": (_submit, _claim, _escalate), "held": (_submit, _claim, _hold), "spiked": (_submit, _claim, _spike),
    "scheduled": (*SIGNED_OFF, _schedule), "published": (*SIGNED_OFF, _publish), "withdrawn": (*SIGNED_OFF, _publish, _withdraw),
}  # fmt: skip


def register() -> None:
    """Join `manage.py demo`, after the channels are connected."""
    register_step("stories", order=80, title=_("Stories in every state"), run=make_stories)
