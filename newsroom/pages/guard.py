"""The closed door. `live` and `live_revision` of a page change only while the publishing service holds the door open.

The door is a context variable: one thread or task that publishes opens it for itself, never for another.
Who opens it: `publishing.releases.services` (stories), `publishing.releases.sections` (sections) and the page maker of
the demo and of the bulk writer; a test greps for any other (docs/doors.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.translation import gettext_lazy as _

from newsroom.common.errors import NewsroomError

_open: ContextVar[bool] = ContextVar("newsroom_door_open", default=False)


class DoorClosed(NewsroomError):
    """Somebody tried to change what readers see without passing the publishing service."""

    def __init__(self, code: str = "door_closed") -> None:
        super().__init__(code, _("Only the publishing desk changes what readers see. Use the story's desk page."))


@contextmanager
def door_open() -> Iterator[None]:
    """Let this thread change `live` and `live_revision` within the block."""
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


def is_open() -> bool:
    """Whether this thread is inside `door_open`."""
    return _open.get()
