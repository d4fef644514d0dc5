"""Who may open the deposit."""

from __future__ import annotations

from typing import Any

from newsroom.accounts.roles import Role, has_role

READERS = (Role.EDITOR_IN_CHIEF, Role.SECRETARY, Role.ADMINISTRATOR, Role.DEPOSIT_INSPECTOR)


def may_see(user: Any) -> bool:
    """Read and export: those who answer for the paper, and the authority's inspector, who may do nothing else in the newsroom."""
    return has_role(user, *READERS)
