"""Fault switches (channels.md 17.3): set over HTTP, kept in the store, taken one at a time by the calls they meet."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

NAMES = (
    "lost_answer",
    "late_commit",
    "error_before",
    "error_after",
    "slow_body",
    "half_chunk",
    "no_range",
    "rate_limited",
    "rate_limited_silent",
    "error_in_200",
    "token_expires",
    "refresh_lost",
    "duplicate_refused",
    "stuck_processing",
    "metric_gone",
    "token_revoked",
    "container_expired",
)

# Faults about the one irreversible call; the others meet staging calls too.
OF_COMMITS = frozenset({"lost_answer", "late_commit", "error_after", "duplicate_refused", "slow_body"})
MAX_TIMES = 1_000_000


@dataclass(frozen=True)
class Fault:
    """A fault as it meets one call."""

    name: str
    options: dict[str, Any]


def put(
    db: sqlite3.Connection,
    *,
    platform: str,
    fault: str,
    times: int,
    account: str = "",
    call: str = "",
    options: dict[str, Any] | None = None,
) -> None:
    """Set how often the fault will strike from now on; 0 clears it. The same switch set twice counts from the new number."""
    db.execute(
        "DELETE FROM faults WHERE platform = ? AND fault = ? AND account = ? AND call = ?",
        (platform, fault, account, call),
    )
    if times > 0:
        db.execute(
            "INSERT INTO faults (platform, fault, account, call, times, options) VALUES (?, ?, ?, ?, ?, ?)",
            (platform, fault, account, call, times, json.dumps(options or {})),
        )


def clear(db: sqlite3.Connection, *, platform: str = "") -> None:
    """Take back every switch of a platform, or of all."""
    db.execute("DELETE FROM faults WHERE ? IN ('', platform)", (platform,))


def take(
    db: sqlite3.Connection, *, platform: str, account: str, call: str, commits: bool, unfit: frozenset[str] = frozenset()
) -> Fault | None:
    """The oldest fault that this call meets, used up by one; None if there is none. Run it inside a write transaction.

    `unfit`: faults that mean nothing to this call and wait for another.
    """
    rows = db.execute(
        "SELECT seq, fault, times, options FROM faults WHERE platform = ? AND account IN ('', ?) AND call IN ('', ?) ORDER BY seq",
        (platform, account, call),
    )
    for row in rows:
        if row["fault"] in unfit or (row["fault"] in OF_COMMITS and not commits):
            continue
        if row["times"] > 1:
            db.execute("UPDATE faults SET times = times - 1 WHERE seq = ?", (row["seq"],))
        else:
            db.execute("DELETE FROM faults WHERE seq = ?", (row["seq"],))
        return Fault(name=row["fault"], options=json.loads(row["options"]))
    return None


def listing(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """The switches that are on, oldest first."""
    rows = [dict(row) for row in db.execute("SELECT platform, fault, account, call, times, options FROM faults ORDER BY seq")]
    for row in rows:
        row["options"] = json.loads(row["options"])
    return rows


def count(db: sqlite3.Connection, platform: str) -> int:
    """How many switches of a platform are on."""
    return int(db.execute("SELECT COUNT(*) FROM faults WHERE platform = ?", (platform,)).fetchone()[0])
