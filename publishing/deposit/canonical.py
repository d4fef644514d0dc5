"""One text for one content, and the hash that chains records (docs/deposit.md has the recipe for whoever checks an export)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

FIRST = "0" * 64  # what stands for the hash before the first record


def canonical(content: dict[str, Any]) -> str:
    """JSON with sorted keys and no spaces, letters as they are."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def moment(at: datetime) -> str:
    """A time in UTC to the microsecond, always the same length."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sha256(text: str) -> str:
    """Hex, of the text as UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
