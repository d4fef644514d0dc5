"""Glue: the board in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from distribution.deliveries import views
from publishing.workflow.menus import DeskMenuItem


@hooks.register("register_admin_urls")
def delivery_urls() -> list[Any]:
    """Addresses of the board."""
    return [
        path("deliveries/", views.board, name="delivery_board"),
        path("deliveries/pause/", views.pause, name="delivery_pause"),
        path("deliveries/pause/<int:number>/end/", views.resume, name="delivery_resume"),
        path("deliveries/strays/<int:number>/seen/", views.stray_seen, name="delivery_stray_seen"),
        path("deliveries/all/<slug:name>/", views.act_on_all, name="delivery_act_on_all"),
        path("deliveries/<slug:delivery_id>/", views.detail, name="delivery_detail"),
        path("deliveries/<slug:delivery_id>/<slug:name>/", views.act, name="delivery_act"),
    ]


@hooks.register("register_admin_menu_item")
def deliveries_menu_item() -> DeskMenuItem:
    """Theo dõi kênh."""
    return DeskMenuItem(_("Channel deliveries"), reverse("delivery_board"), icon_name="history", order=50)


@hooks.register("insert_global_admin_css")
def deliveries_css() -> str:
    """Style of the board."""
    return format_html('<link rel="stylesheet" href="{}">', static("deliveries/deliveries.css"))
