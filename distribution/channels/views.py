"""Kênh chính thức: the list, pausing; and the previews of the story editor."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from distribution.channels import health, services
from distribution.channels.connect_views import refuse
from distribution.channels.in_memory import number, story_in_memory
from distribution.channels.models import Account, AccountLog, QuotaUse
from distribution.channels.permissions import may_connect, may_operate
from distribution.channels.platforms import is_offered
from distribution.channels.previews import preview_of
from distribution.channels.routing import fitting, given_before, offered_rows
from distribution.channels.selectors import accounts_for_editor
from distribution.connectors.base import Failure
from distribution.connectors.registry import connectors, logins
from newsroom.accounts.roles import DESK, NEWSROOM, Role, has_role
from newsroom.articles.enums import ChannelLink, ChannelMedia, ChannelPrivacy
from newsroom.articles.models import ChannelText, SectionPage
from newsroom.common import clock
from newsroom.common.errors import NewsroomError

LONGEST_BODY = 300_000
LONGEST_TEXT = 70_000
MOST_ROWS = 50


@require_GET
def channel_list(request: HttpRequest) -> HttpResponse:
    """Every channel with its state in words."""
    if not has_role(request.user, *DESK, Role.MULTIMEDIA, Role.ADMINISTRATOR):
        raise PermissionDenied
    context = {
        "accounts": Account.objects.select_related("person_responsible", "unit"), "quotas": _quotas(), "log": AccountLog.objects.select_related("account", "actor")[:20],
        "kinds": [(kind, login.label, is_offered(kind)) for kind, login in logins.items()], "may_connect": may_connect(request.user), "may_operate": may_operate(request.user),
    }  # fmt: skip
    return render(request, "distribution/channels/channel_list.html", context)


def _quotas() -> list[tuple[str, int, str, date]]:
    """What was used of the platforms' days, the newest first: platform, number, of what, day."""
    units = {"units": pgettext("quota", "units"), "uploads": pgettext("quota", "uploads")}
    rows = QuotaUse.objects.order_by("-day", "kind", "bucket")[:6]
    return [(connectors.get(row.kind).label if row.kind in connectors else row.kind, row.units, units.get(row.bucket, row.bucket), row.day) for row in rows]


@require_POST
def change(request: HttpRequest, account_id: int, act: str) -> HttpResponse:
    """Pause, resume or check a channel."""
    account = get_object_or_404(Account, pk=account_id)
    if not may_operate(request.user):
        raise PermissionDenied
    try:
        _change(request, account, act)
    except NewsroomError as error:
        return refuse(request, error)
    return redirect("channel_list")


def _change(request: HttpRequest, account: Account, act: str) -> None:
    user: Any = request.user
    if act == "pause":
        services.pause(account=account, actor=user, reason=request.POST.get("reason", ""), now=clock.now())
    elif act == "resume":
        services.resume(account=account, actor=user, now=clock.now())
    elif act == "check":
        outcome = health.check_health(account=account, clock=clock.now)
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
        story = story_in_memory(data, request.user)  # type: ignore[arg-type]
        story.channel_texts = list(texts.values())
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return HttpResponseBadRequest(_("The preview could not be made."))
    accounts = [account for account in accounts_for_editor() if account.key in texts and account.kind in connectors]
    previews = [preview_of(account=account, story=story) for account in accounts]
    return render(request, "distribution/channels/previews.html", {"previews": previews})


@require_POST
def rules_for(request: HttpRequest) -> HttpResponse:
    """The rows that the routing rules give the story as it stands in the form, and the channels that they gave it before: what a person ticked is
    not theirs to take. Nothing is saved, and the form is judged when it is."""
    if not has_role(request.user, *NEWSROOM):
        raise PermissionDenied
    try:
        data = json.loads(request.body) if len(request.body) <= LONGEST_BODY else None
        story = story_in_memory(data, request.user)  # type: ignore[arg-type]
        story.kicker = str(data.get("kicker", ""))[:60]  # type: ignore[union-attr]
        sections = SectionPage.objects.filter(pk__in=[pk for value in [data["section"], *data["others"][:MOST_ROWS]] if (pk := number(value))])  # type: ignore[index]
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return HttpResponseBadRequest(_("The rules could not be applied."))
    main = number(data.get("section"))  # type: ignore[union-attr]
    story.main_section = next((section for section in sections if section.pk == main), None)
    story.other_sections = [section for section in sections if section.pk != main]
    rows = [{"key": row.account_key, "wanted": row.wanted, "text": row.text} for row in offered_rows(story, request.user)]
    return JsonResponse({"rules": bool(fitting(story)), "rows": rows, "given": sorted(given_before(story.pk, request.user))})


def _channel_text(row: dict[str, Any]) -> ChannelText:
    privacy = str(row.get("privacy", ""))
    return ChannelText(
        account_key=str(row["key"])[:60], text=str(row["text"])[:LONGEST_TEXT], title=str(row.get("title", ""))[:500], tags=str(row.get("tags", ""))[:500],
        privacy=privacy if privacy in ChannelPrivacy.values else "", hashtags=str(row.get("hashtags", ""))[:300], first_comment=str(row.get("first_comment", ""))[:2000],
        media=_one_of(ChannelMedia.values, row.get("media")), link_place=_one_of(ChannelLink.values, row.get("link_place")),
    )  # fmt: skip


def _one_of(values: list[str], value: Any) -> str:
    return str(value) if str(value) in values else ""
