"""Which stories a page shows: ids first, by index, then all their rows at once. Only live stories, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from newsroom.articles.models import ArticlePage
from newsroom.contributors.models import PenName
from publishing.events.models import StoryEvent

PAGE_SIZE = 20
LAST_PAGE = 500
NEWEST_FIRST = ("-first_published_at", "-pk")


def live() -> QuerySet[ArticlePage]:
    """What readers may see, newest first."""
    return ArticlePage.objects.filter(live=True, first_published_at__isnull=False).order_by(*NEWEST_FIRST)


def newest_ids(count: int) -> list[int]:
    """Ids of the newest stories."""
    return list(live().values_list("pk", flat=True)[:count])


def newest_with_sections(count: int) -> list[tuple[int, int | None]]:
    """(story id, main section id) of the newest stories: the first rows of the index of first publication."""
    return list(live().values_list("pk", "main_section_id")[:count])


def newest_of_sections(section_ids: Sequence[int], *, count: int) -> list[tuple[int, int]]:
    """(story id, main section id) of the newest of each section, newest first, in one query: a union of short reads, for quiet sections."""
    if not section_ids:
        return []
    parts: list[Any] = []
    params: list[Any] = []
    for section_id in section_ids:
        # Coalesce keeps the planner from walking the whole index of dates for a handful of rows. The ORM refuses sliced parts in a union on
        # SQLite; both databases take them wrapped in a select.
        rows = live().filter(main_section_id=section_id).annotate(moment=Coalesce("first_published_at", "first_published_at")).order_by("-moment", "-pk")
        sql, values = rows.values_list("moment", "pk", "main_section_id")[:count].query.sql_with_params()
        parts.append(f"SELECT * FROM ({sql}) AS s{len(parts)}")  # noqa: S608 - made by the ORM, values apart
        params.extend(values)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        rows_found = sorted(cursor.fetchall(), reverse=True)
    return [(story_id, section_id) for _moment, story_id, section_id in rows_found]


def section_ids(section_with_children: Sequence[int], *, page: int, size: int = PAGE_SIZE) -> tuple[list[int], bool]:
    """One page of a section: stories whose main section it is (or one below it) and stories that name it beside. And whether older ones follow."""
    end = page * size + 1
    main = live().filter(main_section_id__in=section_with_children).values_list("first_published_at", "pk")[:end]
    beside = live().filter(other_sections__in=section_with_children).values_list("first_published_at", "pk").distinct()[:end]
    merged = sorted({*main, *beside}, reverse=True)
    return [pk for _moment, pk in merged[end - 1 - size : end - 1]], len(merged) >= end


def author_ids(pen_name: PenName, *, page: int) -> tuple[list[int], bool]:
    """One page of the stories under a pen name, and whether older ones follow."""
    start = (page - 1) * PAGE_SIZE
    ids = list(live().filter(bylines__pen_name=pen_name).values_list("pk", flat=True).distinct()[start : start + PAGE_SIZE + 1])
    return ids[:PAGE_SIZE], len(ids) > PAGE_SIZE


def live_keys(ids: Sequence[int]) -> dict[int, int | None]:
    """The live revision of each of these stories that is live."""
    return dict(live().order_by().filter(pk__in=ids).values_list("pk", "live_revision_id"))


def load(ids: Iterable[int]) -> list[ArticlePage]:
    """Live stories in the order of `ids`, with what a card shows. Three queries whatever their number."""
    wanted = list(dict.fromkeys(ids))
    found = live().filter(pk__in=wanted).select_related("main_section", "main_image").prefetch_related("bylines__pen_name").defer("body")
    by_id = {story.pk: story for story in found}
    return [by_id[pk] for pk in wanted if pk in by_id]


def one(story_id: int) -> ArticlePage | None:
    """A story by id with what its page shows, live or not, and the version of its newest event. Three queries."""
    newest = StoryEvent.objects.filter(story=OuterRef("pk")).order_by("-version").values("version")[:1]
    found = ArticlePage.objects.filter(pk=story_id).select_related("main_section", "main_image").prefetch_related("bylines__pen_name").order_by()
    found = found.annotate(event_version=Subquery(newest))
    return next(iter(found), None)  # first() would sort a single row, and pay for it


def since(moment: datetime, *, limit: int) -> list[ArticlePage]:
    """Live stories published after `moment`, for the news sitemap."""
    return list(live().filter(first_published_at__gt=moment).select_related("main_section").defer("body")[:limit])


def same_section_ids(article: ArticlePage, *, count: int) -> list[int]:
    """The newest of the story's own main section."""
    if not article.main_section_id:
        return []
    return list(live().filter(main_section_id=article.main_section_id).values_list("pk", flat=True)[:count])
