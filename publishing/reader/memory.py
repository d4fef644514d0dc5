"""Cards of lists, kept for a few seconds in this process: under load the same forty stories stand around every page.

A card is kept under its story's live revision, so a changed or withdrawn story is never shown as it was; what hangs beside a
story (a pen name, the words of a picture) may be so old as KEEP_SECONDS.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

KEEP_SECONDS = 5.0
MOST = 2000
Key = tuple[int, int | None]
_kept: dict[Key, tuple[float, object]] = {}


def recall(keys: Iterable[Key]) -> dict[int, object]:
    """The kept cards of (story id, live revision id), by story id."""
    oldest = time.monotonic() - KEEP_SECONDS
    found: dict[int, object] = {}
    for key in keys:
        kept = _kept.get(key)
        if kept is not None and kept[0] >= oldest:
            found[key[0]] = kept[1]
    return found


def remember(cards: Mapping[Key, object]) -> None:
    """Keep cards; all are forgotten when there are too many."""
    if len(_kept) + len(cards) > MOST:
        _kept.clear()
    now = time.monotonic()
    _kept.update({key: (now, card) for key, card in cards.items()})


def forget() -> None:
    """Forget everything: before a page is rendered that will be kept long, and between tests."""
    _kept.clear()
