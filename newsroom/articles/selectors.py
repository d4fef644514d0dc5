"""Reads about stories and sections."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from newsroom.articles.models import ArticlePage, SectionPage
from newsroom.media.models import NewsVideo


def menu_sections() -> QuerySet[SectionPage]:
    """The paper's open sections of the first rank, in the order of the menu."""
    return SectionPage.objects.live().filter(depth=3).order_by("in_menu_order", "path")


def body_videos(article: ArticlePage) -> list[NewsVideo | None]:
    """The videos in the body, in their order; None for one that does not exist any more. The stream reads them in one query."""
    return [block.value.get("video") for block in article.body if block.block_type == "video"]


def video_problems(article: ArticlePage) -> list[str]:
    """Sentences that keep a story from being approved: a video of it that readers could not see."""
    main = [NewsVideo.objects.filter(pk=article.main_video_id).first()] if article.main_video_id else []
    found = []
    for video in [*main, *body_videos(article)]:
        if video is None:
            found.append(_("The story shows a video that does not exist any more. Take it out or choose another."))
        elif not video.is_ready:
            words = {"title": video.title, "state": video.get_state_display()}
            found.append(_("The video “%(title)s” is not ready (%(state)s). Wait until it is, or take it out of the story.") % words)
    return list(dict.fromkeys(found))
