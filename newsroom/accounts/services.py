"""Writes about people."""

from __future__ import annotations

from django.contrib.auth.models import Group

from newsroom.accounts.roles import Role


def ensure_groups() -> dict[str, Group]:
    """Make the group of every role where it is missing; returns them by role."""
    return {role: Group.objects.get_or_create(name=role)[0] for role in Role.values}
