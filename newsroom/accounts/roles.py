"""Roles as groups (knowledge/vietnam.md 2.2). A person may hold several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from newsroom.accounts.models import User


class Role(models.TextChoices):
    """What a person does in the newsroom. The value is the name of the group."""

    CONTRIBUTOR = "contributor", _("Contributor")
    REPORTER = "reporter", _("Reporter")
    EDITOR = "editor", _("Editor")
    DEPARTMENT_HEAD = "department_head", _("Department head")
    SECRETARY = "secretary", _("Editorial secretary")
    DEPUTY_EDITOR = "deputy_editor", _("Deputy editor-in-chief")
    EDITOR_IN_CHIEF = "editor_in_chief", _("Editor-in-chief")
    MULTIMEDIA = "multimedia", _("Technical and multimedia")
    ACCOUNTANT = "accountant", _("Royalties accountant")
    ADMINISTRATOR = "administrator", _("Administrator")
    DEPOSIT_INSPECTOR = "deposit_inspector", _("Inspection of the legal deposit")


WRITERS = (Role.CONTRIBUTOR, Role.REPORTER)
DESK = (Role.EDITOR, Role.DEPARTMENT_HEAD, Role.SECRETARY, Role.DEPUTY_EDITOR, Role.EDITOR_IN_CHIEF)
LEADERS = (Role.SECRETARY, Role.DEPUTY_EDITOR, Role.EDITOR_IN_CHIEF)
EDITORIAL_BOARD = (Role.DEPUTY_EDITOR, Role.EDITOR_IN_CHIEF)
NEWSROOM = (*WRITERS, *DESK, Role.MULTIMEDIA)


def roles_of(user: User | AnonymousUser) -> frozenset[str]:
    """The roles a person holds, read once for each loaded user; nobody's for the inactive and the anonymous."""
    if not user.is_active:
        return frozenset()
    cached = getattr(user, "_newsroom_roles", None)
    if cached is None:
        cached = frozenset(user.groups.values_list("name", flat=True)) & frozenset(Role.values)
        setattr(user, "_newsroom_roles", cached)  # noqa: B010  (kept on the loaded user, not on the model)
    return cached


def has_role(user: User | AnonymousUser, *roles: str) -> bool:
    """Whether an active person holds one of the roles. Being a superuser is no role: it signs nothing."""
    return bool(roles_of(user) & set(roles))
