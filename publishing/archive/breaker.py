"""A breaker before Elasticsearch, in the cache that all processes share: after a failure nobody asks for a while, then one tries first.

Reading it costs one look into the cache. Where the cache itself fails, what this process saw last counts.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.core.cache import cache

log = logging.getLogger(__name__)
STATE, TRIAL = "archive:elasticsearch:breaker", "archive:elasticsearch:trial"
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 60.0  # seconds
TRIAL_SECONDS = 15  # a trial that never came back gives its turn away
KEPT = 24 * 3600


class Turn(Enum):
    """Whether to ask: as always, as the one that tries first, or not at all."""

    ASK = "ask"
    TRY = "try"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is known while the breaker is not closed; moments as seconds of Unix time."""

    since: float
    until: float
    openings: int
    reason: str


_seen_here: list[Trouble] = []


def trouble() -> Trouble | None:
    """What is wrong, or None."""
    try:
        found = cache.get(STATE)
    except Exception:  # noqa: BLE001  (whatever a cache raises: an answer does not depend on it)
        return _seen_here[0] if _seen_here else None
    return Trouble(*found) if found else None


def take_turn(*, now: datetime) -> Turn:
    """Whether this request may ask Elasticsearch."""
    known = trouble()
    if known is None:
        return Turn.ASK
    if known.until > now.timestamp():
        return Turn.LEAVE
    try:
        return Turn.TRY if cache.add(TRIAL, 1, timeout=TRIAL_SECONDS) else Turn.LEAVE
    except Exception:  # noqa: BLE001  (as above)
        return Turn.TRY


def record_failure(*, reason: str, now: datetime) -> None:
    """Open, longer each time: 5 s, 10 s … 60 s. Failures of requests that were under way when it opened count once."""
    known, moment = trouble(), now.timestamp()
    if known and known.until > moment:
        return
    openings = known.openings + 1 if known else 1
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(openings - 1, 8))
    made = Trouble(known.since if known else moment, moment + pause, openings, reason[:300])
    log.warning("archive.elasticsearch.left_alone seconds=%s reason=%s", pause, reason)
    _seen_here[:] = [made]
    try:
        cache.set(STATE, (made.since, made.until, made.openings, made.reason), timeout=KEPT)
        cache.delete(TRIAL)
    except Exception:  # noqa: BLE001  (as above)
        log.warning("archive.elasticsearch.breaker_not_kept")


def close() -> None:
    """It answers: everybody asks again."""
    _seen_here.clear()
    try:
        cache.delete_many([STATE, TRIAL])
    except Exception:  # noqa: BLE001  (as above)
        log.warning("archive.elasticsearch.breaker_not_kept")
