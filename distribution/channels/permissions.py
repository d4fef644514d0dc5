"""Who connects channels and who runs them."""

from __future__ import annotations

from typing import Any

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
