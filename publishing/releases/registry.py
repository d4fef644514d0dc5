"""What higher layers plug in to the door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from wagtail.models import Revision

from newsroom.common.registry import Registry
from publishing.events.enums import EventKind
from publishing.events.models import StoryEvent
from publishing.workflow.models import Approval


class Told(Protocol):
    """Told of a publication, in its transaction, right after its event was written."""

    def __call__(self, *, event: StoryEvent, approval: Approval, now: datetime) -> None: ...


# What a new version of a published story is, where it is more than an update: functions (revision) → kind or None.
kinds_of_update: Registry[Callable[[Revision], EventKind | None]] = Registry("kind of update")

publication_listeners: Registry[Told] = Registry("publication listener")
