"""How long to wait before trying again. Pure; the source of randomness is an argument."""

from __future__ import annotations

import random
from datetime import timedelta

BASE_SECONDS = 5.0
CAP_SECONDS = 15 * 60.0
MOST_ATTEMPTS = 8

_system = random.SystemRandom()


def retry_delay(attempt: int, *, rng: random.Random = _system) -> timedelta:
    """Full jitter: anything between nothing and min(15 min, 5 s × 2^attempt). `attempt` counts from 1."""
    top = min(CAP_SECONDS, BASE_SECONDS * 2 ** min(max(attempt, 0), 12))
    return timedelta(seconds=rng.uniform(0, top))


def poll_delay(looks: int, *, first: float = 2.0, cap: float = 15 * 60.0) -> timedelta:
    """Growing pauses between questions to a platform that works: 2, 4, 8 … s, at most 15 min."""
    return timedelta(seconds=min(cap, first * 2 ** min(max(looks, 0), 16)))


FIRST_WAITS = (5.0, 15.0, 30.0)
OFTEN, SELDOM, OFTEN_LOOKS = 120.0, 30 * 60.0, 18


def person_delay(looks: int) -> timedelta:
    """Pauses between questions about a draft that a person finishes: 5, 15, 30 s, every 2 min for half an hour, then every 30 min."""
    if looks < len(FIRST_WAITS):
        return timedelta(seconds=FIRST_WAITS[looks])
    return timedelta(seconds=OFTEN if looks < OFTEN_LOOKS else SELDOM)
