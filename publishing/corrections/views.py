"""Yêu cầu gỡ: the list with its clocks, a new request, one request with all copies of its story and the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from newsroom.common import clock
from newsroom.common.errors import NewsroomError
from publishing.corrections import requests, selectors, told
from publishing.corrections.enums import Decision, RequestKind
from publishing.corrections.forms import DecisionForm, RequestForm
from publishing.corrections.models import Notice, TakedownRequest, Told
from publishing.workflow.selectors import can_sign


def _require_desk(request: HttpRequest) -> Any:
    user: Any = request.user
    if not requests.may_see(user):
        raise PermissionDenied
    return user


@require_http_methods(["GET", "HEAD"])
def request_list(request: HttpRequest) -> HttpResponse:
    """What waits, the nearest deadline first, and what was decided."""
    _require_desk(request)
    context = {"waiting": list(selectors.open_requests()), "decided": selectors.decided_requests(), "corrections": list(selectors.waiting_corrections()), "now": clock.now()}
    return render(request, "publishing/corrections/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_request(request: HttpRequest) -> HttpResponse:
    """Enter a request; nothing typed is lost."""
    user, now = _require_desk(request), clock.now()
    form = RequestForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        entry = requests.Entry(
            kind=RequestKind(data["kind"]), requester=data["requester"], contact=data["contact"], legal_basis=data["legal_basis"], received_at=data["received_at"] or now
        )
        try:
            row = requests.enter_request(story=data["story_number"], entry=entry, document=data["document"], actor=user, now=now)
        except NewsroomError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Written down. Its clock runs."))
            return redirect("takedown_request", request_id=row.pk)
    return render(request, "publishing/corrections/new_request.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def one_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """A request, every copy of its story, and the decision."""
    user, now = _require_desk(request), clock.now()
    row = get_object_or_404(TakedownRequest.objects.select_related("story__main_section", "document", "decided_by", "entered_by"), pk=request_id)
    form, status = DecisionForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                requests.decide(
                    request=row, decision=Decision(data["decision"]), reason=data["reason"], actor=user, now=now, number=data["number"], public_reason=data["public_reason"]
                )
            except NewsroomError as error:
                messages.error(request, str(error))
                status = 409
            else:
                messages.success(request, _("Decided."))
                return redirect("takedown_request", request_id=row.pk)
    context = {"row": row, "form": form, "copies": selectors.copies_of(row.story), "now": now, "may_decide": row.decision == Decision.OPEN and can_sign(user, now=now)}
    return render(request, "publishing/corrections/request.html", context, status=status)


@require_http_methods(["GET", "HEAD"])
def one_correction(request: HttpRequest, notice_id: int) -> HttpResponse:
    """A notice, every copy of its story, and who was told."""
    _require_desk(request)
    notice = get_object_or_404(Notice.objects.select_related("story__main_section", "author", "signer"), pk=notice_id)
    context = {
        "notice": notice, "title": selectors.title_of(notice), "copies": selectors.copies_of(notice.story), "told": notice.told.select_related("partner", "user", "notice", "by_hand_by"), "now": clock.now(),
    }  # fmt: skip
    return render(request, "publishing/corrections/correction.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def one_told(request: HttpRequest, told_id: int) -> HttpResponse:
    """A message that did not reach its recipient: try it again, or say that they were told by telephone."""
    user, now = _require_desk(request), clock.now()
    row = get_object_or_404(Told.objects.select_related("partner", "user", "notice", "by_hand_by", "event__story"), pk=told_id)
    if request.method == "POST":
        try:
            if request.POST.get("act") == "telephone":
                told.told_by_hand(row=row, note=request.POST.get("note", ""), actor=user, now=now)
                messages.success(request, _("Written down with your name and the time."))
            else:
                told.try_again(row=row, actor=user, now=now)
                messages.success(request, _("It is being sent again."))
        except NewsroomError as error:
            messages.error(request, str(error))
            return render(request, "publishing/corrections/untold.html", {"row": row, "note": request.POST.get("note", "")}, status=409)
        return redirect("story_desk", row.event.story_id)
    return render(request, "publishing/corrections/untold.html", {"row": row, "note": ""})
