"""What higher layers plug in to the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.forms import Field
from wagtail.models import Revision

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from newsroom.common.registry import Registry


@dataclass(frozen=True)
class ActData:
    """What the form of an act carries: the version and digest that the person saw, a reason, a time."""

    revision_id: int
    digest: str
    reason: str = ""
    due_at: datetime | None = None
    more: Mapping[str, Any] = field(default_factory=dict)  # what the act's own fields hold, by name


@dataclass(frozen=True)
class DeskAction:
    """A button on the story's desk page. `may` gives None when it may be pressed, else why not ('' hides it)."""

    key: str
    label: Any
    may: Callable[..., Any]
    perform: Callable[..., Any]
    done: Any
    style: str = "secondary"
    wants_reason: bool = False
    wants_time: bool = False
    help: Any = ""
    fields: Mapping[str, Callable[[], Field]] = field(default_factory=dict)  # fields of its own, by name


desk_actions: Registry[DeskAction] = Registry("desk action")

# Sentences (translated) that keep a story from being approved: functions (story as of the revision) → list of sentences.
approval_checks: Registry[Callable[[ArticlePage], list[str]]] = Registry("approval check")

# More to see on the story's desk page: functions (story, user) → safe HTML or None.
desk_panels: Registry[Callable[[ArticlePage, User], Any]] = Registry("desk panel")

# Told, in the same transaction, that a story's approval was taken back: functions (story).
revocation_listeners: Registry[Callable[[ArticlePage], None]] = Registry("revocation listener")

# Words on a story's card of the board, by story id: (tone, text) with tone late, soon, good or info.
job_marks: Registry[Callable[[list[int], datetime], dict[int, tuple[tuple[str, Any], ...]]]] = Registry("job mark")

# Words that stand beside a revision and are signed with it (a notice of correction): functions (revision) → plain JSON, or None where there are none.
# The answer for one revision never changes once the revision is published.
words_beside: Registry[Callable[[Revision], Any]] = Registry("words beside a revision")

# Sentences (translated) that keep one person from signing: functions (story as of the revision, signer) → list of sentences.
signer_checks: Registry[Callable[[ArticlePage, User], list[str]]] = Registry("signer check")
