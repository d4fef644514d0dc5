"""Menu items and the delegations' screen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel
from wagtail.admin.viewsets.model import ModelViewSet

from newsroom.accounts.roles import DESK, NEWSROOM, Role, has_role
from publishing.workflow.models import Delegation


class NewsroomMenuItem(MenuItem):
    """A menu item for everybody who works on stories."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Shown to the newsroom and to administrators."""
        return has_role(request.user, *NEWSROOM, Role.ADMINISTRATOR) or request.user.is_superuser


class ToDeskItem(ActionMenuItem):
    """“Save and go to the desk page”, where the story is sent on, approved, published."""

    name = "action-desk"
    label = _("Save and go to the desk page")
    icon_name = "arrow-right"

    def is_shown(self, context: Any) -> bool:
        """On every story that the person may change."""
        return True


class DelegationViewSet(ModelViewSet):
    """Who may sign for whom, and until when. The editor-in-chief gives; everybody who leads can look."""

    model = Delegation
    icon = "key"
    menu_label = _("Delegations of signing")
    menu_order = 800
    add_to_settings_menu = True
    list_display = ["delegator", "delegate", "starts_at", "ends_at", "revoked_at"]
    panels = [FieldPanel("delegator"), FieldPanel("delegate"), FieldPanel("starts_at"), FieldPanel("ends_at"), FieldPanel("document"), FieldPanel("revoked_at")]
    copy_view_enabled = False


class DeskMenuItem(MenuItem):
    """A menu item for the desk, multimedia and administrators."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Hidden from writers."""
        return has_role(request.user, *DESK, Role.MULTIMEDIA, Role.ADMINISTRATOR) or request.user.is_superuser
