"""The log of write calls: what arrived, which fault met it, how it ended. Tests count here how often a connector really knocked."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from distribution.rehearsal import clock
from distribution.rehearsal.store import Store

_SECRET = frozenset({"access_token", "appsecret_proof", "client_secret", "password", "refresh_token", "secret", "secret_key", "upload_id", "upload_token"})


@dataclass
class Call:
    """One write call while it runs."""

    seq: int
    fault: str = ""
    object_id: str = ""


def begin(store: Store, *, platform: str, account: str, call: str, method: str, path: str, fields: Mapping[str, str]) -> Call:
    """Write down that a call arrived, in a transaction of its own: a cut connection still counts."""
    detail = {name: value[:2000] for name, value in fields.items() if name not in _SECRET}
    with store.write() as db:
        cursor = db.execute(
            "INSERT INTO calls (platform, account, call, method, path, detail, started_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (platform, account, call, method, path[:500], json.dumps(detail, ensure_ascii=False), clock.stamp(clock.now())),
        )
    return Call(seq=int(cursor.lastrowid or 0))


def finish(store: Store, call: Call, *, outcome: str, status: int | None) -> None:
    """Write down how it ended: `answered`, `refused` (an error answer) or `cut` (no answer; status None)."""
    with store.write() as db:
        db.execute(
            "UPDATE calls SET finished_at = ?, fault = ?, outcome = ?, status = ?, object_id = ? WHERE seq = ?",
            (clock.stamp(clock.now()), call.fault, outcome, status, call.object_id, call.seq),
        )


def listing(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Every write call, oldest first, as calls.json shows it."""
    rows = [dict(row) for row in db.execute("SELECT * FROM calls ORDER BY seq")]
    for row in rows:
        row["detail"] = json.loads(row["detail"])
    return rows
