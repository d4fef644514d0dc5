"""One call of the Data API: counted, signed, through the guarded client."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from distribution.connectors.base import JSON, Failure, Phase, Target
from distribution.connectors.youtube import config
from distribution.connectors.youtube.errors import classify, pacific_day, quota_empty
from newsroom.common.http import Answer, NoAnswer, call


class Stream(Protocol):
    """A body that is read while it is sent; its length is known."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[bytes]: ...

    def read(self, size: int = -1) -> bytes:
        """The next bytes; empty at the end."""


URGENT = frozenset({"videos.delete", "videos.list", "channels.list", "playlistItems.list"})  # may use what is reserved


def clock() -> datetime:
    """The present moment, aware, in UTC: connectors ask the clock here and nowhere else."""
    return datetime.now(tz=UTC)


def google(
    target: Target, method: str, path: str, *, cost: str, phase: Phase, params: Mapping[str, Any] | None = None, body: JSON | None = None,
    content: tuple[bytes, str] | None = None,
) -> JSON | Failure:  # fmt: skip
    """Call `path` of the target's address; the JSON object of a success (empty where there is no body), else the failure.

    `cost` names the method in the table of units; `content` is raw bytes with their MIME type.
    """
    outcome = send(target, method, f"{target.address.rstrip('/')}/{path}", cost=cost, params=params, body=body, content=content)
    return outcome if isinstance(outcome, Failure) else read(outcome, phase=phase)


def send(
    target: Target, method: str, url: str, *, cost: str = "", params: Mapping[str, Any] | None = None, body: JSON | None = None,
    content: tuple[bytes | Stream, str] | None = None, headers: Mapping[str, str] | None = None, read_seconds: float = 30.0,
) -> Answer | NoAnswer | Failure:  # fmt: skip
    """One request with the token; Failure only where our own count of the quota forbids it."""
    if cost and not _spend(target, cost):
        return quota_empty(clock())
    sent = {"Authorization": f"Bearer {target.credential.token}", **(headers or {})}
    data: bytes | Stream = b""
    if body is not None:
        data, sent["Content-Type"] = json.dumps(body, ensure_ascii=False).encode(), "application/json; charset=UTF-8"
    elif content is not None:
        data, sent["Content-Type"] = content
    return call(
        method, url, params=params, data=data if len(data) else None, headers=sent if len(data) or method == "GET" else {**sent, "Content-Length": "0"},
        allowed_origins=target.settings.get("allowed_origins", ()), read_seconds=float(target.settings.get("read_seconds", read_seconds)), deadline_seconds=180.0,
    )  # fmt: skip


def read(outcome: Answer | NoAnswer, *, phase: Phase) -> JSON | Failure:
    """The JSON object of a success, else the failure."""
    if isinstance(outcome, NoAnswer):
        return classify(outcome, phase=phase, now=clock())
    body = outcome.json() if outcome.body else {}
    if 200 <= outcome.status < 300 and isinstance(body, dict) and "error" not in body:
        return body
    return classify(outcome, phase=phase, now=clock())


def items(answer: JSON) -> list[JSON]:
    """The rows of a list answer; takes whatever the platform sends."""
    rows = answer.get("items")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def part(resource: JSON, name: str) -> JSON:
    """One part of a resource (snippet, status); empty where it is missing."""
    found = resource.get(name)
    return found if isinstance(found, dict) else {}


def is_platform_address(target: Target, url: str) -> bool:
    """Whether an upload address that the platform gave belongs to it: the token must go nowhere else."""
    given, own = urlsplit(url), urlsplit(target.address)
    if (given.scheme, given.netloc) == (own.scheme, own.netloc):
        return True
    return given.scheme == "https" and str(given.hostname or "").endswith(config.UPLOAD_HOSTS)


def _spend(target: Target, cost: str) -> bool:
    """Count a call; False where the day's bucket cannot pay for it. Without a meter only the platform counts."""
    if target.meter is None:
        return True
    quota: JSON = target.settings.get("quota") or {}
    units = int((quota.get("costs") or {}).get(cost, config.COSTS.get(cost, 1)))
    uploads = cost == "videos.insert"
    limit = int(quota.get("uploads", config.DAILY_UPLOADS) if uploads else quota.get("units", config.DAILY_UNITS))
    if not uploads and cost not in URGENT:
        limit = int(limit * (1.0 - float(quota.get("reserved", config.RESERVED_SHARE))))
    return target.meter.spend(bucket="uploads" if uploads else "units", day=pacific_day(clock()), units=units, limit=limit)
