"""The rows of the bulk writer: what Wagtail would write story by story, written together. Only `bulk` calls this."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, router
from django.db.models.sql import InsertQuery
from wagtail.models import Locale, Page, Revision

from newsroom.articles.enums import AiUse
from newsroom.articles.models import ArticlePage, Byline, SectionPage, StoryYear
from newsroom.common.errors import NewsroomError
from newsroom.contributors.models import PenName

if TYPE_CHECKING:
    from newsroom.articles.bulk import WrittenStory

PLAIN = ("kicker", "short_headline", "social_headline", "lead", "main_image_caption", "source", "ai_use", "internal_note")


@dataclass(slots=True)
class PaperMap:
    """Ids that every batch needs, read once."""

    sections: dict[str, int]
    pen_names: dict[str, int]
    article_type: ContentType
    page_type: ContentType
    locale_id: int
    template: dict[str, Any]
    years: dict[int, StoryYear] = field(default_factory=dict)

    @classmethod
    def load(cls) -> PaperMap:
        """Read them."""
        blank = ArticlePage(title="", slug="", lead="", body="[]", ai_use=AiUse.NONE)
        return cls(
            sections=dict(SectionPage.objects.values_list("slug", "pk")), pen_names=dict(PenName.objects.values_list("name", "pk")),
            article_type=ContentType.objects.get_for_model(ArticlePage), page_type=ContentType.objects.get_for_model(Page),
            locale_id=Locale.get_default().pk, template=blank.serializable_data(),
        )  # fmt: skip

    def check(self, *, sections: Iterable[str], pen_names: Iterable[str]) -> None:
        """Raise NewsroomError for a name that the paper does not have."""
        for slug in sections:
            if slug not in self.sections:
                raise NewsroomError("unknown_section", f"There is no section “{slug}”.")
        for name in pen_names:
            if name not in self.pen_names:
                raise NewsroomError("unknown_pen_name", f"There is no pen name “{name}”.")


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids that nobody else gets. PostgreSQL takes them from the sequence; on SQLite the transaction holds the write lock already."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
            return [row[0] for row in cursor.fetchall()]
        highest = f'SELECT MAX(COALESCE((SELECT seq FROM sqlite_sequence WHERE name = %s), 0), COALESCE((SELECT MAX(id) FROM "{table}"), 0))'  # noqa: S608
        cursor.execute(highest, [table])
        first = cursor.fetchone()[0] + 1
    return list(range(first, first + count))


def insert_rows(group: Sequence[WrittenStory], *, slugs: Sequence[str], container: StoryYear, paper: PaperMap) -> None:
    """Insert the stories of one year: pages, stories, bylines, further sections, revisions; count them at their container."""
    paths = _next_paths(container, len(group))
    pages = [
        _page(item, slug=slug, path=path, container=container, paper=paper) for item, slug, path in zip(group, slugs, paths, strict=True)
    ]
    Page.objects.bulk_create(pages)
    _insert_children(group, paper=paper)
    bylines = _insert_bylines(group, paper=paper)
    _insert_other_sections(group, paper=paper)
    Revision.objects.bulk_create([_revision(item, page, bylines.get(item.story_id, []), paper=paper) for item, page in zip(group, pages, strict=True)])
    Page.objects.filter(pk=container.pk).update(numchild=models.F("numchild") + len(group))


def _next_paths(container: StoryYear, count: int) -> list[str]:
    """The tree paths after the container's last child. The container's row is locked until the transaction ends."""
    Page.objects.select_for_update().get(pk=container.pk)
    children = Page.objects.filter(depth=container.depth + 1, path__startswith=container.path)
    last = children.order_by("-path").values_list("path", flat=True).first()
    step = Page._str2int(last[-Page.steplen :]) if last else 0
    return [Page._get_path(container.path, container.depth + 1, step + number) for number in range(1, count + 1)]


def _page(item: WrittenStory, *, slug: str, path: str, container: StoryYear, paper: PaperMap) -> Page:
    story, at = item.story, item.story.published_at
    return Page(
        id=item.story_id, path=path, depth=container.depth + 1, numchild=0, translation_key=uuid4(), locale_id=paper.locale_id,
        content_type=paper.article_type, title=story.headline, draft_title=story.headline, slug=slug, url_path=f"{container.url_path}{slug}/",
        live=True, has_unpublished_changes=False, first_published_at=at, last_published_at=at, latest_revision_created_at=at,
        latest_revision_id=item.revision_id, live_revision_id=item.revision_id, owner_id=story.owner_id, seo_title=story.seo_title,
    )  # fmt: skip


def _insert_children(group: Sequence[WrittenStory], *, paper: PaperMap) -> None:
    """The child table by itself: `bulk_create` refuses multi-table models."""
    columns = ArticlePage._meta.local_concrete_fields
    objects: list[models.Model] = [
        ArticlePage(
            page_ptr_id=item.story_id, id=item.story_id, main_section_id=paper.sections[item.story.section], main_image_id=item.story.main_image_id,
            real_author_id=item.story.real_author_id, body=json.dumps(list(item.story.body), ensure_ascii=False),
            **{name: getattr(item.story, name) for name in PLAIN},
        )
        for item in group
    ]  # fmt: skip
    query = InsertQuery(ArticlePage)
    query.insert_values(columns, objects, raw=False)
    query.get_compiler(router.db_for_write(ArticlePage)).execute_sql()


def _insert_bylines(group: Sequence[WrittenStory], *, paper: PaperMap) -> dict[int, list[Byline]]:
    rows = [
        Byline(article_id=item.story_id, pen_name_id=paper.pen_names[name], role=role, sort_order=order)
        for item in group
        for order, (name, role) in enumerate(item.story.bylines)
    ]
    by_story: dict[int, list[Byline]] = {}
    for row in Byline.objects.bulk_create(rows):
        by_story.setdefault(row.article_id, []).append(row)
    return by_story


def _insert_other_sections(group: Sequence[WrittenStory], *, paper: PaperMap) -> None:
    through: Any = ArticlePage.other_sections.through
    rows = [
        through(articlepage_id=item.story_id, sectionpage_id=paper.sections[slug]) for item in group for slug in dict.fromkeys(item.story.other_sections)
    ]
    through.objects.bulk_create(rows)


def _revision(item: WrittenStory, page: Page, bylines: Sequence[Byline], *, paper: PaperMap) -> Revision:
    story, at = item.story, item.story.published_at.isoformat()
    content = {
        **paper.template, **{name: getattr(story, name) for name in PLAIN},
        "pk": item.story_id, "path": page.path, "depth": page.depth, "translation_key": str(page.translation_key), "locale": paper.locale_id,
        "content_type": paper.article_type.pk, "title": story.headline, "draft_title": story.headline, "slug": page.slug, "url_path": page.url_path,
        "seo_title": story.seo_title, "live": True, "owner": story.owner_id, "first_published_at": at, "last_published_at": at,
        "latest_revision_created_at": at, "body": json.dumps(list(story.body), ensure_ascii=False), "main_section": paper.sections[story.section],
        "main_image": story.main_image_id, "real_author": story.real_author_id, "other_sections": [paper.sections[slug] for slug in story.other_sections],
        "bylines": [
            {"pk": row.pk, "sort_order": row.sort_order, "article": item.story_id, "pen_name": row.pen_name_id, "role": row.role} for row in bylines
        ],
    }  # fmt: skip
    return Revision(
        id=item.revision_id, content_type=paper.article_type, base_content_type=paper.page_type, object_id=str(item.story_id),
        created_at=story.published_at, user_id=story.owner_id, object_str=story.headline[:255], content=content,
    )  # fmt: skip
