"""Keeping the archive in step with the paper: from events, from bulk arrivals, by rebuilding, by sweeping."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from newsroom.articles.addresses import story_slug
from newsroom.articles.bulk import WrittenStory
from newsroom.articles.models import ArticlePage
from publishing.archive.base import Document
from publishing.archive.documents import body_text, document_of
from publishing.archive.services import database_engine, engine
from publishing.events.enums import HIDDEN
from publishing.events.models import StoryEvent
from publishing.events.registry import Subscriber


def take_event(*, event: StoryEvent, now: datetime) -> None:
    """Index what the event shows, or forget what it takes away; an older event changes nothing."""
    newest = StoryEvent.objects.filter(story_id=event.story_id).order_by("-version").first()
    if newest is None or newest.pk != event.pk:
        return
    if event.kind in HIDDEN:
        engine().remove([event.story_id])
        return
    engine().index([_document_for(event)])


def _document_for(event: StoryEvent) -> Document:
    page = event.revision.as_object()
    first = ArticlePage.objects.filter(pk=event.story_id).values_list("first_published_at", flat=True).first()
    return document_of(version_page=page, version=event.version, published_at=first or event.happened_at)


# Rung beside the urgent work, not behind Wagtail's own indexing: a reader looks for a story as soon as it is out.
ARCHIVE = Subscriber("archive", take_event, takes_imported=True, queue="default")


def index_batch(*, batch: Sequence[WrittenStory], now: datetime) -> None:
    """A batch of the bulk writer, in its transaction."""
    engine().index([_bulk_document(item) for item in batch])


def _bulk_document(item: WrittenStory) -> Document:
    story = item.story
    return Document(
        story_id=item.story_id, version=1, title=story.headline, lead=story.lead, body=body_text(list(story.body)), kicker=story.kicker,
        author=" ".join(name for name, _role in story.bylines), section=story.section,
        path=f"/{story.section}/{story_slug(story.headline)}-a{item.story_id}.html", published_at=story.published_at,
    )  # fmt: skip


def live_documents(*, only: Iterable[int] | None = None) -> Iterator[Document]:
    """Every live story as a document, by its newest event's version."""
    stories = ArticlePage.objects.filter(live=True).select_related("main_section").prefetch_related("bylines__pen_name")
    stories = stories if only is None else stories.filter(pk__in=list(only))
    versions = live_versions()
    for story in stories.order_by("pk").iterator(chunk_size=200):
        yield document_of(version_page=story, version=versions.get(story.pk, 1), published_at=story.first_published_at)


def live_versions() -> dict[int, int]:
    """The newest event's version of every live story."""
    rows = StoryEvent.objects.filter(story__live=True).order_by("version").values_list("story_id", "version")
    return dict(rows)


def rebuild(*, progress: Callable[[Iterator[Document]], Iterable[Document]] = lambda documents: documents) -> int:
    """Write the database's archive anew from the live stories. Elasticsearch is rebuilt from it, or hears of it by a sweep."""
    kept = database_engine()
    kept.clear()
    return kept.index(progress(live_documents()))


def sweep(*, heal: bool = True) -> dict[str, int]:
    """Compare the archive with the live stories; heal what differs. Counts of missing, stale and surplus stories."""
    kept, live = engine().versions(), live_versions()
    missing = [pk for pk in live if pk not in kept]
    stale = [pk for pk, version in live.items() if pk in kept and kept[pk] < version]
    surplus = [pk for pk in kept if pk not in live]
    if heal:
        engine().remove(surplus)
        engine().index(live_documents(only=[*missing, *stale]))
    return {"missing": len(missing), "stale": len(stale), "surplus": len(surplus)}
