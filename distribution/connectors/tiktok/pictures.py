"""Where TikTok fetches pictures: addresses of ours that nobody guesses, others for each delivery."""

from __future__ import annotations

import hashlib
import hmac

from distribution.connectors.base import JSON


def picture_address(settings: JSON, marker: str, key: str) -> str:
    """Below the address that TikTok has verified as ours."""
    return f"{address_of(settings)}/{marker}/{key}/{picture_proof(settings, marker, key)}.jpg"


def address_of(settings: JSON) -> str:
    """The verified address, without a slash at its end; empty where none is set."""
    return str((settings.get("photos") or {}).get("address") or "").rstrip("/")


def picture_proof(settings: JSON, marker: str, key: str) -> str:
    """What makes the address of a picture ours."""
    secret = str((settings.get("photos") or {}).get("key") or "")
    return hmac.new(secret.encode(), f"{marker}/{key}".encode(), hashlib.sha256).hexdigest()[:40]
