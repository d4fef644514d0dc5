"""Sitemaps: an index, files of at most 10,000 stories cut by id (so that a file stays the same when new stories come), and the news of two days."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Max
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from newsroom.articles.addresses import story_path
from newsroom.common import clock
from newsroom.common.dates import local
from publishing.reader import collected, content, frame, stories
from publishing.reader.plain import plain
from publishing.reader.views import reader_page

PER_FILE = 10_000
NEWS_AGE = timedelta(days=2)
NEWS_MOST = 1_000
XML = "application/xml; charset=utf-8"


@reader_page
def index(request: HttpRequest) -> HttpResponse:
    """Which files there are, each with the moment of its last change."""
    collected.note(collected.NEWEST)
    changed = Max(Coalesce("last_published_at", "first_published_at"))
    files = stories.live().order_by().annotate(part=F("pk") / PER_FILE).values("part").annotate(changed=changed).order_by("part")
    parts = [{"address": content.absolute(f"/sitemap-{row['part']}.xml"), "changed": _moment(row["changed"])} for row in files]
    parts.append({"address": content.absolute("/sitemap-sections.xml"), "changed": ""})
    return render(request, "publishing/reader/sitemap_index.xml", {"parts": parts}, content_type=XML)


@reader_page
def sections(request: HttpRequest) -> HttpResponse:
    """The front and the sections."""
    entries = [{"address": content.absolute("/")}, *({"address": content.absolute(s.path)} for s in frame.current().by_id.values())]
    return render(request, "publishing/reader/sitemap.xml", {"entries": entries}, content_type=XML)


@reader_page
def part(request: HttpRequest, number: int) -> HttpResponse:
    """The stories of one file."""
    collected.note(collected.sitemap(number))
    first = number * PER_FILE
    rows = stories.live().filter(pk__gte=first, pk__lt=first + PER_FILE).select_related("main_section").defer("body").order_by("pk")
    entries = [{"address": content.absolute(story_path(row)), "changed": _moment(row.last_published_at or row.first_published_at)} for row in rows]
    if not entries:
        raise Http404
    return render(request, "publishing/reader/sitemap.xml", {"entries": entries}, content_type=XML)


@reader_page
def news(request: HttpRequest) -> HttpResponse:
    """The stories of the last two days."""
    collected.note(collected.NEWEST)
    rows = stories.since(clock.now() - NEWS_AGE, limit=NEWS_MOST)
    entries = [{"address": content.absolute(story_path(row)), "published": _moment(row.first_published_at), "title": plain(row.title)} for row in rows]
    return render(request, "publishing/reader/news_sitemap.xml", {"entries": entries, "name": plain(frame.current().name)}, content_type=XML)


def _moment(value: datetime | None) -> str:
    return local(value).isoformat(timespec="seconds") if value else ""
