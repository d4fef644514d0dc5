"""Theo dõi kênh: every delivery with its state, reason and address, and what a person can decide about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

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
from distribution.deliveries import broadcasts, bulk, decisions, pauses, selectors, sightings, wording
from distribution.deliveries.enums import Operation
from distribution.deliveries.models import Delivery
from distribution.epaper.enums import CopyState
from distribution.epaper.selectors import CopyLine, board_lines
from newsroom.accounts.models import User
from newsroom.accounts.roles import DESK, Role, has_role
from newsroom.common import clock
from newsroom.common.errors import NewsroomError

VIEWERS = (*DESK, Role.MULTIMEDIA, Role.ADMINISTRATOR)
A_PAGE = 40
PAPER, MOST_OF_PAPER = "epaper", 6  # the paper's own copies stand beside the posts, not before all of them
# What each filter of the board means for the paper's own copy: publication puts it there, so nothing holds or drops it.
PAPER_STATES = {"": (), "asks": (CopyState.LATE,), "waiting": (CopyState.WAITING,), "posted": (CopyState.CONFIRMED,)}


def _require_viewer(request: HttpRequest) -> None:
    if not has_role(request.user, *VIEWERS):
        raise PermissionDenied


def _user(request: HttpRequest) -> User:
    """Whoever acts; `_require_viewer` let nobody pass who is not logged in."""
    return cast("User", request.user)


def _labels() -> dict[str, str]:
    return {
        decisions.RETRY: _("Look and try again"), decisions.LOOK: _("Look again"), decisions.NOT_THERE: _("It is not there: post it"),
        decisions.LATE: _("Still post it"), decisions.CANCEL: _("Do not post"), decisions.THERE: _("It is there"), decisions.FIRST: _("Send first"),
        decisions.POSTED: _("It is posted"), decisions.NOT_POSTED: _("It was not posted"), decisions.DONE: _("It is done"),
        decisions.CANNOT: _("It cannot be done"), decisions.SEEN: _("Take note"), "stray_seen": _("Take note"), decisions.BROADCAST: _("Send to followers"),
    }  # fmt: skip


def label_of(name: str, delivery: Delivery) -> str:
    """What stands on a decision's button; what goes to followers has words of its own."""
    of_broadcasts = {decisions.THERE: _("It was sent"), decisions.NOT_THERE: _("It was not sent")}
    if delivery.operation == Operation.BROADCAST and name in of_broadcasts:
        return of_broadcasts[name]
    return _labels().get(name, name)


def acts_for(delivery: Delivery) -> list[tuple[str, str]]:
    """The decisions that need no more than a button: (name, label)."""
    return [(name, label_of(name, delivery)) for name in decisions.open_to(delivery) if not _asks_for(name, delivery)]


def _asks_for(name: str, delivery: Delivery) -> str:
    """What a decision must be told: an address, a reason, or nothing."""
    if name == decisions.CANNOT:
        return "reason"
    return "url" if name in (decisions.THERE, decisions.POSTED) and delivery.operation != Operation.BROADCAST else ""


def forms_for(delivery: Delivery) -> list[tuple[str, str, str]]:
    """The decisions that are told something: (name, label, what)."""
    return [(name, label_of(name, delivery), asked) for name in decisions.open_to(delivery) if (asked := _asks_for(name, delivery))]


def _filters() -> list[tuple[str, str, int]]:
    found = selectors.counts()
    labels = {
        "asks": pgettext("deliveries", "Needs a person"), "waiting": pgettext("deliveries", "On the way"), "blocked": pgettext("deliveries", "On hold"),
        "posted": pgettext("deliveries", "Posted"), "dropped": pgettext("deliveries", "Not posted"),
    }  # fmt: skip
    return [("", pgettext("deliveries", "All"), sum(found.values())), *((name, label, found[name]) for name, label in labels.items())]


def _chosen(request: HttpRequest) -> dict[str, str]:
    names = {"show": "show", "account_key": "channel", "operation": "op", "cause": "cause", "story": "q"}
    return {field: request.GET.get(name, "").replace("\x00", "").strip()[:100] for field, name in names.items()}


