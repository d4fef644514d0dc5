"""The bot's token, as BotFather gives it. Revoked, BotFather gives a new one."""

import secrets
import sqlite3
import string
import time

from distribution.rehearsal import world
from distribution.rehearsal.platforms.telegram.errors import TelegramError

PLATFORM = "telegram"
LETTERS = string.ascii_letters + string.digits + "-_"
REVOKED = 1


def living(db: sqlite3.Connection) -> str:
    """The token that is good; a new one is made where there is none."""
    row = db.execute("SELECT token FROM tokens WHERE platform = ? AND dead_subcode IS NULL", (PLATFORM,)).fetchone()
    if row is not None:
        return str(row["token"])
    text = f"{world.TELEGRAM_BOT.id}:AA{''.join(secrets.choice(LETTERS) for _letter in range(33))}"
    db.execute(
        "INSERT INTO tokens (token, platform, account, person, app_id, scopes, declined, accounts, issued_at, expires_at) VALUES (?, ?, '', ?, '', '[]', '[]', '[]', ?, 0)",
        (text, PLATFORM, world.PERSON.id, int(time.time())),
    )
    return text


def require(db: sqlite3.Connection, text: str) -> None:
    """Raises TelegramError: 404 for what is no token at all, 401 for one that is not good (any more)."""
    number, _, rest = text.partition(":")
    if not number.isdigit() or not rest:
        raise TelegramError("Not Found", 404)
    if db.execute("SELECT 1 FROM tokens WHERE platform = ? AND token = ? AND dead_subcode IS NULL", (PLATFORM, text)).fetchone() is None:
        raise TelegramError("Unauthorized", 401)


def revoke(db: sqlite3.Connection) -> TelegramError:
    """The token was taken back in BotFather."""
    db.execute("UPDATE tokens SET dead_subcode = ?, dead_by = 'fault' WHERE platform = ? AND dead_subcode IS NULL", (REVOKED, PLATFORM))
    return TelegramError("Unauthorized", 401)
