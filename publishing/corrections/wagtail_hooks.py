"""Glue: requests, partners and legal deadlines in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSet

from newsroom.accounts.roles import DESK, has_role
from publishing.corrections import views
from publishing.corrections.models import LegalTerm, Partner


class RequestsMenuItem(MenuItem):
    """Yêu cầu gỡ, for the desk."""

    def is_shown(self, request: Any) -> bool:
        """Shown to the desk."""
        return has_role(request.user, *DESK)


@hooks.register("register_admin_urls")
def request_urls() -> list[Any]:
    """Addresses of take-down requests."""
    return [
        path("desk/takedowns/", views.request_list, name="takedown_requests"),
        path("desk/takedowns/new/", views.new_request, name="takedown_new"),
        path("desk/corrections/<int:notice_id>/", views.one_correction, name="correction"),
        path("desk/told/<int:told_id>/", views.one_told, name="correction_told"),
        path("desk/takedowns/<int:request_id>/", views.one_request, name="takedown_request"),
    ]


@hooks.register("register_admin_menu_item")
def requests_menu_item() -> MenuItem:
    """In the main menu."""
    return RequestsMenuItem(_("Take-down requests"), reverse("takedown_requests"), icon_name="warning", order=170)


class PartnerViewSet(ModelViewSet):
    """Who republishes by agreement."""

    model = Partner
    name = "partners"
    icon = "group"
    menu_label = _("Republishing partners")
    menu_order = 810
    add_to_settings_menu = True
    list_display = ["name", "mail", "active"]
    form_fields = ["name", "mail", "active"]
    copy_view_enabled = False


class LegalTermViewSet(ModelViewSet):
    """Deadlines by law, each from a day on."""

    model = LegalTerm
    name = "legal_terms"
    icon = "time"
    menu_label = _("Legal deadlines")
    menu_order = 820
    add_to_settings_menu = True
    list_display = ["kind", "in_force_from", "minutes", "basis"]
    form_fields = ["kind", "in_force_from", "minutes", "basis"]
    copy_view_enabled = False


@hooks.register("register_admin_viewset")
def correction_screens() -> list[Any]:
    """Partners and legal deadlines."""
    return [PartnerViewSet(), LegalTermViewSet()]


@hooks.register("before_serve_document", order=-10)
def letters_stay_inside(document: Any, request: Any) -> None:
    """A letter is served to whom its collection is open; the others are refused (Wagtail would send them to a log-in page that this paper has not)."""
    if not all(restriction.accept_request(request) for restriction in document.collection.get_view_restrictions()):
        raise PermissionDenied
