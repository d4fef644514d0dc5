"""TikTok's calls (3b.4): signed, read, never believed. They come more than once, late, and about posts of others too."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime

from distribution.connectors.base import JSON
from distribution.connectors.rings import Ring
from distribution.connectors.tiktok import config


def heard(*, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Ring | None:
    """What a call is about. `TikTok-Signature: t=<seconds>,s=<hex HMAC-SHA256 of "t.body">`; an old or future t is a repeated call."""
    parts = dict(part.strip().partition("=")[::2] for part in headers.get("tiktok-signature", "").split(","))
    stamp, given = parts.get("t", ""), parts.get("s", "")
    if not secret or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        return None
    right = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(given.encode(), right.encode()) or abs(now.timestamp() - int(stamp)) > config.HOOK_SECONDS:
        return None
    return _read(body)


def _read(body: bytes) -> Ring | None:
    """`content` is a text that holds JSON."""
    message = _object(body)
    account = str(message.get("user_openid") or "")
    if not account:
        return None
    publish_id = str(_object(str(message.get("content") or "")).get("publish_id") or "")
    return Ring(account, "publish_id", publish_id) if publish_id else Ring(account)


def _object(text: bytes | str) -> JSON:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
