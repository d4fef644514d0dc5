"""What a newsroom needs before its first day: groups and their rights in the admin. Safe to repeat."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from newsroom.accounts.roles import DESK, LEADERS, NEWSROOM, Role
from newsroom.accounts.services import ensure_groups

# Wagtail's page permissions only say who finds the pages in the admin; what may be done there is the tester's answer.
PAGE_RIGHTS: dict[str, tuple[str, ...]] = {"add_page": NEWSROOM, "change_page": (*DESK, Role.MULTIMEDIA)}
# Wagtail asks for the rights of its own image and document models, whatever model a project puts in their place.
COLLECTION_RIGHTS: dict[str, tuple[str, ...]] = {
    "wagtailimages.add_image": NEWSROOM, "wagtailimages.choose_image": NEWSROOM, "wagtailimages.change_image": (*DESK, Role.MULTIMEDIA),
    "wagtaildocs.add_document": NEWSROOM, "wagtaildocs.choose_document": NEWSROOM, "wagtaildocs.change_document": (*DESK, Role.MULTIMEDIA),
}  # fmt: skip
MODEL_RIGHTS: dict[str, tuple[str, ...]] = {
    "wagtailadmin.access_admin": (*NEWSROOM, Role.ACCOUNTANT, Role.ADMINISTRATOR, Role.DEPOSIT_INSPECTOR),
    "newsroom_contributors.add_contributor": (*LEADERS, Role.ADMINISTRATOR), "newsroom_contributors.change_contributor": (*LEADERS, Role.ADMINISTRATOR),
    "newsroom_contributors.view_contributor": NEWSROOM,
    "newsroom_media.add_newsvideo": NEWSROOM, "newsroom_media.view_newsvideo": NEWSROOM, "newsroom_media.change_newsvideo": (*DESK, Role.MULTIMEDIA),
    "publishing_workflow.change_dutysettings": (*LEADERS, Role.ADMINISTRATOR),
    "publishing_workflow.add_delegation": (Role.EDITOR_IN_CHIEF,), "publishing_workflow.change_delegation": (Role.EDITOR_IN_CHIEF,),
    "publishing_workflow.view_delegation": LEADERS,
    "newsroom_accounts.add_user": (Role.ADMINISTRATOR,), "newsroom_accounts.change_user": (Role.ADMINISTRATOR,), "newsroom_accounts.delete_user": (Role.ADMINISTRATOR,),
}  # fmt: skip


def ensure_rights() -> None:
    """Give every role its rights."""
    groups = ensure_groups()
    root, collection = Page.get_first_root_node(), Collection.get_first_root_node()
    for codename, roles in PAGE_RIGHTS.items():
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        for role in roles:
            GroupPagePermission.objects.get_or_create(group=groups[role], page=root, permission=permission)
    for name, roles in COLLECTION_RIGHTS.items():
        for role in roles:
            GroupCollectionPermission.objects.get_or_create(group=groups[role], collection=collection, permission=_permission(name))
    for name, roles in MODEL_RIGHTS.items():
        for role in roles:
            groups[role].permissions.add(_permission(name))
    Group.objects.filter(name__in=["Editors", "Moderators"], user=None).delete()


def _permission(name: str) -> Permission:
    app_label, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)
