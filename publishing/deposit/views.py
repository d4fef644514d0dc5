"""Lưu chiểu: the records by story and day, one record with all its story's states, exports with their progress."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from newsroom.common import clock
from newsroom.common.errors import NewsroomError
from publishing.deposit import exports, selectors, services
from publishing.deposit.enums import ExportState
from publishing.deposit.models import ChainEnd, Export, Record
from publishing.deposit.permissions import may_see

A_PAGE = 40
LAST_EXPORTS = 10


def _require_reader(request: HttpRequest) -> None:
    if not may_see(request.user):
        raise PermissionDenied


def _day(raw: str | None) -> date | None:
    try:
        return date.fromisoformat(raw or "")
    except ValueError:
        return None


@require_GET
def record_list(request: HttpRequest) -> HttpResponse:
    """The list, newest first, and the exports."""
    _require_reader(request)
    words, first, last = request.GET.get("q", "")[:200], _day(request.GET.get("from")), _day(request.GET.get("to"))
    page = Paginator(selectors.found(words=words, first=first, last=last), A_PAGE).get_page(request.GET.get("p"))
    today = clock.now().astimezone(clock.LOCAL).date()
    chosen = {"q": words, "from": first.isoformat() if first else "", "to": last.isoformat() if last else ""}
    context = {
        "page": page, "chosen": chosen, "query": urlencode({name: value for name, value in chosen.items() if value}), "end": ChainEnd.objects.filter(pk=1).first(),
        "exports": _exports(), "export_from": chosen["from"] or (today - timedelta(days=30)).isoformat(), "export_to": chosen["to"] or today.isoformat(),
    }  # fmt: skip
    return render(request, "publishing/deposit/list.html", context)


def _exports() -> list[Export]:
    return list(Export.objects.select_related("asked_by")[:LAST_EXPORTS])


@require_GET
def record_page(request: HttpRequest, sequence: int) -> HttpResponse:
    """One record: what the public saw, who answers for it, its files, its place in the chain, the story's other states."""
    _require_reader(request)
    record = get_object_or_404(Record, pk=sequence)
    content = json.loads(record.content)
    context: dict[str, Any] = {
        "record": record, "content": content, "pretty": json.dumps(content, ensure_ascii=False, indent=1), "intact": record.hash == record.computed_hash(),
        "states": selectors.states_of_story(record), "kept_until": services.kept_at_least_until(record.at), "desk": content.get("people", {}).get("desk") or {},
    }  # fmt: skip
    return render(request, "publishing/deposit/record.html", context)


@require_GET
def record_html(request: HttpRequest, sequence: int) -> HttpResponse:
    """The story as it was sealed. A policy of its own: nothing in it runs."""
    _require_reader(request)
    record = get_object_or_404(Record, pk=sequence)
    if not record.html:
        raise Http404
    answer = HttpResponse(record.html)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox"
    return answer


@require_POST
def ask_export(request: HttpRequest) -> HttpResponse:
    """A zip of some days."""
    _require_reader(request)
    first, last = _day(request.POST.get("from")), _day(request.POST.get("to"))
    if first is None or last is None:
        messages.error(request, _("Give the first and the last day of the export."))
        return redirect("deposit_list")
    try:
        services.ask_export(first_day=first, last_day=last, actor=request.user, now=clock.now())  # type: ignore[arg-type]
        messages.success(request, _("The export is being made; it can be taken below when it is ready."))
    except NewsroomError as error:
        messages.error(request, str(error))
    return redirect("deposit_list")


@require_GET
def export_state(request: HttpRequest, export_id: int) -> JsonResponse:
    """How far an export is, for the progress bar."""
    _require_reader(request)
    export = get_object_or_404(Export, pk=export_id)
    return JsonResponse({"state": export.state, "label": export.get_state_display(), "done": export.done, "total": export.total})


@require_GET
def export_file(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """The zip."""
    _require_reader(request)
    export = get_object_or_404(Export, pk=export_id, state=ExportState.DONE)
    path = exports.path_of(export)
    if not path.is_file():
        raise Http404
    name = f"luu-chieu-{export.first_day:%Y%m%d}-{export.last_day:%Y%m%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(path.stat().st_size)}
    return StreamingHttpResponse(exports.parts(path), content_type="application/zip", headers=headers)
