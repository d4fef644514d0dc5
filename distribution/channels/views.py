"""Kênh chính thức: the list, connecting, pausing; and the previews of the story editor."""

from __future__ import annotations

import json
import secrets
from dataclasses import astuple
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from distribution.channels import connecting, health, services
from distribution.channels.models import Account, AccountLog
from distribution.channels.permissions import may_connect, may_operate
from distribution.channels.previews import preview_of
from distribution.channels.selectors import accounts_for_editor
from distribution.connectors.base import Failure
from distribution.connectors.logins import Choice
from distribution.connectors.registry import connectors, logins
from distribution.renditions.videos import choose_video
from newsroom.accounts.roles import DESK, NEWSROOM, Role, has_role
from newsroom.articles.enums import ChannelPrivacy
from newsroom.articles.models import ArticlePage, ChannelText
from newsroom.common import clock
from newsroom.common.crypto import open_sealed, seal
from newsroom.common.errors import NewsroomError
from newsroom.media.models import NewsImage

SESSION = "channel_connect"
LONGEST_BODY = 300_000
LONGEST_TEXT = 70_000
MOST_ROWS = 50


@require_GET
def channel_list(request: HttpRequest) -> HttpResponse:
    """Every channel with its state in words."""
    if not has_role(request.user, *DESK, Role.MULTIMEDIA, Role.ADMINISTRATOR):
        raise PermissionDenied
    context = {
        "accounts": Account.objects.select_related("person_responsible"), "log": AccountLog.objects.select_related("account", "actor")[:20],
        "kinds": [(kind, login.label) for kind, login in logins.items()], "may_connect": may_connect(request.user), "may_operate": may_operate(request.user),
    }  # fmt: skip
    return render(request, "distribution/channels/channel_list.html", context)


def _redirect_uri(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("channel_back"))


def _refuse(request: HttpRequest, error: object) -> HttpResponse:
    messages.error(request, str(error))
    return redirect("channel_list")


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """To the platform's log-in, with a state that only this session and person know."""
    if not may_connect(request.user):
        raise PermissionDenied
    kind, rehearsal = request.POST.get("kind", "facebook_page"), request.POST.get("where") == "rehearsal"
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    try:
        address = connecting.start(kind=kind, redirect_uri=_redirect_uri(request), state=state, verifier=verifier, rehearsal=rehearsal)
    except NewsroomError as error:
        return _refuse(request, error)
    request.session[SESSION] = {"state": state, "verifier": seal(verifier), "user": request.user.pk, "kind": kind, "rehearsal": rehearsal}
    return redirect(address)


@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Back from the platform: the state is good once; exchange the code, then let the person choose a Page."""
    if not may_connect(request.user):
        raise PermissionDenied
    kept = request.session.pop(SESSION, None) or {}
    expected = str(kept.get("state", ""))
    if not expected or kept.get("user") != request.user.pk or not secrets.compare_digest(expected.encode(), request.GET.get("state", "").encode()):
        return _refuse(request, _("This connection was not started here, or too long ago. Start again."))
    if not request.GET.get("code"):
        reason = request.GET.get("error_description") or request.GET.get("error") or "?"
        return _refuse(request, _("The platform gave no permission: %(reason)s") % {"reason": reason[:200]})
    try:
        verifier = open_sealed(kept["verifier"])
        pages = connecting.choices(kind=kept["kind"], redirect_uri=_redirect_uri(request), code=request.GET["code"], verifier=verifier, rehearsal=kept["rehearsal"])
    except NewsroomError as error:
        return _refuse(request, error)
    sealed = seal(json.dumps([astuple(page) for page in pages]))
    request.session[SESSION] = {"user": request.user.pk, "kind": kept["kind"], "rehearsal": kept["rehearsal"], "pages": sealed}
    return render(request, "distribution/channels/choose_page.html", {"pages": pages})


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the chosen Page, once its key is proved."""
    if not may_connect(request.user):
        raise PermissionDenied
    kept = request.session.pop(SESSION, None) or {}
    if kept.get("user") != request.user.pk or "pages" not in kept:
        return _refuse(request, _("This connection was not started here, or too long ago. Start again."))
    user: Any = request.user
    try:
        pages = [Choice(*page) for page in json.loads(open_sealed(kept["pages"]))]
        choice = next((page for page in pages if page.remote_id == request.POST.get("page")), None)
        if choice is None:
            return _refuse(request, _("Choose a Page or channel."))
        account = connecting.finish(kind=kept["kind"], choice=choice, actor=user, now=clock.now(), rehearsal=kept["rehearsal"])
    except NewsroomError as error:
        return _refuse(request, error)
    messages.success(request, _("“%(name)s” is connected.") % {"name": account.name})
    return redirect("channel_list")


