"""Access tokens as a person makes them in the account's settings. They do not end by time."""

import json
import secrets
import sqlite3
import time
from dataclasses import dataclass

from distribution.rehearsal import world
from distribution.rehearsal.platforms.mastodon.errors import MastodonError

PLATFORM = "mastodon"
SCOPES = ("read:accounts", "read:statuses", "write:statuses", "write:media")
READ_ONLY = SCOPES[:2]
REVOKED = 1


@dataclass(frozen=True)
class Token:
    """A token as the store knows it."""

    text: str
    account: str
    scopes: tuple[str, ...]

    def require(self, scope: str) -> None:
        """Raises MastodonError where the scope was not granted."""
        if scope not in self.scopes and scope.partition(":")[0] not in self.scopes:
            raise MastodonError("This action is outside the authorized scopes", 403)


def living(db: sqlite3.Connection, *, account: str, scopes: tuple[str, ...]) -> str:
    """The token with these scopes that is good; a new one is made where there is none, as a person would in the settings."""
    row = db.execute("SELECT token FROM tokens WHERE platform = ? AND account = ? AND scopes = ? AND dead_subcode IS NULL", (PLATFORM, account, json.dumps(scopes))).fetchone()
    if row is not None:
        return str(row["token"])
    text = secrets.token_urlsafe(32)
    db.execute(
        "INSERT INTO tokens (token, platform, account, person, app_id, scopes, declined, accounts, issued_at, expires_at) VALUES (?, ?, ?, ?, '', ?, '[]', '[]', ?, 0)",
        (text, PLATFORM, account, world.PERSON.id, json.dumps(scopes), int(time.time())),
    )
    return text


def of_header(db: sqlite3.Connection, header: str) -> Token:
    """The token of an Authorization header. Raises MastodonError."""
    scheme, _, text = header.partition(" ")
    row = db.execute("SELECT * FROM tokens WHERE token = ? AND platform = ?", (text.strip(), PLATFORM)).fetchone()
    if scheme.lower() != "bearer" or row is None:
        raise MastodonError("The access token is invalid", 401)
    if row["dead_subcode"] is not None:
        raise MastodonError("The access token was revoked", 401)
    return Token(row["token"], row["account"], tuple(json.loads(row["scopes"])))


def revoke(db: sqlite3.Connection, account: str) -> MastodonError:
    """The person took every token back."""
    db.execute("UPDATE tokens SET dead_subcode = ?, dead_by = 'fault' WHERE platform = ? AND account = ? AND dead_subcode IS NULL", (REVOKED, PLATFORM, account))
    return MastodonError("The access token was revoked", 401)
