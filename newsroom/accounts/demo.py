"""The demo's people who sign in. They exist in demo mode only, and the log-in page then lists them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.accounts.roles import Role
from newsroom.accounts.services import ensure_groups
from newsroom.common.demo import DemoRun, register_step

USERS = Path(__file__).parent / "demo_data" / "users.json"
PASSWORD = "demo-newsroom"  # noqa: S105  (said on the log-in page of a demo newsroom)


@cache
def demo_users() -> tuple[dict[str, str], ...]:
    """Log-in name, full name and role of everybody in the demo."""
    return tuple(json.loads(USERS.read_text(encoding="utf-8")))


@transaction.atomic
def make_users(run: DemoRun) -> None:
    """Make those who are missing; an existing account keeps its password and roles. Raises ImproperlyConfigured outside demo mode."""
    if not settings.NEWSROOM_DEMO:
        raise ImproperlyConfigured("demo accounts have a known password: they are made in demo mode only")
    groups = ensure_groups()
    for row in demo_users():
        if User.objects.filter(username=row["username"]).exists():
            continue
        user = User.objects.create_user(row["username"], email=f"{row['username']}@songba.example", password=PASSWORD, full_name=row["name"])
        user.groups.add(groups[row["role"]])
        if row["role"] == Role.ADMINISTRATOR:
            User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)


def register() -> None:
    """Join `manage.py demo`."""
    register_step("accounts", order=10, title=_("People who sign in"), run=make_users)
