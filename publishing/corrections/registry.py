"""What higher layers plug in to corrections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newsroom.articles.models import ArticlePage
from newsroom.common.registry import Registry
from publishing.corrections.models import Notice


@dataclass(frozen=True)
class Copy:
    """One copy of a story somewhere: what the place is called, its state in words (tone: good, late, soon or info, never alone), its address.

    `note`: why it is so, or what is on its way there; `details`: the address of the screen that tells all of it.
    """

    place: Any
    state: Any
    address: str = ""
    tone: str = "info"
    note: Any = ""
    details: str = ""


# Where copies of a story are (the paper, feeds, channels, partners): functions (story) → copies. For whoever corrects it or decides on a take-down.
copies: Registry[Callable[[ArticlePage], list[Copy]]] = Registry("list of copies")

# Told, in the same transaction, of a notice that came out without a version of its story (a correction of a withdrawn one): functions (notice, now).
notice_listeners: Registry[Callable[[Notice, datetime], None]] = Registry("notice listener")
