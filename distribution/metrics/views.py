"""Sức lan tỏa: numbers of each channel over a period, and the table of its posts to take away."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_GET

from distribution.metrics import selectors
from newsroom.accounts.roles import DESK, Role, has_role
from newsroom.common import clock

VIEWERS = (*DESK, Role.MULTIMEDIA, Role.ADMINISTRATOR)
USUAL = timedelta(days=29)


class _Line:
    """What a csv writer writes into: it hands each line on."""

    def write(self, text: str) -> str:
        return text


def _require_viewer(request: HttpRequest) -> None:
    if not has_role(request.user, *VIEWERS):
        raise PermissionDenied


def _period(request: HttpRequest) -> tuple[date, date]:
    """The days asked for; the last thirty where they make no sense."""
    today = clock.now().astimezone(clock.LOCAL).date()
    try:
        first, last = date.fromisoformat(request.GET.get("from", "")), date.fromisoformat(request.GET.get("to", ""))
    except ValueError:
        return today - USUAL, today
    return (first, last) if date(2000, 1, 1) <= first <= last <= date(2999, 1, 1) else (today - USUAL, today)


@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    """A line a channel."""
    _require_viewer(request)
    first, last = _period(request)
    context = {"lines": selectors.channel_lines(first, last), "names": selectors.column_names(), "first": first.isoformat(), "last": last.isoformat()}
    return render(request, "distribution/metrics/channels.html", context)


@require_GET
def table(request: HttpRequest) -> HttpResponseBase:
    """A line a post, as CSV that spreadsheets open in Vietnamese."""
    _require_viewer(request)
    first, last = _period(request)
    headers = {"Content-Disposition": f'attachment; filename="kenh-{first:%Y%m%d}-{last:%Y%m%d}.csv"'}
    return StreamingHttpResponse(_lines(first, last), content_type="text/csv; charset=utf-8", headers=headers)


def _lines(first: date, last: date) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff"
    with translation.override("vi"):
        for row in selectors.table(first, last):
            yield writer.writerow(row)
