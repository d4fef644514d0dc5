"""Access and refresh tokens of the TikTok platform. Every refresh gives a new pair; the old refresh token stops at once."""

import json
import sqlite3
import time
from dataclasses import dataclass

from distribution.rehearsal.platforms.tiktok.errors import TiktokError, dead_token

SECONDS, REFRESH_SECONDS = 7_200, 180 * 86_400
EXPIRED, REVOKED, ROTATED = 1, 2, 3
ACCESS, REFRESH = "tiktok", "tiktok-refresh"
PUBLISH, UPLOAD, LIST, BASIC = "video.publish", "video.upload", "video.list", "user.info.basic"
SCOPES = (BASIC, UPLOAD, LIST, PUBLISH)


@dataclass(frozen=True)
class Token:
    """A token as the store knows it."""

    text: str
    account: str
    scopes: tuple[str, ...]
    person: str = ""

    def require(self, *any_of: str) -> None:
        """Raises TiktokError where none of these scopes was granted."""
        if not set(any_of) & set(self.scopes):
            raise TiktokError("scope_not_authorized", f"The user did not authorize the scope required for completing this request: {any_of[0]}.", 401)


def save(db: sqlite3.Connection, token: Token, *, kind: str, app_id: str) -> None:
    """Remember a fresh token."""
    moment = int(time.time())
    db.execute(
        "INSERT INTO tokens (token, platform, parent, account, person, app_id, scopes, declined, accounts, issued_at, expires_at) VALUES (?, ?, '', ?, ?, ?, ?, '[]', '[]', ?, ?)",
        (token.text, kind, token.account, token.person, app_id, json.dumps(token.scopes), moment, moment + (SECONDS if kind == ACCESS else REFRESH_SECONDS)),
    )


def use_up(db: sqlite3.Connection, text: str) -> Token | None:
    """The refresh token, which is over from now on; None for one that is not known or no longer good."""
    found = find(db, text, kind=REFRESH)
    if found is not None:
        db.execute("UPDATE tokens SET dead_subcode = ?, dead_by = 'rotation' WHERE token = ?", (ROTATED, text))
    return found


def find(db: sqlite3.Connection, text: str, *, kind: str = ACCESS) -> Token | None:
    """The living token, or None."""
    row = db.execute("SELECT * FROM tokens WHERE token = ? AND platform = ?", (text, kind)).fetchone()
    if row is None or row["dead_subcode"] is not None or row["expires_at"] <= time.time():
        return None
    return Token(row["token"], row["account"], tuple(json.loads(row["scopes"])), row["person"])


def of_header(db: sqlite3.Connection, header: str) -> Token:
    """The token of an Authorization header. Raises TiktokError."""
    scheme, _, text = header.partition(" ")
    token = find(db, text.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        raise dead_token()
    return token


def expire(db: sqlite3.Connection, token: Token) -> TiktokError:
    """The access token is over from now on; the refresh token lives."""
    db.execute("UPDATE tokens SET dead_subcode = ?, dead_by = 'fault' WHERE token = ?", (EXPIRED, token.text))
    return dead_token()


def revoke(db: sqlite3.Connection, account: str, *, by: str) -> TiktokError:
    """The person took everything back."""
    db.execute(
        "UPDATE tokens SET dead_subcode = ?, dead_by = ? WHERE platform IN (?, ?) AND account = ? AND dead_subcode IS NULL", (REVOKED, by, ACCESS, REFRESH, account)
    )
    return dead_token()
