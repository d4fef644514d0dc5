"""Whether the machine is well: each part with its state and a reason. Higher layers add their own checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import Error, connection

from newsroom.common.registry import Registry
from newsroom.common.selectors import ages

STALE_AFTER = 30.0
PROCESSES = ("worker", "beat", "publish_due")


@dataclass(frozen=True)
class Part:
    """One part: well or not, and why not."""

    well: bool
    reason: str = ""


health_checks: Registry[Callable[[datetime], Part]] = Registry("health check")


def examine(*, now: datetime) -> dict[str, Part]:
    """Look at every part. Never raises: a part that cannot be looked at is not well."""
    parts = {"web": Part(True), "database": _database()}
    if parts["database"].well:
        found = ages(now=now)
        parts |= {name: _process(found.get(name)) for name in PROCESSES}
        for name, check in health_checks.items():
            parts[name] = _safely(check, now)
    return parts


def _database() -> Part:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return Part(True)
    except Error as error:
        return Part(False, type(error).__name__)


def _process(age: float | None) -> Part:
    if age is None:
        return Part(False, "has not answered yet")
    return Part(age < STALE_AFTER, "" if age < STALE_AFTER else f"silent for {age:.0f} s")


def _safely(check: Callable[[datetime], Part], now: datetime) -> Part:
    try:
        return check(now)
    except Exception as error:  # noqa: BLE001  (a check that breaks is a part that is not well)
        return Part(False, f"{type(error).__name__}: {error}"[:200])
