"""Who takes events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from newsroom.common.registry import Registry

if TYPE_CHECKING:
    from newsroom.accounts.models import User
    from publishing.events.models import StoryEvent


class Handle(Protocol):
    """Take one event; runs in one transaction with the mark of its run, and may run again after a crash."""

    def __call__(self, *, event: StoryEvent, now: datetime) -> None: ...


@dataclass(frozen=True)
class Subscriber:
    """A taker of events. `queue` is the Celery queue its run is rung on; `takes_imported`: bulk arrivals as well."""

    name: str
    handle: Handle
    takes_imported: bool = False
    queue: str = "default"


subscribers: Registry[Subscriber] = Registry("subscriber")

# Who is told of alarms: functions that give people (on-call setting, rosters later).
alarm_recipients: Registry[Callable[[], Iterable[User]]] = Registry("alarm recipient")
