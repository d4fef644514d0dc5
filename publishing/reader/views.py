"""The reader's pages. Each finds its object in few queries, answers the wrong address with the right one, and renders plain data."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import pgettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from newsroom.articles.addresses import author_path, story_path
from newsroom.articles.models import ArticlePage
from newsroom.common import clock
from newsroom.contributors.models import PenName
from publishing.corrections.selectors import corrections_page, has_correction, removal_of
from publishing.reader import collected, content, frame, notices, stories

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
LARGEST_ID = 2**31 - 1


def reader_page(view: View) -> View:
    """GET and HEAD only, an ETag, and a revalidation at every visit: a correction must not wait in a browser."""
    return wraps(view)(require_safe(conditional_page(cache_control(public=True, no_cache=True)(view))))


@reader_page
def front(request: HttpRequest) -> HttpResponse:
    """The front."""
    now = clock.now()
    return render(request, "newsroom/articles/home_page.html", {"front": content.front(now=now), "now": now})


@reader_page
def story(request: HttpRequest, section: str, slug: str, story_id: int) -> HttpResponse:
    """A story by its id; other words in the address lead to the right ones, a withdrawn story answers 410."""
    found = stories.one(story_id) if story_id <= LARGEST_ID else None
    if found is None or (not found.live and found.first_published_at is None):
        raise Http404
    if not found.live:
        return gone(request, story_id=found.pk)
    return _at_its_address(request, story_path(found)) or _story_page(request, found)


def _story_page(request: HttpRequest, found: ArticlePage) -> HttpResponse:
    view = content.story_view(found)
    context = {"page": found, "story": view, "here": view.card.section, "top_section": view.trail[0] if view.trail else None}
    return render(request, "newsroom/articles/article_page.html", context)


def _at_its_address(request: HttpRequest, path: str) -> HttpResponse | None:
    """A permanent redirect where the request came by another path, the query kept (channels count by it)."""
    if request.path == path:
        return None
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)


@reader_page
def section(request: HttpRequest, slug: str, page: int = 1) -> HttpResponse:
    """A page of a section; `trang-1` is the section itself."""
    link = next((s for s in frame.current().by_id.values() if s.slug == slug), None)
    if link is None or page > stories.LAST_PAGE:
        raise Http404
    view = content.section_view(link, page=max(page, 1))
    _refuse_past_the_end(view)
    path = link.path if view.page_number == 1 else f"{link.path}trang-{view.page_number}/"
    context = {"view": view, "here": view.section, "top_section": view.trail[0]}
    return _at_its_address(request, path) or render(request, "newsroom/articles/section_page.html", context)


@reader_page
def author(request: HttpRequest, slug: str, pen_name_id: int, page: int = 1) -> HttpResponse:
    """A page of a pen name's stories. A pen name without a live story is nobody that readers know."""
    pen_name = PenName.objects.select_related("contributor").filter(pk=pen_name_id).first() if pen_name_id <= LARGEST_ID else None
    if pen_name is None or page > stories.LAST_PAGE:
        raise Http404
    view = content.author_view(pen_name, page=max(page, 1))
    if not view.cards:
        raise Http404
    path = author_path(pen_name) if view.page_number == 1 else f"{author_path(pen_name)}trang-{view.page_number}/"
    return _at_its_address(request, path) or render(request, "publishing/reader/author.html", {"view": view})


@reader_page
def corrections(request: HttpRequest, page: int = 1) -> HttpResponse:
    """The column of corrections, for good; `trang-1` is the column itself."""
    if page > stories.LAST_PAGE:
        raise Http404
    number = max(page, 1)
    collected.note(collected.CORRECTIONS)
    rows, has_older = corrections_page(page=number, size=stories.PAGE_SIZE)
    if number > 1 and not rows:
        raise Http404
    path = notices.PATH if number == 1 else f"{notices.PATH}trang-{number}/"
    context = {"notices": [notices.view(row) for row in rows], "page_number": number, "has_older": has_older, "base_path": notices.PATH, "path": path}
    return _at_its_address(request, path) or render(request, "publishing/reader/corrections.html", context)


def _refuse_past_the_end(view: content.ListView) -> None:
    if view.page_number > 1 and not view.cards:
        raise Http404


@reader_page
def feeds(request: HttpRequest) -> HttpResponse:
    """The page that lists the feeds."""
    return render(request, "publishing/reader/feeds.html", {"feeds": list(_flat(frame.current().sections))})


def _flat(sections: tuple[frame.SectionLink, ...]) -> list[frame.SectionLink]:
    return [found for section in sections for found in (section, *_flat(section.children))]


@reader_page
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read: everything that readers see, but no search results."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /tim-kiem/", f"Sitemap: {content.absolute('/sitemap.xml')}", f"Sitemap: {content.absolute('/news-sitemap.xml')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def gone(request: HttpRequest, *, story_id: int = 0) -> HttpResponse:
    """The tombstone of a withdrawn story: its words are not repeated; when it went, the reason where one was given, and the way to its correction."""
    removal = removal_of(story_id) if story_id else None
    sentence = removal.public_reason if removal and removal.public_reason else pgettext("paper", "The newsroom took it off the paper. The reason may stand in a correction notice.")
    more = {"since": removal.event.happened_at if removal else None, "corrected": bool(story_id) and has_correction(story_id)}
    return _notice(request, 410, pgettext("paper", "This story has been withdrawn."), sentence, **more)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _notice(request, 400, pgettext("paper", "This address cannot be read."), pgettext("paper", "Check what was typed, or begin again from the front page."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _notice(request, 403, pgettext("paper", "This page is not open to you."), pgettext("paper", "Sign in with an account that may see it, or go back to the front page."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _notice(request, 404, pgettext("paper", "There is no such page."), pgettext("paper", "The address may be mistyped. Search for a few words of the headline; accents are not needed."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500, from what this process remembers: the database may be what is broken."""
    return _notice(request, 500, pgettext("paper", "The paper has a fault."), pgettext("paper", "The newsroom's technicians have been told. Please try again in a few minutes."))


def _notice(request: HttpRequest, status: int, heading: str, sentence: str, **more: Any) -> HttpResponse:
    """A page that needs no database: masthead from the cache or from memory, no context processors."""
    context: dict[str, Any] = {**more, "code": status, "heading": heading, "sentence": sentence, "paper": frame.last_known() if status == 500 else frame.current_or_last_known(), "request": request}
    try:
        body: str = render_to_string("publishing/reader/notice.html", context)
    except Exception:
        logger.exception("the page for %s cannot be rendered", status)
        body = f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>{status}</title><h1>{heading}</h1><p>{sentence}</p><p><a href="/">/</a></p></html>'
    return HttpResponse(body, status=status)
