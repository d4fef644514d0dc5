"""Numbers are read often while a post is news, then weekly, then no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from distribution.metrics.schedule import next_reading
from newsroom.config import env

POSTED = datetime(2026, 11, 1, tzinfo=UTC)
PLAN = (5, 15, 60, 180, 720, 1440, 4320, 10080)
HOUR, DAY = 60, 1440


def after(minutes: float, *, plan: tuple[int, ...] = PLAN, days: int = 90) -> float | None:
    """Minutes after the post at which it is read next, `minutes` after it."""
    found = next_reading(posted_at=POSTED, now=POSTED + timedelta(minutes=minutes), minutes=plan, days=days)
    return (found - POSTED) / timedelta(minutes=1) if found else None


@pytest.mark.parametrize(("age", "at"), [
    (0, 5), (5, 15), (14.9, 15), (15, HOUR), (HOUR, 3 * HOUR), (12 * HOUR, DAY), (DAY, 3 * DAY), (3 * DAY, 7 * DAY), (7 * DAY, 14 * DAY), (13.9 * DAY, 14 * DAY), (77 * DAY, 84 * DAY),
    (84 * DAY, None), (400 * DAY, None), (-10, 5),
])  # fmt: skip
def test_the_next_moment(age: float, at: float | None) -> None:
    assert after(age) == at


def test_missed_moments_are_not_made_up_for() -> None:
    assert after(2 * HOUR) == 3 * HOUR


def test_a_plan_that_is_longer_than_the_days_ends_with_the_days() -> None:
    assert after(0, plan=(5, DAY * 20), days=10) == 5 and after(5, plan=(5, DAY * 20), days=10) is None


def test_every_reading_is_later_than_the_one_before_and_they_end() -> None:
    age, seen = 0.0, []
    while (at := after(age)) is not None:
        assert at > age
        seen.append(at)
        age = at
    assert len(seen) == len(PLAN) + 11 and seen[-1] == 84 * DAY


@pytest.mark.parametrize("raw", ["", "5", "5, 15,60"])
def test_the_plan_is_a_list_of_growing_numbers(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setattr(env, "_source", {"X": raw})
    monkeypatch.setattr(env, "VARIABLES", {})
    assert env.numbers("X", default="1,2", low=1, high=100, doc="") == {"": (1, 2), "5": (5,), "5, 15,60": (5, 15, 60)}[raw]


@pytest.mark.parametrize("raw", ["x", "5,", "15,5", "5,5", "0", "101", "5;6", "-1", "1.5"])
def test_any_other_plan_stops_the_start(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setattr(env, "_source", {"X": raw})
    monkeypatch.setattr(env, "VARIABLES", {})
    with pytest.raises(env.BadSetting, match="X="):
        env.numbers("X", default="1,2", low=1, high=100, doc="")
