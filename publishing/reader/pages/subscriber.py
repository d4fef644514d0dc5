"""Events of stories, as the store takes them: which pages they concern."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from newsroom.articles.addresses import story_path
from newsroom.articles.bulk import WrittenStory
from newsroom.articles.models import ArticlePage
from publishing.corrections.models import Notice
from publishing.corrections.selectors import has_correction
from publishing.events.enums import REMOVES, EventKind
from publishing.events.models import StoryEvent
from publishing.events.registry import Subscriber
from publishing.reader import collected, frame
from publishing.reader.notices import PATH
from publishing.reader.pages import services
from publishing.reader.sitemaps import PER_FILE


def take_event(*, event: StoryEvent, now: datetime) -> None:
    """Withdrawn pages go at once; what the story is on, or belongs on, is rendered again."""
    if not services.enabled():
        return
    story = ArticlePage.objects.filter(pk=event.story_id).select_related("main_section").prefetch_related("bylines", "other_sections").first()
    if story is not None:
        if event.kind in REMOVES and not story.live:  # else it is shown again by a newer event
            services.withdraw(story.pk, address=story_path(story), killed=event.kind == EventKind.KILLED, now=now)
        if event.imported:
            services.touch_late(keys_of(story), now=now)
        else:
            services.touch(keys_of(story), now=now, addresses=[story_path(story)] if story.live else [])
        if event.kind != EventKind.PUBLISHED and has_correction(story.pk):
            touch_corrections(now=now)


def touch_corrections(now: datetime) -> None:
    """The column of corrections has changed, on the front and on its own page."""
    services.touch([collected.CORRECTIONS, collected.FRONT], now=now, addresses=[PATH])


def take_notice(notice: Notice, now: datetime) -> None:
    """A correction came out without a version of its story."""
    touch_corrections(now=now)


def keys_of(story: ArticlePage) -> set[str]:
    """Its own key, and those of the lists it stands in: of its sections and those above them, of its names, the newest, its sitemap."""
    around = frame.current()
    ids = {story.main_section_id, *(section.pk for section in story.other_sections.all())}
    lists = {collected.section(above.id) for section_id in ids for above in around.trail(section_id)}
    names = {collected.pen_name(line.pen_name_id) for line in story.bylines.all() if line.pen_name_id}
    return {collected.story(story.pk), collected.NEWEST, collected.FRONT, collected.sitemap(story.pk // PER_FILE), *lists, *names}


def take_batch(*, batch: Sequence[WrittenStory], now: datetime) -> None:
    """Stories that arrive in bulk: the lists they may stand in are rendered when nothing else waits, once for many."""
    around = frame.current()
    slugs = {slug for item in batch for slug in (item.story.section, *item.story.other_sections)}
    named = {section.id for section in around.by_id.values() if section.slug in slugs}
    lists = {collected.section(above.id) for section_id in named for above in around.trail(section_id)}
    services.touch_late({collected.NEWEST, collected.FRONT, *lists}, now=now)


PAGES = Subscriber("pages", take_event, takes_imported=True, queue="render")
