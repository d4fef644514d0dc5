"""When a post's numbers are read: often while it is news, then seldom, then no more. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

WEEK = timedelta(days=7)


def next_reading(*, posted_at: datetime, now: datetime, minutes: Sequence[int], days: int) -> datetime | None:
    """The first moment of the plan after `now`; missed ones are not made up for. None: the plan is over."""
    plan = sorted(timedelta(minutes=number) for number in minutes)
    age, end = now - posted_at, timedelta(days=days)
    following = next((step for step in plan if step > age), None)
    if following is None:
        last = plan[-1] if plan else timedelta()
        following = last + WEEK * (max(timedelta(), age - last) // WEEK + 1)
    return posted_at + following if following <= end else None
