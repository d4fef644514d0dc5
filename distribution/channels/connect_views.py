"""Connecting a channel: the platform's own log-in, or a form of keys; then the choice of the Page or channel, proved before it is kept."""

from __future__ import annotations

import json
import secrets
from dataclasses import astuple
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from distribution.channels import connecting
from distribution.channels.forms import KeyForm
from distribution.channels.models import Account
from distribution.channels.permissions import may_connect
from distribution.channels.platforms import key_login, login_of, rehearsal_values
from distribution.connectors.logins import Choice, KeyLogin
from newsroom.common import clock
from newsroom.common.crypto import open_sealed, seal
from newsroom.common.errors import NewsroomError

SESSION = "channel_connect"


def refuse(request: HttpRequest, error: object) -> HttpResponse:
    """Back to the list with the reason."""
    messages.error(request, str(error))
    return redirect("channel_list")


def _redirect_uri(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("channel_back"))


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """To the platform's log-in, with a state that only this session and person know; or to the form of its keys."""
    if not may_connect(request.user):
        raise PermissionDenied
    return _begin(request, kind=request.POST.get("kind", "facebook_page"), rehearsal=request.POST.get("where") == "rehearsal")


@require_GET
def reconnect(request: HttpRequest, account_id: int) -> HttpResponse:
    """The one click of an alarm: straight to the log-in of the channel's platform. It changes nothing but the person's own session."""
    if not may_connect(request.user):
        raise PermissionDenied
    account = get_object_or_404(Account, pk=account_id)
    return _begin(request, kind=account.kind, rehearsal=account.rehearsal)


def _begin(request: HttpRequest, *, kind: str, rehearsal: bool) -> HttpResponse:
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    try:
        if isinstance(login_of(kind), KeyLogin):
            return redirect("channel_keys", kind=kind, where="rehearsal" if rehearsal else "real")
        address = connecting.start(kind=kind, redirect_uri=_redirect_uri(request), state=state, verifier=verifier, rehearsal=rehearsal)
    except NewsroomError as error:
        return refuse(request, error)
    request.session[SESSION] = {"state": state, "verifier": seal(verifier), "user": request.user.pk, "kind": kind, "rehearsal": rehearsal}
    return redirect(address)


@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest, kind: str, where: str) -> HttpResponse:
    """The form of a platform without a log-in in the browser. What was typed stays after an error, but for the secrets."""
    if not may_connect(request.user):
        raise PermissionDenied
    rehearsal = where == "rehearsal"
    try:
        login = key_login(kind)
        form = KeyForm(request.POST or None, login=login, initial=rehearsal_values(kind) if rehearsal else {})
    except NewsroomError as error:
        return refuse(request, error)
    if form.is_valid():
        try:
            found = connecting.key_choices(kind=kind, values=form.cleaned_data, rehearsal=rehearsal)
            if len(found) == 1:
                return _keep(request, kind=kind, choice=found[0], rehearsal=rehearsal)
            return _let_choose(request, found, kind=kind, rehearsal=rehearsal)
        except NewsroomError as error:
            form.add_error(None, str(error))
    context = {"form": form, "label": login.label, "rehearsal": rehearsal}
    return render(request, "distribution/channels/keys.html", context, status=422 if form.errors else 200)


@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Back from the platform: the state is good once; exchange the code, then let the person choose a Page."""
    if not may_connect(request.user):
        raise PermissionDenied
    kept = request.session.pop(SESSION, None) or {}
    expected = str(kept.get("state", ""))
    if not expected or kept.get("user") != request.user.pk or not secrets.compare_digest(expected.encode(), request.GET.get("state", "").encode()):
        return refuse(request, _("This connection was not started here, or too long ago. Start again."))
    if not request.GET.get("code"):
        reason = request.GET.get("error_description") or request.GET.get("error") or "?"
        return refuse(request, _("The platform gave no permission: %(reason)s") % {"reason": reason[:200]})
    try:
        verifier = open_sealed(kept["verifier"])
        way = {"kind": kept["kind"], "redirect_uri": _redirect_uri(request), "rehearsal": kept["rehearsal"]}
        pages = connecting.choices(**way, code=request.GET["code"], verifier=verifier, told=request.GET.dict())
    except NewsroomError as error:
        return refuse(request, error)
    return _let_choose(request, pages, kind=kept["kind"], rehearsal=kept["rehearsal"])


def _let_choose(request: HttpRequest, pages: list[Choice], *, kind: str, rehearsal: bool) -> HttpResponse:
    sealed = seal(json.dumps([astuple(page) for page in pages]))
    request.session[SESSION] = {"user": request.user.pk, "kind": kind, "rehearsal": rehearsal, "pages": sealed}
    return render(request, "distribution/channels/choose_page.html", {"pages": pages})


def _keep(request: HttpRequest, *, kind: str, choice: Choice, rehearsal: bool) -> HttpResponse:
    user: Any = request.user
    account = connecting.finish(kind=kind, choice=choice, actor=user, now=clock.now(), rehearsal=rehearsal)
    messages.success(request, _("“%(name)s” is connected.") % {"name": account.name})
    return redirect("channel_list")


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the chosen Page, once its key is proved."""
    if not may_connect(request.user):
        raise PermissionDenied
    kept = request.session.pop(SESSION, None) or {}
    if kept.get("user") != request.user.pk or "pages" not in kept:
        return refuse(request, _("This connection was not started here, or too long ago. Start again."))
    try:
        pages = [Choice(*page) for page in json.loads(open_sealed(kept["pages"]))]
        choice = next((page for page in pages if page.remote_id == request.POST.get("page")), None)
        if choice is None:
            return refuse(request, _("Choose a Page or channel."))
        return _keep(request, kind=kept["kind"], choice=choice, rehearsal=kept["rehearsal"])
    except NewsroomError as error:
        return refuse(request, error)
