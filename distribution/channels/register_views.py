"""One channel of the register with its history, and the stories that wait for a unit's answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from distribution.channels import offers, services
from distribution.channels.forms import AccountForm, OptionsForm
from distribution.channels.models import Account, Offer
from distribution.channels.permissions import may_connect
from distribution.channels.previews import preview_of
from distribution.channels.registry import rule_kinds
from distribution.connectors.registry import connectors
from distribution.renditions.snapshots import story_of
from newsroom.accounts.roles import DESK, Role, has_role
from newsroom.common import clock
from newsroom.common.errors import NewsroomError

MOST_LOG = 100


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, account_id: int) -> HttpResponse:
    """What the register says of a channel, and everything that happened to it. The desk reads, whoever connects channels writes."""
    if not has_role(request.user, *DESK, Role.MULTIMEDIA, Role.ADMINISTRATOR):
        raise PermissionDenied
    user: Any = request.user
    account = get_object_or_404(Account.objects.select_related("unit", "person_responsible", "mark_image"), pk=account_id)
    if request.method == "POST" and not may_connect(user):
        raise PermissionDenied
    posts = request.method == "POST" and request.POST.get("part") == "options"  # the second form of the page
    form = AccountForm(request.POST if request.method == "POST" and not posts else None, instance=Account.objects.get(pk=account.pk))
    options = OptionsForm(request.POST if posts else None, account=account)
    if posts and options.is_valid():
        services.change_options(account=account, values=options.values, actor=user, now=clock.now())
        messages.success(request, _("How the channel posts is saved."))
        return redirect("channel_edit", account_id=account.pk)
    if request.method == "POST" and not posts and form.is_valid():
        services.change_details(account=account, changes=form.cleaned_data, actor=user, now=clock.now())
        messages.success(request, _("The channel's details are saved."))
        return redirect("channel_edit", account_id=account.pk)
    context = {
        "account": account, "form": form, "options": options, "may_connect": may_connect(user), "log": account.log.select_related("actor")[:MOST_LOG],
        "rights": account.rights.select_related("group", "user"), "rules": [(rule_kinds.get(rule.kind).label if rule.kind in rule_kinds else rule.kind, rule) for rule in account.rules.all()],
    }  # fmt: skip
    return render(request, "distribution/channels/edit.html", context, status=422 if form.errors or options.errors else 200)


@require_GET
def offer_list(request: HttpRequest) -> HttpResponse:
    """What waits for this person's answer, each story as it would look on the channel."""
    user: Any = request.user
    rows = [(row, _preview(row)) for row in offers.open_offers(user)[:30]]
    return render(request, "distribution/channels/offers.html", {"rows": rows})


def _preview(offer: Offer) -> Any:
    return preview_of(account=offer.account, story=story_of(offer.event.revision)) if offer.account.kind in connectors else None


@require_POST
def decide(request: HttpRequest, offer_id: int, answer: str) -> HttpResponse:
    """Accept or decline."""
    offer, user = get_object_or_404(Offer.objects.select_related("account__unit"), pk=offer_id), request.user
    person: Any = user
    if not offers.may_decide(person, offer):
        raise PermissionDenied
    try:
        if answer == "accept":
            offers.accept_offer(offer=offer, actor=person, now=clock.now())
            messages.success(request, _("Accepted: it goes out unchanged."))
        else:
            offers.decline_offer(offer=offer, actor=person, reason=request.POST.get("reason", ""), now=clock.now())
            messages.success(request, _("Declined."))
    except NewsroomError as error:
        messages.error(request, str(error))
    return redirect("channel_offers")
