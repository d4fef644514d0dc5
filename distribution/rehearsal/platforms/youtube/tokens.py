"""Access and refresh tokens of the YouTube platform: whose channel, which scopes, how they die."""

import json
import secrets
import sqlite3
import time
from dataclasses import dataclass

from distribution.rehearsal.platforms.youtube.errors import GoogleError, forbidden, unauthorised

SECONDS = 3599
EXPIRED, REVOKED = 1, 2
ACCESS, REFRESH = "youtube", "youtube-refresh"
PREFIX = "https://www.googleapis.com/auth/"
UPLOAD, READONLY, FORCE_SSL, FULL = (PREFIX + name for name in ("youtube.upload", "youtube.readonly", "youtube.force-ssl", "youtube"))
SCOPES = (UPLOAD, READONLY, FORCE_SSL, FULL, PREFIX + "yt-analytics.readonly", "openid", "email", "profile")
WRITE = frozenset({FORCE_SSL, FULL})


@dataclass(frozen=True)
class Token:
    """A token as the store knows it."""

    text: str
    channel: str
    person: str
    scopes: tuple[str, ...]

    def require(self, allowed: frozenset[str]) -> None:
        """Raises GoogleError where none of these scopes was granted."""
        if not allowed & set(self.scopes):
            raise forbidden("Request had insufficient authentication scopes.", "insufficientPermissions")


def new_access() -> str:
    """A token in the shape of Google's."""
    return "ya29.a0" + secrets.token_urlsafe(80)


def new_refresh() -> str:
    """A refresh token in the shape of Google's."""
    return "1//0" + secrets.token_urlsafe(60)


def save(db: sqlite3.Connection, token: Token, *, kind: str, app_id: str, parent: str = "") -> None:
    """Remember a fresh token."""
    moment = int(time.time())
    db.execute(
        "INSERT INTO tokens (token, platform, parent, account, person, app_id, scopes, declined, accounts, issued_at, expires_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, '[]', '[]', ?, ?)",
        (token.text, kind, parent, token.channel, token.person, app_id, json.dumps(token.scopes), moment, moment + SECONDS if kind == ACCESS else 0),
    )


def find(db: sqlite3.Connection, text: str, *, kind: str = ACCESS) -> Token | None:
    """The living token, or None."""
    row = db.execute("SELECT * FROM tokens WHERE token = ? AND platform = ?", (text, kind)).fetchone()
    if row is None or row["dead_subcode"] is not None or (row["expires_at"] and row["expires_at"] <= time.time()):
        return None
    return Token(row["token"], row["account"], row["person"], tuple(json.loads(row["scopes"])))


def of_header(db: sqlite3.Connection, header: str, *, given: str = "") -> Token:
    """The token of an Authorization header (or of `access_token`). Raises GoogleError 401."""
    scheme, _, text = header.partition(" ")
    token = find(db, text.strip() if scheme.lower() == "bearer" else given)
    if token is None:
        raise unauthorised()
    return token


def expire(db: sqlite3.Connection, token: Token) -> GoogleError:
    """The access token is over from now on; the refresh token lives."""
    db.execute("UPDATE tokens SET dead_subcode = ?, dead_by = 'fault' WHERE token = ?", (EXPIRED, token.text))
    return unauthorised()


def revoke(db: sqlite3.Connection, channel: str, *, by: str) -> GoogleError:
    """The person took everything back: no token of this channel lives, refresh tokens neither."""
    db.execute(
        "UPDATE tokens SET dead_subcode = ?, dead_by = ? WHERE platform IN (?, ?) AND account = ? AND dead_subcode IS NULL",
        (REVOKED, by, ACCESS, REFRESH, channel),
    )
    return unauthorised()
