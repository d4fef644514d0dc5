"""Glue: the numbers in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from distribution.metrics import views
from publishing.workflow.menus import DeskMenuItem


@hooks.register("register_admin_urls")
def metrics_urls() -> list[Any]:
    """Addresses of the numbers."""
    return [path("metrics/", views.channels, name="metrics_channels"), path("metrics/posts.csv", views.table, name="metrics_table")]


@hooks.register("register_admin_menu_item")
def metrics_menu_item() -> DeskMenuItem:
    """Lượt xem các kênh."""
    return DeskMenuItem(_("Reach of channels"), reverse("metrics_channels"), icon_name="view", order=55)


@hooks.register("insert_global_admin_css")
def metrics_css() -> str:
    """Style of the numbers."""
    return format_html('<link rel="stylesheet" href="{}">', static("metrics/metrics.css"))
