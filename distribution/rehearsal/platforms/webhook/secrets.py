"""The partner's secret and the check of a signature: Standard Webhooks, HMAC-SHA256 of "id.timestamp.body". A message older than five minutes is refused."""

import base64
import hashlib
import hmac
import secrets
import sqlite3
import time

from werkzeug.datastructures import Headers

from distribution.rehearsal import world
from distribution.rehearsal.platforms.webhook.errors import WebhookError

PLATFORM = "webhook"
CHANGED, SWITCHED_OFF = 1, 2
TOLERANCE = 5 * 60


def living(db: sqlite3.Connection, *, account: str) -> str:
    """The secret that is good; a new one is made where there is none, as the partner's people would."""
    row = db.execute("SELECT token FROM tokens WHERE platform = ? AND account = ? AND dead_subcode IS NULL", (PLATFORM, account)).fetchone()
    if row is not None:
        return str(row["token"])
    text = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    db.execute(
        "INSERT INTO tokens (token, platform, account, person, app_id, scopes, declined, accounts, issued_at, expires_at) VALUES (?, ?, ?, ?, '', '[]', '[]', '[]', ?, 0)",
        (text, PLATFORM, account, world.PERSON.id, int(time.time())),
    )
    return text


def verify(db: sqlite3.Connection, *, account: str, headers: Headers, body: bytes) -> str:
    """The id of a message that is signed with the good secret. Raises WebhookError."""
    message_id, stamp, given = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not (message_id and stamp and given):
        raise WebhookError("missing webhook-id, webhook-timestamp or webhook-signature", 400)
    if not stamp.isdigit() or len(stamp) > 12 or abs(time.time() - int(stamp)) > TOLERANCE:
        raise WebhookError("webhook-timestamp is too old or too new", 400)
    rows = db.execute("SELECT token, dead_subcode FROM tokens WHERE platform = ? AND account = ? ORDER BY issued_at DESC, rowid DESC", (PLATFORM, account)).fetchall()
    for row in rows:
        if any(hmac.compare_digest(sign(row["token"], message_id, stamp, body).encode(), item.encode()) for item in given.split(" ")) and row["dead_subcode"] is None:
            return message_id
    if rows and rows[0]["dead_subcode"] == SWITCHED_OFF:
        raise WebhookError("this endpoint takes no messages any more", 410)
    raise WebhookError("no signature matches", 401)


def sign(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    """One signature, with its version before it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()


def kill(db: sqlite3.Connection, account: str, *, subcode: int) -> WebhookError:
    """The partner changed its secret, or switched the address off."""
    db.execute("UPDATE tokens SET dead_subcode = ?, dead_by = 'fault' WHERE platform = ? AND account = ? AND dead_subcode IS NULL", (subcode, PLATFORM, account))
    return WebhookError("this endpoint takes no messages any more", 410) if subcode == SWITCHED_OFF else WebhookError("no signature matches", 401)
