"""Theo dõi kênh: every delivery with its state, reason and address, and what a person can decide about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from distribution.channels.models import Account
from distribution.channels.permissions import may_operate, may_see_raw
from distribution.deliveries import decisions, selectors
from distribution.deliveries.models import Delivery
from newsroom.accounts.roles import DESK, Role, has_role
from newsroom.common import clock
from newsroom.common.errors import NewsroomError

VIEWERS = (*DESK, Role.MULTIMEDIA, Role.ADMINISTRATOR)
A_PAGE = 40


def _require_viewer(request: HttpRequest) -> None:
    if not has_role(request.user, *VIEWERS):
        raise PermissionDenied


def _labels() -> dict[str, str]:
    return {
        decisions.RETRY: _("Look and try again"), decisions.LOOK: _("Look again"), decisions.NOT_THERE: _("It is not there: post it"),
        decisions.LATE: _("Still post it"), decisions.CANCEL: _("Do not post"), decisions.THERE: _("It is there"),
    }  # fmt: skip


def acts_for(delivery: Delivery) -> list[tuple[str, str]]:
    """The decisions that need no more than a button: (name, label)."""
    labels = _labels()
    return [(name, labels[name]) for name in decisions.open_to(delivery) if name != decisions.THERE]


def _filters() -> list[tuple[str, str, int]]:
    found = selectors.counts()
    labels = {
        "asks": pgettext("deliveries", "Needs a person"), "waiting": pgettext("deliveries", "On the way"), "blocked": pgettext("deliveries", "On hold"),
        "posted": pgettext("deliveries", "Posted"), "dropped": pgettext("deliveries", "Not posted"),
    }  # fmt: skip
    return [("", pgettext("deliveries", "All"), sum(found.values())), *((name, label, found[name]) for name, label in labels.items())]


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The list, newest first, by state and channel."""
    _require_viewer(request)
    chosen = {"show": request.GET.get("show", ""), "account_key": request.GET.get("channel", "").replace("\x00", "")}
    page = Paginator(selectors.board(**chosen), A_PAGE).get_page(request.GET.get("p"))
    rows = [(selectors.line_of(delivery), acts_for(delivery)) for delivery in page]
    context = {"page": page, "rows": rows, "chosen": chosen, "accounts": Account.objects.all(), "filters": _filters(), "may_act": may_operate(request.user)}
    return render(request, "distribution/deliveries/board.html", context)


@require_GET
def detail(request: HttpRequest, delivery_id: str) -> HttpResponse:
    """One delivery: what is sent, every call, every decision; raw answers for administrators only."""
    _require_viewer(request)
    delivery = get_object_or_404(Delivery.objects.select_related("story", "account", "original"), pk=delivery_id)
    labels = _labels()
    context = selectors.details(delivery) | {
        "delivery": delivery, "acts": acts_for(delivery), "may_act": may_operate(request.user), "may_see_raw": may_see_raw(request.user),
        "may_say_there": decisions.THERE in decisions.open_to(delivery),
        "decisions": [(row, labels.get(row.kind, row.kind)) for row in delivery.acts.select_related("actor")],
    }  # fmt: skip
    return render(request, "distribution/deliveries/detail.html", context)


@require_POST
def act(request: HttpRequest, delivery_id: str, name: str) -> HttpResponse:
    """Carry out a decision; what stands against it is said in a sentence."""
    _require_viewer(request)
    get_object_or_404(Delivery, pk=delivery_id)
    try:
        _decide(name, delivery_id=delivery_id, user=request.user, url=request.POST.get("url", ""))
        messages.success(request, _("Noted; it is carried out now."))
    except NewsroomError as error:
        messages.error(request, str(error))
    return redirect("delivery_detail", delivery_id=delivery_id)


def _decide(name: str, *, delivery_id: str, user: Any, url: str) -> None:
    asked: dict[str, Any] = {"delivery_id": delivery_id, "actor": user, "now": clock.now()}
    if name == decisions.THERE:
        decisions.it_is_there(**asked, url=url)
        return
    acts = {
        decisions.RETRY: decisions.retry, decisions.LOOK: decisions.look_again, decisions.NOT_THERE: decisions.it_is_not_there,
        decisions.LATE: decisions.post_although_late, decisions.CANCEL: decisions.cancel,
    }  # fmt: skip
    if name not in acts:
        raise decisions.DecisionError("no_such_act", _("There is no such act."))
    acts[name](**asked)
