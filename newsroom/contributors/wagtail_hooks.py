"""Glue: people who are credited, in Wagtail's admin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.admin.viewsets.model import ModelViewSet

from newsroom.contributors.models import Contributor


class ContributorViewSet(ModelViewSet):
    """Writers with their pen names; leaders and administrators change them."""

    model = Contributor
    icon = "group"
    menu_label = _("Contributors")
    menu_order = 700
    add_to_admin_menu = True
    list_display = ["name", "user"]
    search_fields = ["name", "pen_names__name"]
    search_backend_name = None
    panels = [
        FieldPanel("name"), FieldPanel("user"), FieldPanel("bio"),
        InlinePanel("pen_names", heading=_("pen names"), label=_("pen name"), panels=[FieldPanel("name")], min_num=1),
    ]  # fmt: skip
    copy_view_enabled = False


@hooks.register("register_admin_viewset")
def contributors() -> ContributorViewSet:
    """Người viết."""
    return ContributorViewSet("contributors")
