"""Who connects channels and who runs them."""

from __future__ import annotations

from typing import Any

from wagtail.permission_policies.base import BasePermissionPolicy

from newsroom.accounts.models import User
from newsroom.accounts.roles import Role, has_role

CONNECTORS = (Role.ADMINISTRATOR, Role.EDITOR_IN_CHIEF, Role.SECRETARY)
OPERATORS = (Role.SECRETARY, Role.EDITOR_IN_CHIEF, Role.DEPUTY_EDITOR, Role.ADMINISTRATOR, Role.MULTIMEDIA)


def may_connect(user: Any) -> bool:
    """Connect and connect again: whoever answers for the paper's accounts."""
    return has_role(user, *CONNECTORS)


def may_operate(user: Any) -> bool:
    """Pause, retry, answer questions about posts: the channel operators."""
    return has_role(user, *OPERATORS)


def may_see_raw(user: Any) -> bool:
    """Read what a platform answered, word for word."""
    return has_role(user, Role.ADMINISTRATOR)


class ChannelPolicy(BasePermissionPolicy):
    """Units, rights and routing rules: whoever connects channels also says who may use them; looking and changing are one right."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether this person may do anything here."""
        return may_connect(user)

    def users_with_any_permission(self, actions: Any, include_superusers: bool = True) -> Any:
        """Everybody who may."""
        return User.objects.filter(is_active=True, groups__name__in=CONNECTORS).distinct()
