"""Platforms that tell which posts an account has: what is there and no delivery of ours knows is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from distribution.connectors.base import Failure, Target


@dataclass(frozen=True)
class Listed:
    """A post as the platform lists it. `markers`: of ours, out of its links."""

    remote_id: str
    url: str
    words: str
    markers: tuple[str, ...]


@runtime_checkable
class Lists(Protocol):
    """A connector that reads an account's posts."""

    def listed(self, *, target: Target, since: datetime) -> tuple[Listed, ...] | Failure:
        """Posts since a moment, newest first; as many as few calls bring."""
