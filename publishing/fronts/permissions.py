"""Who lays out the front."""

from __future__ import annotations

from typing import Any

from wagtail.permission_policies.base import BasePermissionPolicy

from newsroom.accounts.models import User
from newsroom.accounts.roles import Role, has_role

LAYS_OUT = (Role.DEPARTMENT_HEAD, Role.SECRETARY, Role.DEPUTY_EDITOR, Role.EDITOR_IN_CHIEF)


class FrontPolicy(BasePermissionPolicy):
    """The head of a department, the secretary and the editors-in-chief place stories on the front; nobody else."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether this person may do anything here: looking and changing are one right."""
        return has_role(user, *LAYS_OUT)

    def users_with_any_permission(self, actions: Any, include_superusers: bool = True) -> Any:
        """Everybody who may."""
        return User.objects.filter(is_active=True, groups__name__in=LAYS_OUT).distinct()
