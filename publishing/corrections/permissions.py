"""Who keeps partners and legal deadlines."""

from __future__ import annotations

from typing import Any

from wagtail.permission_policies.base import BasePermissionPolicy

from newsroom.accounts.models import User
from newsroom.accounts.roles import LEADERS, Role, has_role


class LeadersPolicy(BasePermissionPolicy):
    """Leaders and administrators; nobody deletes: what came in under a deadline, and who was told, stays."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether this person may look, add or change."""
        return action != "delete" and (has_role(user, *LEADERS, Role.ADMINISTRATOR) or bool(user.is_active and user.is_superuser))

    def users_with_any_permission(self, actions: Any, include_superusers: bool = True) -> Any:
        """Everybody who may."""
        return User.objects.filter(is_active=True, groups__name__in=(*LEADERS, Role.ADMINISTRATOR)).distinct()
