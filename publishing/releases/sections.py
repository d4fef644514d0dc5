"""The door of sections: opened, changed and closed by leaders and administrators, recorded in Wagtail's log."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.actions.unpublish_page import UnpublishPageAction

from newsroom.accounts.models import User
from newsroom.accounts.roles import LEADERS, Role, has_role
from newsroom.articles.models import ArticlePage, SectionPage
from newsroom.pages.guard import door_open
from publishing.workflow.services import NotAllowed


def may_open_sections(person: Any) -> bool:
    """Leaders and administrators."""
    return bool(person.is_active and (person.is_superuser or has_role(person, *LEADERS, Role.ADMINISTRATOR)))


def _require(actor: User) -> None:
    if not may_open_sections(actor):
        raise NotAllowed("not_allowed", _("Your role does not open or close sections."))


@transaction.atomic
def publish_section(*, section: SectionPage, actor: User) -> None:
    """Let readers see the section as last saved. Raises NotAllowed."""
    _require(actor)
    revision = section.get_latest_revision() or section.save_revision(user=actor)
    with door_open():
        revision.publish(user=actor, skip_permission_checks=True)


@transaction.atomic
def close_section(*, section: SectionPage, actor: User) -> None:
    """Take an empty section from the paper; one with live stories stays. Raises NotAllowed."""
    _require(actor)
    if ArticlePage.objects.filter(main_section=section, live=True).exists():
        raise NotAllowed("has_stories", _("Readers still find stories in this section. Move them to another first."))
    with door_open():
        UnpublishPageAction(section, user=actor).execute(skip_permission_checks=True)
