"""Signed calls to partners by the Standard Webhooks scheme: an id, a moment, and an HMAC-SHA256 of both with the body (docs/webhook.md).

A message keeps its id at every try, so that the receiver can drop what it has. While a secret is being changed a message carries a signature by each.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64  # of a secret, by the scheme
CONTENT_TYPE = "application/json; charset=utf-8"


def secret_bytes(text: str) -> bytes | None:
    """The bytes of a secret (`whsec_` and base64); None for what is none."""
    try:
        found = base64.b64decode(text.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if text.strip().startswith(PREFIX) and LEAST_BYTES <= len(found) <= MOST_BYTES else None


def signed_headers(*, secrets: Sequence[str], message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The head of a signed call. Raises ValueError where a secret is none."""
    stamp = str(int(now.timestamp()))
    signatures = []
    for secret in secrets:
        key = secret_bytes(secret)
        if key is None:
            raise ValueError("a secret of a webhook cannot be read")
        digest = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
        signatures.append(f"v1,{base64.b64encode(digest).decode()}")
    return {"Content-Type": CONTENT_TYPE, "webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": " ".join(signatures)}
