"""The abstract base of every page type (docs/decisions/0003: abstract, not swapped)."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from wagtail.models import Page, PagePermissionTester, Revision

from newsroom.pages.guard import DoorClosed, is_open
from newsroom.pages.registry import revision_holders

# What Wagtail itself writes on a page between publications: none of it is seen by readers.
BOOKKEEPING = frozenset({
    "latest_revision", "latest_revision_created_at", "has_unpublished_changes", "draft_title", "locked", "locked_at", "locked_by", "owner",
    "go_live_at", "expire_at", "expired", "wagtail_admin_comments", "path", "depth", "numchild", "url_path", "content_type", "locale", "translation_key",
})  # fmt: skip


@cache
def _tester_class() -> type[PagePermissionTester]:
    return import_string(settings.NEWSROOM_PERMISSION_TESTER)


class BasePage(Page):
    """A page whose live state only the publishing service changes (DESIGN 3, "the one door to publication")."""

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        """What a person may do here, by the class that the setting names: publishing rules live above this layer."""
        return _tester_class()(user, self)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, unless it would change what readers see without the publishing service. Raises DoorClosed."""
        if not is_open():
            self._refuse_live_change(kwargs.get("update_fields"))
        super().save(*args, **kwargs)

    def _refuse_live_change(self, update_fields: Any) -> None:
        stored = Page.objects.filter(pk=self.pk).values("live", "live_revision_id").first() if self.pk else None
        was_live, was_revision = (stored["live"], stored["live_revision_id"]) if stored else (False, None)
        touched = None if update_fields is None else {str(name) for name in update_fields}
        if (touched is None or "live" in touched) and self.live != was_live:
            raise DoorClosed
        if (touched is None or touched & {"live_revision", "live_revision_id"}) and self.live_revision_id != was_revision:
            raise DoorClosed
        if was_live and (touched is None or touched - BOOKKEEPING):
            raise DoorClosed("live_content")

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete a page that no reader ever saw. Raises DoorClosed for what was published: it is withdrawn, never erased."""
        if self.first_published_at or self.live:
            raise DoorClosed("was_published")
        return super().delete(*args, **kwargs)

    def move(self, target: Any, pos: Any = None, user: Any = None) -> None:
        """Refuse: a move is instant, unversioned and outside approval; the section is a field of the story."""
        if not is_open():
            raise DoorClosed("no_moves")
        super().move(target, pos=pos, user=user)

    def can_move_to(self, parent: Page) -> bool:
        """Never: see `move`."""
        return False

    def save_revision(self, *args: Any, overwrite_revision: Revision | None = None, **kwargs: Any) -> Revision:
        """Save a revision; one that an approval, a release, an event or the live page names is never overwritten by autosave."""
        if overwrite_revision is not None and self._is_named(overwrite_revision.pk):
            overwrite_revision = None
        return super().save_revision(*args, overwrite_revision=overwrite_revision, **kwargs)

    def _is_named(self, revision_id: int) -> bool:
        if Page.objects.filter(pk=self.pk, live_revision_id=revision_id).exists():
            return True
        return any(holds(revision_id) for _name, holds in revision_holders.items())
