"""What layers above plug in to channels, and kinds of routing rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from distribution.channels.models import Account
from newsroom.articles.models import ArticlePage
from newsroom.common.registry import Registry
from publishing.events.models import StoryEvent

# Told, in the same transaction, that a unit accepted a story for its channel: functions (account, event, now) that plan its delivery.
acceptance_listeners: Registry[Callable[[Account, StoryEvent, datetime], None]] = Registry("acceptance listener")


@dataclass(frozen=True)
class RuleKind:
    """By what a routing rule chooses: its name, the values it may have (value, label), and whether a story has one. `free`: any words are a value."""

    label: Any
    values: Callable[[], list[tuple[str, str]]]
    fits: Callable[[ArticlePage, str], bool]
    free: bool = False


rule_kinds: Registry[RuleKind] = Registry("kind of routing rule")
