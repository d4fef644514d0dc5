"""A story's words are locked for whoever does not have them: shown, not changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from wagtail.locks import BaseLock

from newsroom.accounts.models import User
from newsroom.accounts.roles import DESK, Role, has_role
from newsroom.articles.models import ArticlePage
from newsroom.common import clock
from publishing.workflow.enums import LOCKED, StoryState
from publishing.workflow.selectors import can_sign, state_of


class StoryLock(BaseLock):
    """Locks by state. Approved and scheduled words are nobody's to change; earlier ones belong to one side of the desk."""

    def __init__(self, story: ArticlePage, state: StoryState) -> None:
        super().__init__(story)
        self.state = state

    def for_user(self, user: User) -> bool:
        """Whether the words are locked for this person."""
        return not may_change(user, state=self.state, now=clock.now())

    def get_message(self, user: User) -> str:
        """What the person reads above the locked form."""
        if self.state in LOCKED:
            return _("The words are approved and locked. To change them, take the approval back on the story's desk page.")
        return _("The story is with the desk (%(state)s). You can read it here; the desk can return it to you.") % {"state": self.state.label}

    def get_icon(self, user: User) -> str:
        """A padlock."""
        return "lock"

    def get_locked_by(self, user: User) -> str:
        """Who locks: the flow, not a person."""
        return str(self.state.label)

    def get_description(self, user: User) -> str:
        """The same sentence in the status panel."""
        return self.get_message(user)


def may_change(user: User, *, state: StoryState, now: datetime) -> bool:
    """Whether a person of the story may change its words in this state."""
    if state in LOCKED or state == StoryState.SPIKED:
        return False
    if state in (StoryState.SUBMITTED, StoryState.EDITING, StoryState.HELD):
        return has_role(user, *DESK)
    if state == StoryState.AWAITING_SIGNOFF:
        return has_role(user, Role.SECRETARY) or can_sign(user, now=now)
    return True


def find_lock(story: Any) -> StoryLock | None:
    """The lock of a story's state; none before it exists."""
    return StoryLock(story, state_of(story)) if story.pk else None
