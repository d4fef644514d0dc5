"""Glue: the door of sections, in Wagtail's form of a section."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem

from newsroom.articles.models import SectionPage
from newsroom.common.errors import NewsroomError
from publishing.releases.sections import may_open_sections, publish_section

BUTTON = "action-open-section"


class OpenSectionItem(ActionMenuItem):
    """Saves the section and lets readers see it so."""

    name = BUTTON
    label = _("Open or update the section")
    icon_name = "check"

    def is_shown(self, context: Any) -> bool:
        """To whoever may open sections, on a section."""
        return may_open_sections(context["request"].user)


@hooks.register("construct_page_action_menu", order=10)
def offer_to_open(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """The section's form saves, and opens; nothing of Wagtail's own publication."""
    page, view = context.get("page"), context.get("view")
    if isinstance(page, SectionPage) or (view == "create" and "sectionpage" in request.path):
        menu_items[:] = [item for item in menu_items if item.name in ("action-save-draft", "action-page-locked")]
        if may_open_sections(request.user):
            menu_items.append(OpenSectionItem(order=0))


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def open_section(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Saved with “open or update the section”: do so, or say why not."""
    if isinstance(page, SectionPage) and request.POST.get(BUTTON):
        try:
            publish_section(section=page, actor=request.user)  # type: ignore[arg-type]
        except NewsroomError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, gettext("The section is open to readers as it is here."))
    return None
