"""Rules about people: what Wagtail's admin may offer on a page, and who may take which step."""

from __future__ import annotations

from typing import Any

from wagtail.models import PagePermissionTester

from newsroom.accounts.roles import DESK, LEADERS, NEWSROOM, Role, has_role
from newsroom.articles.models import ArticlePage, HomePage, SectionPage, StoryYear


class StoryPermissionTester(PagePermissionTester):
    """Says no to every door of Wagtail's own to publication, for everybody, superusers too.

    Whether a writer may change the words at this moment is the lock's business (`locks.py`): the page stays readable.
    """

    def _specific(self) -> Any:
        return self.page.specific_deferred if type(self.page).__name__ == "Page" else self.page

    def can_edit(self) -> bool:
        """Writers their own stories, the desk every story, leaders and administrators the sections."""
        if not self.user.is_active or self.page_is_root:
            return False
        page = self._specific()
        if isinstance(page, ArticlePage):
            return has_role(self.user, *DESK, Role.MULTIMEDIA) or self.page.owner_id == self.user.pk or self._is_byline(page)
        if isinstance(page, SectionPage):
            return has_role(self.user, *LEADERS, Role.ADMINISTRATOR) or self.user.is_superuser
        return False

    def _is_byline(self, page: ArticlePage) -> bool:
        return page.bylines.model.objects.filter(article_id=page.pk, pen_name__contributor__user=self.user).exists()

    def can_add_subpage(self) -> bool:
        """Stories by the whole newsroom, sections by leaders and administrators."""
        if not self.user.is_active:
            return False
        page = self._specific()
        if isinstance(page, StoryYear):
            return has_role(self.user, *NEWSROOM)
        if isinstance(page, HomePage | SectionPage):
            return has_role(self.user, *LEADERS, Role.ADMINISTRATOR) or self.user.is_superuser
        return False

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        """A draft that no reader ever saw, by its owner or the desk; a section without anything in it; nothing else."""
        if not self.user.is_active or self.page_is_root or not self.page.is_leaf():
            return False
        if self.page.live or self.page.first_published_at:
            return False
        page = self._specific()
        if isinstance(page, ArticlePage):
            never_signed = not page.approvals.exists()
            return never_signed and (self.page.owner_id == self.user.pk or has_role(self.user, *DESK))
        return isinstance(page, SectionPage) and has_role(self.user, *LEADERS, Role.ADMINISTRATOR)

    def _never(self, *_args: Any, **_kwargs: Any) -> bool:
        """A door of Wagtail's that stays shut (docs/doors.md)."""
        return False

    can_publish = can_unpublish = can_unschedule = can_publish_subpage = _never
    can_move = can_move_to = can_reorder_children = can_copy = can_copy_to = _never
    can_set_view_restrictions = can_submit_for_moderation = can_lock = _never
