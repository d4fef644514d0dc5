"""An account's key as one sealed text: a token alone, or with the refresh token that gets the next one."""

from __future__ import annotations

import json

from distribution.connectors.base import Credential
from newsroom.common.crypto import open_sealed, seal


def seal_key(credential: Credential) -> str:
    """The key for the database."""
    if not credential.refresh_token:
        return seal(credential.token)
    return seal(json.dumps({"token": credential.token, "refresh_token": credential.refresh_token}))


def open_key(sealed: str) -> tuple[str, str]:
    """Token and refresh token (empty where there is none). Raises CannotOpen."""
    text = open_sealed(sealed) if sealed else ""
    if not text.startswith("{"):
        return text, ""
    kept = json.loads(text)
    return str(kept["token"]), str(kept["refresh_token"])
