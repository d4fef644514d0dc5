"""Addresses that readers see. They carry an id that never changes; the words in them are for people.

Paths only, never a host: the paper's host is a setting. Pure strings, so that renditions, feeds and templates agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsroom.common.text import slugify_vi

if TYPE_CHECKING:
    from newsroom.articles.models import ArticlePage, SectionPage
    from newsroom.contributors.models import PenName

NO_SECTION = "tin-tuc"
# First words of addresses that are the paper's own: no section may take them.
RESERVED_SLUGS = frozenset({
    "admin", "api", "documents", "health", "media", "static", "rss", "tac-gia", "tim-kiem", "sitemap", "news-sitemap", "chan-doan", "kenh", "tin-tuc", "_rehearsal",
})  # fmt: skip


def story_slug(title: str) -> str:
    """The readable part of a story's address."""
    return slugify_vi(title) or "bai"


def story_path(article: ArticlePage) -> str:
    """`/thoi-su/ngu-dan-dua-tau-vao-bo-a12.html`. Reads the main section: prefetch it in lists."""
    section = article.main_section.slug if article.main_section else NO_SECTION
    return f"/{section}/{story_slug(article.title)}-a{article.pk}.html"


def section_path(section: SectionPage) -> str:
    """`/thoi-su/`. Section slugs are unique in the whole paper, so a nested section keeps a short address."""
    return f"/{section.slug}/"


def author_path(pen_name: PenName) -> str:
    """`/tac-gia/tran-hai-van-7/`."""
    return f"/tac-gia/{pen_name.slug}-{pen_name.pk}/"
