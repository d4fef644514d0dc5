"""Glue: the channels in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from distribution.channels import connect_views, register_views, views
from distribution.channels.models import Unit
from distribution.channels.selectors import approval_problems
from distribution.channels.viewsets import ChannelSettings
from newsroom.articles.models import ArticlePage
from publishing.workflow.menus import DeskMenuItem


@hooks.register("register_admin_urls")
def channel_urls() -> list[Any]:
    """Addresses of the channels."""
    return [
        path("channels/", views.channel_list, name="channel_list"),
        path("channels/start/", connect_views.start, name="channel_start"),
        path("channels/back/", connect_views.back, name="channel_back"),
        path("channels/choose/", connect_views.choose, name="channel_choose"),
        path("channels/keys/<slug:kind>/<slug:where>/", connect_views.keys, name="channel_keys"),
        path("channels/<int:account_id>/reconnect/", connect_views.reconnect, name="channel_reconnect"),
        path("channels/offers/", register_views.offer_list, name="channel_offers"),
        path("channels/offers/<int:offer_id>/<slug:answer>/", register_views.decide, name="channel_decide"),
        path("channels/<int:account_id>/edit/", register_views.edit, name="channel_edit"),
        path("channels/preview/", views.preview, name="channel_preview"),
        path("channels/rules/", views.rules_for, name="channel_rules_for"),
        path("channels/<int:account_id>/<slug:act>/", views.change, name="channel_change"),
    ]


@hooks.register("register_admin_menu_item")
def channels_menu_item() -> DeskMenuItem:
    """Kênh chính thức."""
    return DeskMenuItem(_("Official channels"), reverse("channel_list"), icon_name="link", order=60)


@hooks.register("register_admin_viewset")
def channel_settings() -> ChannelSettings:
    """Units, rights and routing rules."""
    return ChannelSettings()


class OffersMenuItem(MenuItem):
    """For approvers of units only, with nothing in it for others."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Shown to who answers for a unit's channels."""
        return Unit.objects.filter(approvers=request.user.pk).exists()


@hooks.register("register_admin_menu_item")
def offers_menu_item() -> OffersMenuItem:
    """Tin bài mời đăng."""
    return OffersMenuItem(_("Offered stories"), reverse("channel_offers"), icon_name="mail", order=61)


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def tell_what_keeps_it_back(request: HttpRequest, page: Any) -> None:
    """A story is saved whatever its channels say; what will keep it from its signature is said at once. Not by an automatic save."""
    if isinstance(page, ArticlePage) and "application/json" not in request.headers.get("Accept", ""):
        for sentence in approval_problems(page):
            messages.warning(request, _("Saved. Before sign-off, mend this: %(problem)s") % {"problem": sentence})


@hooks.register("insert_global_admin_css")
def channels_css() -> str:
    """Style of previews and lists."""
    return format_html('<link rel="stylesheet" href="{}">', static("channels/channels.css"))
