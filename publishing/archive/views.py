"""Tìm kiếm."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from newsroom.articles.models import SectionPage
from publishing.archive.base import Query
from publishing.archive.queries import LONGEST, parse
from publishing.archive.services import search

PAGE_SIZE = 20
LAST_PAGE = 100


@require_safe
@cache_control(public=True, max_age=30)
def search_page(request: HttpRequest) -> HttpResponse:
    """What the archive finds for `q`, by section and year. Any input gets a page."""
    typed = request.GET.get("q", "")
    query = Query(terms=parse(typed), section=request.GET.get("chuyen-muc", "")[:255], year=_number(request.GET.get("nam")), page=_number(request.GET.get("trang")) or 1, page_size=PAGE_SIZE)
    result = search(query)
    titles = dict(SectionPage.objects.values_list("slug", "title"))
    pages = min(LAST_PAGE, -(-result.total // PAGE_SIZE))
    context = {
        "typed": typed[:LONGEST], "cut": len(typed) > LONGEST, "asked": bool(query.wanted), "query": query, "result": result, "titles": titles,
        "hits": [(hit, titles.get(hit.section, "")) for hit in result.hits],
        "sections": [_choice(facet.value, titles.get(facet.value, facet.value), facet.count, query, typed) for facet in result.sections[:15]],
        "years": [_year(facet.value, facet.count, query, typed) for facet in result.years[:15]],
        "newer": _address(typed, query, page=query.page - 1) if query.page > 1 else "",
        "older": _address(typed, query, page=query.page + 1) if query.page < pages else "",
        "pages": pages,
    }  # fmt: skip
    return render(request, "publishing/archive/search.html", context)


def _number(raw: str | None) -> int | None:
    return int(raw) if raw and raw.isascii() and raw.isdigit() and 0 < int(raw[:6]) <= 9999 and len(raw) <= 4 else None


def _address(typed: str, query: Query, **changes: Any) -> str:
    values: dict[str, Any] = {"q": typed[:LONGEST], "chuyen-muc": query.section, "nam": query.year or "", "trang": ""}
    values |= {{"section": "chuyen-muc", "year": "nam", "page": "trang"}[name]: value for name, value in changes.items()}
    return "?" + urlencode({name: value for name, value in values.items() if value})


def _choice(value: str, title: str, count: int, query: Query, typed: str) -> dict[str, Any]:
    chosen = value == query.section
    return {"title": title, "count": count, "chosen": chosen, "address": _address(typed, query, section="" if chosen else value)}


def _year(value: str, count: int, query: Query, typed: str) -> dict[str, Any]:
    chosen = str(query.year) == value
    return {"title": value, "count": count, "chosen": chosen, "address": _address(typed, query, year="" if chosen else value)}
