"""Cards of lists, kept for a few seconds in this process: under load the same forty stories stand around every page.

A card is kept under its story's live revision, so a changed or withdrawn story is never shown as it was; what hangs beside a
story (a pen name, the words of a picture) may be so old as KEEP_SECONDS. So may the lists of ids beside and under a story: they are
context, which DESIGN 3 allows ten minutes; whether each story in them is still live is asked every time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

from publishing.reader import collected

KEEP_SECONDS = 5.0
MOST = 2000
Key = tuple[int, int | None]
_kept: dict[Key, tuple[float, object]] = {}
_lists: dict[int, tuple[float, list[int]]] = {}


def recall(keys: Iterable[Key]) -> dict[int, object]:
    """The kept cards of (story id, live revision id), by story id."""
    if collected.collecting():
        return {}  # what is stored may be kept for long: nothing that is seconds old may enter
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


def story_ids(section_id: int, read: Callable[[], list[int]]) -> list[int]:
    """The ids of a list that stands around stories, of a section or (0) of the whole paper, as `read` gave them a moment ago or gives them now."""
    if collected.collecting():
        return read()
    kept = _lists.get(section_id)
    now = time.monotonic()
    if kept is None or kept[0] < now - KEEP_SECONDS:
        kept = _lists[section_id] = (now, read())
    return kept[1]


def forget() -> None:
    """Forget everything: between tests."""
    _kept.clear()
    _lists.clear()
