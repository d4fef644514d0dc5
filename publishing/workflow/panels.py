"""The admin's first screen: alarms, and what waits for this person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser
from wagtail.admin.ui.components import Component

from newsroom.accounts.models import User
from newsroom.accounts.roles import DESK, has_role
from newsroom.common import clock
from publishing.events.selectors import open_alarms
from publishing.workflow.enums import StoryState
from publishing.workflow.selectors import can_sign, desk_rows, returned_to

MOST = 15


class AlarmPanel(Component):
    """Open alarms, for the desk."""

    order = 1
    template_name = "publishing/workflow/alarm_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The newest alarms; none for people outside the desk."""
        user = parent_context["request"].user if parent_context else AnonymousUser()
        return {"alarms": list(open_alarms()[:10]) if has_role(user, *DESK) or user.is_superuser else []}


class MyWorkPanel(Component):
    """Việc của tôi."""

    order = 2
    template_name = "publishing/workflow/my_work_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Lists of stories by what the person must do next."""
        return {"lists": work_of(parent_context["request"].user) if parent_context else []}


def work_of(user: User) -> list[tuple[str, Any]]:
    """What waits for a person: returned to them, their drafts, the desk's queue, the signer's queue."""
    lists: list[tuple[str, Any]] = [("returned", returned_to(user)), ("drafts", desk_rows(StoryState.DRAFT).filter(story__owner=user).order_by("-changed_at"))]
    if has_role(user, *DESK):
        lists += [("waiting", desk_rows(StoryState.SUBMITTED)), ("mine", desk_rows(StoryState.EDITING).filter(holder=user))]
    if can_sign(user, now=clock.now()):
        lists.append(("to_sign", desk_rows(StoryState.AWAITING_SIGNOFF)))
    lists.append(("sent", desk_rows(StoryState.SUBMITTED, StoryState.EDITING, StoryState.AWAITING_SIGNOFF, StoryState.SCHEDULED).filter(story__owner=user)))
    return [(name, list(rows[:MOST])) for name, rows in lists]
