"""Glue: the deposit in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from publishing.deposit import views
from publishing.deposit.permissions import may_see


@hooks.register("register_admin_urls")
def deposit_urls() -> list[Any]:
    """Addresses of the deposit."""
    return [
        path("deposit/", views.record_list, name="deposit_list"),
        path("deposit/<int:sequence>/", views.record_page, name="deposit_record"),
        path("deposit/<int:sequence>/page/", views.record_html, name="deposit_html"),
        path("deposit/export/", views.ask_export, name="deposit_ask_export"),
        path("deposit/export/<int:export_id>/state/", views.export_state, name="deposit_export_state"),
        path("deposit/export/<int:export_id>/", views.export_file, name="deposit_export_file"),
    ]


class DepositMenuItem(MenuItem):
    """For those who may open it."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Hidden from everybody else."""
        return may_see(request.user)


@hooks.register("register_admin_menu_item")
def deposit_menu_item() -> MenuItem:
    """Lưu chiểu."""
    return DepositMenuItem(_("Legal deposit"), reverse("deposit_list"), icon_name="lock", order=70)


@hooks.register("insert_global_admin_css")
def deposit_css() -> str:
    """Style of the deposit."""
    return format_html('<link rel="stylesheet" href="{}">', static("deposit/deposit.css"))
