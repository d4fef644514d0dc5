"""The bulk writer: live stories by the hundred a second, for the demo and the importers (docs/doors.md has its row).

Wagtail's own way costs about 180 ms a story. Here a batch is a handful of statements: ids reserved, tree paths computed, pages, stories,
bylines and revisions inserted together, and what upper layers need (events marked imported, desk rows, search) written by their
registered steps in the same transaction. A story's key is its slug in the tree: a key that is there already is skipped, so that
writing twice gives the same. Nothing is sent anywhere.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from wagtail.models import Page, Revision

from newsroom.articles.bulk_rows import PaperMap, insert_rows, reserve_ids
from newsroom.articles.models import StoryYear
from newsroom.articles.registry import bulk_steps
from newsroom.articles.services import year_container
from newsroom.articles.stream import RawBlock
from newsroom.common.clock import LOCAL
from newsroom.common.errors import NewsroomError
from newsroom.common.text import nfc, slugify_vi

BATCH = 150
# Beside a live desk on SQLite nobody may wait long for the write lock (knowledge/wagtail.md: 0.1 s and equal pauses give no "database is locked").
LONGEST_LOCK = 0.1
FIRST_LIVE_BATCH, SMALLEST_LIVE_BATCH = 8, 2
_PLAIN_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,119}")


@dataclass(frozen=True, slots=True)
class BulkStory:
    """A story that was published elsewhere or is generated. `body` is raw stream data; sections and pen names are named, not numbered."""

    external_key: str
    headline: str
    section: str
    lead: str
    body: Sequence[RawBlock]
    published_at: datetime
    kicker: str = ""
    short_headline: str = ""
    seo_title: str = ""
    social_headline: str = ""
    source: str = ""
    internal_note: str = ""
    ai_use: str = "none"
    bylines: Sequence[tuple[str, str]] = ()
    other_sections: Sequence[str] = ()
    main_image_id: int | None = None
    main_image_caption: str = ""
    real_author_id: int | None = None
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class WrittenStory:
    """What a bulk step gets: the story as stored, and its new ids."""

    story_id: int
    revision_id: int
    story: BulkStory


@dataclass(slots=True)
class BulkResult:
    """How many stories were new, and how many were there already."""

    written: int = 0
    skipped: int = 0


def tree_slug(external_key: str) -> str:
    """The slug in the tree that stands for an external key; readers never see it."""
    if _PLAIN_KEY.fullmatch(external_key):
        return external_key
    digest = hashlib.sha256(external_key.encode()).hexdigest()[:16]
    return f"{slugify_vi(external_key, max_length=60) or 'bai'}-{digest}"


def write_stories(
    rows: Iterable[BulkStory], *, now: datetime, beside_live_desk: bool = False, told: Callable[[int], None] | None = None
) -> BulkResult:
    """Write live stories with their revisions, bylines and the rows of every registered step; returns what was done.

    Each batch is one transaction: what is written stays written when a later one fails. With `beside_live_desk`, on SQLite, a
    transaction takes at most about 0.1 s and is followed by a pause as long. `told` is called with the size of each batch done.
    Raises NewsroomError for a section or a pen name that does not exist and for a story without headline, lead or time zone.
    """
    paper, result = PaperMap.load(), BulkResult()
    gently = beside_live_desk and _one_writer_at_a_time()
    source, size = iter(rows), FIRST_LIVE_BATCH if gently else BATCH
    while batch := [_clean(story, paper) for story in islice(source, size)]:
        for year in sorted({story.published_at.astimezone(LOCAL).year for story in batch}):
            paper.years.setdefault(year, _container(year, batch))
        began = time.monotonic()
        written = _write_batch(batch, paper=paper, now=now)
        took = time.monotonic() - began
        result.written, result.skipped = result.written + written, result.skipped + len(batch) - written
        if told:
            told(len(batch))
        if gently:
            time.sleep(took)
            size = _next_size(size, took)
    return result


def _next_size(size: int, took: float) -> int:
    """Aim at half the longest lock, as the machine may be busier the next time; grow slowly."""
    fitting = size * LONGEST_LOCK / 2 / max(took, 0.001)
    return max(SMALLEST_LIVE_BATCH, min(BATCH, int(min(fitting, size * 1.5))))


def _one_writer_at_a_time() -> bool:
    return connection.vendor == "sqlite"


def _clean(story: BulkStory, paper: PaperMap) -> BulkStory:
    """The story in one Unicode form, its names checked. Raises NewsroomError."""
    texts: dict[str, Any] = {one.name: getattr(story, one.name) for one in fields(story)}
    composed: dict[str, Any] = {name: nfc(text).strip() for name, text in texts.items() if isinstance(text, str)}
    clean = replace(story, **composed)
    if not (clean.external_key and clean.headline and clean.lead):
        raise NewsroomError("incomplete", f"{story.external_key or '?'}: a story needs a key, a headline and a lead.")
    if clean.published_at.tzinfo is None:
        raise NewsroomError("no_time_zone", f"{clean.external_key}: the time of publication has no time zone.")
    paper.check(sections=[clean.section, *clean.other_sections], pen_names=[name for name, _role in clean.bylines])
    return clean


def _container(year: int, batch: Sequence[BulkStory]) -> StoryYear:
    return year_container(now=next(story.published_at for story in batch if story.published_at.astimezone(LOCAL).year == year))


@transaction.atomic
def _write_batch(batch: Sequence[BulkStory], *, paper: PaperMap, now: datetime) -> int:
    new = _without_known(batch)
    if not new:
        return 0
    story_ids, revision_ids = reserve_ids(Page, len(new)), reserve_ids(Revision, len(new))
    written = [WrittenStory(story_id, revision_id, story) for story_id, revision_id, story in zip(story_ids, revision_ids, new, strict=True)]
    for year, group in _by_year(written):
        insert_rows(group, slugs=[tree_slug(item.story.external_key) for item in group], container=paper.years[year], paper=paper)
    for _name, step in bulk_steps.items():
        step(batch=written, now=now)
    return len(written)


def _without_known(batch: Sequence[BulkStory]) -> list[BulkStory]:
    """The stories whose key is neither in the tree nor earlier in the batch."""
    by_slug: dict[str, BulkStory] = {}
    for story in batch:
        by_slug.setdefault(tree_slug(story.external_key), story)
    known = set(Page.objects.filter(slug__in=list(by_slug)).values_list("slug", flat=True))
    return [story for slug, story in by_slug.items() if slug not in known]


def _by_year(written: Sequence[WrittenStory]) -> Iterator[tuple[int, list[WrittenStory]]]:
    groups: dict[int, list[WrittenStory]] = {}
    for item in written:
        groups.setdefault(item.story.published_at.astimezone(LOCAL).year, []).append(item)
    yield from groups.items()


def from_plain(row: dict[str, Any], *, published_at: datetime, body: Sequence[RawBlock], main_image_id: int | None = None) -> BulkStory:
    """A BulkStory from a plain dict as `demo_generator` and JSONL files have it."""
    return BulkStory(
        external_key=row["external_key"], headline=row["headline"], section=row["section"], lead=row["lead"], body=body, published_at=published_at,
        kicker=row.get("kicker", ""), short_headline=row.get("short_headline", ""), source=row.get("source", ""), main_image_id=main_image_id,
        bylines=tuple((byline["pen_name"], byline["role"]) for byline in row.get("bylines", ())),
    )  # fmt: skip
