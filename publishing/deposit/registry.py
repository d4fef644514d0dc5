"""What higher layers plug in to the deposit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from newsroom.common.registry import Registry
from publishing.events.models import StoryEvent

# Who wrote, edited, confirmed and approved what an event made public: functions (event) → plain JSON under the entry's name, None where there is nothing.
signatures: Registry[Callable[[StoryEvent], dict[str, Any] | None]] = Registry("signature")
