"""Who can sign in to a demo newsroom; the log-in page lists them."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings

from newsroom.accounts.demo import PASSWORD, demo_users
from newsroom.accounts.roles import Role

register = template.Library()


@register.simple_tag
def demo_people() -> dict[str, Any]:
    """Password and people in demo mode; nothing in a real newsroom."""
    if not settings.NEWSROOM_DEMO:
        return {}
    return {"password": PASSWORD, "people": [{**person, "role": Role(person["role"]).label} for person in demo_users()]}