@require_POST
def change(request: HttpRequest, account_id: int, act: str) -> HttpResponse:
    """Pause, resume or check a channel."""
    account = get_object_or_404(Account, pk=account_id)
    if not may_operate(request.user):
        raise PermissionDenied
    try:
        _change(request, account, act)
    except NewsroomError as error:
        return _refuse(request, error)
    return redirect("channel_list")


def _change(request: HttpRequest, account: Account, act: str) -> None:
    user: Any = request.user
    if act == "pause":
        services.pause(account=account, actor=user, reason=request.POST.get("reason", ""), now=clock.now())
    elif act == "resume":
        services.resume(account=account, actor=user, now=clock.now())
    elif act == "check":
        outcome = health.check_health(account=account, now=clock.now())
        if isinstance(outcome, Failure):
            raise services.ChannelError(outcome.code, _(outcome.message))
        messages.success(request, _("The channel was checked."))
    else:
        raise services.ChannelError("no_such_act", _("There is no such act."))


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The posts of a story that is being written: words come from the form, nothing is saved."""
    if not has_role(request.user, *NEWSROOM):
        raise PermissionDenied
    try:
        data = json.loads(request.body) if len(request.body) <= LONGEST_BODY else None
        texts = {row.account_key: row for row in map(_channel_text, data["texts"][:MOST_ROWS])}  # type: ignore[index]
        story = _story_in_memory(data, request.user)  # type: ignore[arg-type]
        story.channel_texts = list(texts.values())
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return HttpResponseBadRequest(_("The preview could not be made."))
    accounts = [account for account in accounts_for_editor() if account.key in texts and account.kind in connectors]
    previews = [preview_of(account=account, story=story) for account in accounts]
    return render(request, "distribution/channels/previews.html", {"previews": previews})


def _channel_text(row: dict[str, Any]) -> ChannelText:
    privacy = str(row.get("privacy", ""))
    return ChannelText(
        account_key=str(row["key"])[:60], text=str(row["text"])[:LONGEST_TEXT], title=str(row.get("title", ""))[:500], tags=str(row.get("tags", ""))[:500],
        privacy=privacy if privacy in ChannelPrivacy.values else "",
    )  # fmt: skip


def _number(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _story_in_memory(data: dict[str, Any], user: Any) -> ArticlePage:
    """An unsaved story with what the form says. A saved one only for people who may edit it. Raises PermissionDenied."""
    saved = ArticlePage.objects.filter(pk=_number(data.get("story"))).first()
    if saved is not None and not saved.permissions_for_user(user).can_edit():
        raise PermissionDenied
    story = ArticlePage(pk=saved.pk if saved else None, title=str(data.get("headline", ""))[:255], lead=str(data.get("lead", ""))[:2000])
    story.main_section = saved.main_section if saved else None
    story.social_headline = str(data.get("social_headline", ""))[:120]
    story.main_image = NewsImage.objects.filter(pk=_number(data.get("image"))).first()
    choose_video(story, _number(data.get("video")))
    return story
