"""The screen "Trình bày trang chủ"."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView, EditView
from wagtail.admin.viewsets.model import ModelViewSet

from publishing.fronts.models import FrontPick


class _NamesThePerson:
    """Keep who placed the story, whatever the form says."""

    request: Any
    form: Any

    def save_instance(self) -> Any:
        """Save with the person who is signed in."""
        self.form.instance.picked_by = self.request.user
        return super().save_instance()  # type: ignore[misc]


class FrontCreateView(_NamesThePerson, CreateView):
    """Place a story."""


class FrontEditView(_NamesThePerson, EditView):
    """Move a story to another place, or set until when it stays."""


class FrontPickViewSet(ModelViewSet):
    """Chosen stories of the front, in their places."""

    model = FrontPick
    name = "fronts"
    url_prefix = "trang-chu"
    icon = "home"
    menu_label = _("Front layout")
    menu_order = 150
    add_to_admin_menu = True
    form_fields = ["story", "position", "until"]
    list_display = ["story", "position", "until", Column("picked_by", label=pgettext_lazy("front layout", "placed by"), sort_key="picked_by")]
    list_filter = ["position"]
    ordering = ["position", "-picked_at"]
    inspect_view_enabled = False
    copy_view_enabled = False
    add_view_class = FrontCreateView
    edit_view_class = FrontEditView
