"""Access and refresh tokens of the Zalo platform (channels.md 3.1): 25 hours, 3 months, a refresh token good once."""

import hashlib
import hmac
import secrets
import sqlite3
import time
from dataclasses import dataclass

from distribution.rehearsal.platforms.zalo.errors import ABSENT_TOKEN, BAD_PROOF, DEAD_TOKEN, ZaloError

SECONDS, REFRESH_SECONDS = 90_000, 90 * 86_400
EXPIRED, REVOKED, ROTATED = 1, 2, 3
ACCESS, REFRESH = "zalo", "zalo-refresh"


@dataclass(frozen=True)
class Token:
    """A token as the store knows it."""

    text: str
    oa: str
    person: str = ""


def new_text() -> str:
    """A token in the shape of Zalo's: long."""
    return secrets.token_urlsafe(180)


def save(db: sqlite3.Connection, token: Token, *, kind: str, app_id: str) -> None:
    """Remember a fresh token."""
    moment = int(time.time())
    db.execute(
        "INSERT INTO tokens (token, platform, parent, account, person, app_id, scopes, declined, accounts, issued_at, expires_at) VALUES (?, ?, '', ?, ?, ?, '[]', '[]', '[]', ?, ?)",
        (token.text, kind, token.oa, token.person, app_id, moment, moment + (SECONDS if kind == ACCESS else REFRESH_SECONDS)),
    )


def find(db: sqlite3.Connection, text: str, *, kind: str = ACCESS) -> Token | None:
    """The living token, or None."""
    row = db.execute("SELECT * FROM tokens WHERE token = ? AND platform = ?", (text, kind)).fetchone()
    if row is None or row["dead_subcode"] is not None or row["expires_at"] <= time.time():
        return None
    return Token(row["token"], row["account"], row["person"])


def use_up(db: sqlite3.Connection, text: str) -> bool:
    """A refresh token is dead from now on; False where somebody was faster (3.1: single use)."""
    return bool(db.execute("UPDATE tokens SET dead_subcode = ?, dead_by = 'rotation' WHERE token = ? AND platform = ? AND dead_subcode IS NULL", (ROTATED, text, REFRESH)).rowcount)


def of_header(db: sqlite3.Connection, text: str, *, proof: str | None, secret: str) -> Token:
    """The token of the header `access_token`; a proof that is sent must be right (3.1, last row). Raises ZaloError."""
    known = db.execute("SELECT 1 FROM tokens WHERE token = ? AND platform = ?", (text, ACCESS)).fetchone()
    token = find(db, text)
    if token is None:
        raise ZaloError(DEAD_TOKEN if known else ABSENT_TOKEN)
    right = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    if proof is not None and not hmac.compare_digest(proof.encode(), right.encode()):
        raise ZaloError(BAD_PROOF)
    return token


def expire(db: sqlite3.Connection, token: Token) -> ZaloError:
    """The access token is over from now on; the refresh token lives."""
    db.execute("UPDATE tokens SET dead_subcode = ?, dead_by = 'fault' WHERE token = ?", (EXPIRED, token.text))
    return ZaloError(DEAD_TOKEN)


def revoke(db: sqlite3.Connection, oa: str, *, by: str) -> ZaloError:
    """The account's administrator took everything back."""
    db.execute("UPDATE tokens SET dead_subcode = ?, dead_by = ? WHERE platform IN (?, ?) AND account = ? AND dead_subcode IS NULL", (REVOKED, by, ACCESS, REFRESH, oa))
    return ZaloError(DEAD_TOKEN)
