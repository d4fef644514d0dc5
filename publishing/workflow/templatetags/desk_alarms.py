"""The banner of open alarms, on every page of the admin."""

from __future__ import annotations

from django import template
from django.template import Context

from newsroom.accounts.roles import DESK, has_role
from publishing.events.selectors import open_alarms

register = template.Library()


@register.simple_tag(takes_context=True)
def open_alarm_count(context: Context) -> int:
    """How many alarms are open, for the desk; 0 for everybody else."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_authenticated or not (user.is_superuser or has_role(user, *DESK)):
        return 0
    return open_alarms().count()
