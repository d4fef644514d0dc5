"""Whether the machine is well: each part with its state and a reason. Higher layers may add their own checks.

The urgent worker and the one that calls platforms are asked for a fresh pulse; the slow one may be busy for minutes with one long
task and still be well. Beat and `publish_due` write their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import requests
from django.conf import settings
from django.db import Error, connection

from newsroom.common.registry import Registry
from newsroom.common.selectors import ages
from newsroom.common.services import DEMO_POST, beat

# Seconds of silence after which a process counts as gone.
PROCESSES = {"worker": 30.0, "worker_commit": 60.0, "worker_slow": 900.0, "beat": 30.0, "publish_due": 30.0}
TIMEOUT = (1.0, 3.0)  # seconds to connect, to answer


@dataclass(frozen=True)
class Part:
    """One part: well or not, and why not."""

    well: bool
    reason: str = ""


health_checks: Registry[Callable[[datetime], Part]] = Registry("health check")

# Rehearsal platforms that the demo posts to, with the key of its channel there.
demo_platforms: Registry[str] = Registry("demo platform")


def examine(*, now: datetime) -> dict[str, Part]:
    """Look at every part. Never raises: a part that cannot be looked at is not well."""
    parts = {"web": Part(True), "database": _database()}
    if not parts["database"].well:
        return parts
    found = ages(now=now)
    parts |= {name: _process(found.get(name), longest=longest) for name, longest in PROCESSES.items()}
    if settings.NEWSROOM_REHEARSAL:
        parts["rehearsal"] = _safely(_rehearsal, now)
        if settings.NEWSROOM_DEMO:
            parts["demo"] = Part(True) if DEMO_POST in found else _safely(_demo, now)
    for name, check in health_checks.items():
        parts[name] = _safely(check, now)
    return parts


def _database() -> Part:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM newsroom_common_heartbeat LIMIT 1")
        return Part(True)
    except Error as error:
        return Part(False, f"{type(error).__name__}: {error}"[:200])


def _process(age: float | None, *, longest: float) -> Part:
    if age is None:
        return Part(False, "has not answered yet")
    return Part(True) if age < longest else Part(False, f"silent for {age:.0f} s")


def _rehearsal(now: datetime) -> Part:
    answer = _ask("/_rehearsal/health")
    return Part(True) if answer.ok else Part(False, f"answers {answer.status_code}")


def _demo(now: datetime) -> Part:
    """On a first run: a story has travelled the whole way, to every platform that the demo posts to. Once seen, it stays seen."""
    platforms = {name for name, _key in demo_platforms.items()}
    without = platforms - {post["platform"] for post in _ask("/_rehearsal/posts.json").json()}
    if without:
        return Part(False, f"no story has been posted yet on: {', '.join(sorted(without))}")
    beat(name=DEMO_POST, now=now)
    return Part(True)


def _ask(path: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False  # a process of this machine: no proxy
        return session.get(f"{settings.REHEARSAL_ADDRESS.rstrip('/')}{path}", timeout=TIMEOUT, allow_redirects=False)


def _safely(check: Callable[[datetime], Part], now: datetime) -> Part:
    try:
        return check(now)
    except requests.ConnectionError:
        return Part(False, "cannot be reached")
    except Exception as error:  # noqa: BLE001  (a check that breaks is a part that is not well)
        return Part(False, f"{type(error).__name__}: {error}"[:200])