def paper_lines(chosen: dict[str, str]) -> list[CopyLine]:
    """The e-newspaper's own copies that the filters leave: more of them where the paper alone is asked for."""
    other = chosen["account_key"] not in ("", PAPER) or chosen["operation"] not in ("", Operation.PUBLISH) or chosen["cause"]
    if other or chosen["show"] not in PAPER_STATES:
        return []
    limit = A_PAGE if chosen["account_key"] == PAPER or chosen["story"] else MOST_OF_PAPER
    return board_lines(limit, states=PAPER_STATES[chosen["show"]], story=chosen["story"])


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The list, newest first, by state, channel, operation, cause and story; what is stopped; what failed for one cause."""
    _require_viewer(request)
    chosen = _chosen(request)
    page = Paginator(selectors.board(**chosen), A_PAGE).get_page(request.GET.get("p"))
    rows = [(selectors.line_of(delivery), acts_for(delivery), bool(forms_for(delivery))) for delivery in page]
    paper = paper_lines(chosen) if page.number == 1 else []
    stopped = [(row, pauses.label_of(row.scope)) for row in pauses.open_pauses()]
    context = {
        "page": page, "rows": rows, "paper": paper, "PAPER": PAPER, "chosen": chosen, "accounts": Account.objects.all(), "filters": _filters(), "may_act": may_operate(request.user),
        "operations": Operation.choices, "stopped": stopped, "scopes": pauses.scopes(), "causes": bulk.causes(), "paused_channels": Account.objects.filter(state="paused"),
        "strays": sightings.open_strays(), "cause_words": wording.cause_in_words(chosen["cause"]) or _("One reason"), "may_see_raw": may_see_raw(request.user),
    }  # fmt: skip
    return render(request, "distribution/deliveries/board.html", context)


@require_GET
def detail(request: HttpRequest, delivery_id: str) -> HttpResponse:
    """One delivery: what is sent, every call, every decision; raw answers for administrators only."""
    _require_viewer(request)
    delivery = get_object_or_404(Delivery.objects.select_related("story", "account", "original", "event"), pk=delivery_id)
    context = selectors.details(delivery) | {
        "delivery": delivery, "acts": acts_for(delivery), "forms": forms_for(delivery), "may_act": may_operate(request.user),
        "may_see_raw": may_see_raw(request.user), "may_broadcast": broadcasts.may_broadcast(delivery),
        "decisions": [(row, label_of(row.kind, delivery)) for row in delivery.acts.select_related("actor")],
    }  # fmt: skip
    return render(request, "distribution/deliveries/detail.html", context)


@require_POST
def act(request: HttpRequest, delivery_id: str, name: str) -> HttpResponse:
    """Carry out a decision; what stands against it is said in a sentence."""
    _require_viewer(request)
    get_object_or_404(Delivery, pk=delivery_id)
    try:
        _decide(name, request=request, delivery_id=delivery_id)
        messages.success(request, _("Noted; it is carried out now."))
    except NewsroomError as error:
        messages.error(request, str(error))
    return redirect("delivery_detail", delivery_id=delivery_id)


def _decide(name: str, *, request: HttpRequest, delivery_id: str) -> None:
    asked: dict[str, Any] = {"delivery_id": delivery_id, "actor": _user(request), "now": clock.now()}
    url, reason = request.POST.get("url", "").replace("\x00", ""), request.POST.get("reason", "").replace("\x00", "")
    told: dict[str, tuple[Callable[..., Any], dict[str, str]]] = {
        decisions.THERE: (decisions.it_is_there, {"url": url}), decisions.POSTED: (decisions.it_is_posted, {"url": url}),
        decisions.CANNOT: (decisions.it_cannot_be_done, {"reason": reason}), decisions.BROADCAST: (broadcasts.start, {"typed": request.POST.get("number", "")}),
    }  # fmt: skip
    acts = {
        decisions.RETRY: decisions.retry, decisions.LOOK: decisions.look_again, decisions.NOT_THERE: decisions.it_is_not_there,
        decisions.LATE: decisions.post_although_late, decisions.CANCEL: decisions.cancel, decisions.FIRST: decisions.send_first,
        decisions.NOT_POSTED: decisions.it_is_not_posted, decisions.DONE: decisions.it_is_done, decisions.SEEN: decisions.it_was_seen,
    }  # fmt: skip
    if name in told:
        perform, more = told[name]
        perform(**asked, **more)
    elif name in acts:
        acts[name](**asked)
    else:
        raise decisions.DecisionError("no_such_act", _("There is no such act."))


@require_POST
def act_on_all(request: HttpRequest, name: str) -> HttpResponse:
    """Carry out a decision about everything that failed for one cause."""
    _require_viewer(request)
    try:
        done, left = bulk.decide_all(name, code=request.POST.get("code", ""), actor=_user(request), now=clock.now())
        messages.success(request, _("Carried out for %(done)d; not possible for %(left)d.") % {"done": done, "left": left})
    except NewsroomError as error:
        messages.error(request, str(error))
    return redirect("delivery_board")


@require_POST
def stray_seen(request: HttpRequest, number: int) -> HttpResponse:
    """Take note of a post that no delivery knows."""
    _require_viewer(request)
    try:
        sightings.take_note_of_stray(number=number, actor=_user(request), now=clock.now())
        messages.success(request, _("Noted."))
    except NewsroomError as error:
        messages.error(request, str(error))
    return redirect("delivery_board")


@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """Stop everything or one platform."""
    _require_viewer(request)
    try:
        pauses.pause(scope=request.POST.get("scope", ""), reason=request.POST.get("reason", "").replace("\x00", ""), actor=_user(request), now=clock.now())
        messages.success(request, _("Posting is stopped. Take-downs still go out."))
    except NewsroomError as error:
        messages.error(request, str(error))
    return redirect("delivery_board")


@require_POST
def resume(request: HttpRequest, number: int) -> HttpResponse:
    """Let it go on."""
    _require_viewer(request)
    try:
        pauses.resume(number=number, actor=_user(request), now=clock.now())
        messages.success(request, _("Posting goes on."))
    except NewsroomError as error:
        messages.error(request, str(error))
    return redirect("delivery_board")
