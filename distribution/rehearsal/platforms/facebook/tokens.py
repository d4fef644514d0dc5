"""Access tokens of the Facebook platform: who holds them, what they may do, how they die."""

import hashlib
import hmac
import json
import secrets
import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from distribution.rehearsal.platforms.facebook import errors
from distribution.rehearsal.platforms.facebook.errors import GraphError
from distribution.rehearsal.settings import Settings

SHORT_SECONDS, LONG_SECONDS = 5_400, 5_183_944
PERMISSIONS = (
    "public_profile",
    "pages_show_list",
    "pages_manage_posts",
    "pages_read_engagement",
    "pages_manage_engagement",
    "pages_read_user_content",
    "pages_manage_metadata",
    "read_insights",
    "business_management",
    "publish_video",
)


@dataclass(frozen=True)
class Token:
    """A token as the store knows it."""

    text: str
    page: str  # the Page's id, or empty for a user token
    person: str
    scopes: tuple[str, ...]
    declined: tuple[str, ...]
    pages: tuple[str, ...]  # the Pages that the person ticked
    issued_at: int
    expires_at: int  # unix seconds; 0 = never
    dead_subcode: int | None

    @property
    def subcode_now(self) -> int | None:
        """Why the token is dead at this moment, or None."""
        if self.dead_subcode is not None:
            return self.dead_subcode
        return 463 if self.expires_at and self.expires_at <= time.time() else None


def new_text() -> str:
    """A token in the shape of Facebook's."""
    return "EAAK" + secrets.token_hex(60)


def _token(row: sqlite3.Row) -> Token:
    return Token(
        text=row["token"],
        page=row["account"] or "",
        person=row["person"],
        scopes=tuple(json.loads(row["scopes"])),
        declined=tuple(json.loads(row["declined"])),
        pages=tuple(json.loads(row["accounts"])),
        issued_at=row["issued_at"],
        expires_at=row["expires_at"],
        dead_subcode=row["dead_subcode"],
    )


def save(db: sqlite3.Connection, token: Token, *, app_id: str, parent: str = "") -> None:
    """Remember a fresh token."""
    db.execute(
        "INSERT INTO tokens (token, platform, parent, account, person, app_id, scopes, declined, accounts, issued_at, expires_at)"
        " VALUES (?, 'facebook', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            token.text,
            parent or None,
            token.page or None,
            token.person,
            app_id,
            json.dumps(token.scopes),
            json.dumps(token.declined),
            json.dumps(token.pages),
            token.issued_at,
            token.expires_at,
        ),
    )


def find(db: sqlite3.Connection, text: str) -> Token | None:
    """The token, dead or alive."""
    row = db.execute("SELECT * FROM tokens WHERE token = ? AND platform = 'facebook'", (text,)).fetchone()
    return _token(row) if row else None


def page_token(db: sqlite3.Connection, user: Token, page: str, *, app_id: str) -> Token:
    """The Page token that belongs to this user token: the same one each time while it lives; without end from a long user token."""
    row = db.execute(
        "SELECT * FROM tokens WHERE parent = ? AND account = ? AND dead_subcode IS NULL ORDER BY seq DESC LIMIT 1", (user.text, page)
    ).fetchone()
    if row and _token(row).subcode_now is None:
        return _token(row)
    lasting = user.expires_at - user.issued_at > SHORT_SECONDS
    token = Token(
        text=new_text(),
        page=page,
        person=user.person,
        scopes=user.scopes,
        declined=user.declined,
        pages=(page,),
        issued_at=int(time.time()),
        expires_at=0 if lasting else user.expires_at,
        dead_subcode=None,
    )
    save(db, token, app_id=app_id, parent=user.text)
    return token


def kill_pages(db: sqlite3.Connection, *, page: str, subcode: int, by: str) -> None:
    """No Page token of this Page lives on; the person must connect again."""
    db.execute(
        "UPDATE tokens SET dead_subcode = ?, dead_by = ? WHERE platform = 'facebook' AND account = ? AND dead_subcode IS NULL",
        (subcode, by, page),
    )


def kill_person(db: sqlite3.Connection, *, person: str) -> None:
    """The person removed the app: every token of theirs is dead (458)."""
    db.execute(
        "UPDATE tokens SET dead_subcode = 458, dead_by = 'person' WHERE platform = 'facebook' AND person = ? AND dead_subcode IS NULL",
        (person,),
    )


def require(db: sqlite3.Connection, text: str, *, settings: Settings, proof: str, me: bool = False) -> Token:
    """The living token behind a call, its appsecret_proof checked when one is sent. Raises GraphError."""
    if not text and me:
        raise GraphError("An active access token must be used to query information about the current user.", code=2500)
    if not text:
        raise GraphError("An access token is required to request this resource.", code=104)
    token = find(db, text)
    if token is None:
        raise GraphError("Invalid OAuth access token - Cannot parse access token", code=190)
    subcode = token.subcode_now
    if subcode is not None:
        raise errors.dead_token(subcode, app=settings.app_id)
    check_proof(text, settings=settings, proof=proof)
    return token


def check_proof(text: str, *, settings: Settings, proof: str) -> None:
    """appsecret_proof is optional, but a wrong one is refused."""
    expected = hmac.new(settings.app_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    if proof and not hmac.compare_digest(expected.encode(), proof.encode()):
        raise GraphError("Invalid appsecret_proof provided in the API argument", code=100, type="GraphMethodException")


def describe(token: Token, *, settings: Settings, app_name: str) -> dict[str, Any]:
    """What debug_token says."""
    subcode = token.subcode_now
    data: dict[str, Any] = {
        "app_id": settings.app_id,
        "type": "PAGE" if token.page else "USER",
        "application": app_name,
        "data_access_expires_at": token.issued_at + 90 * 86400,
        "expires_at": token.expires_at,
        "is_valid": subcode is None,
        "issued_at": token.issued_at,
        "scopes": list(token.scopes),
        "granular_scopes": [
            {"scope": scope, "target_ids": list(token.pages)} if scope.startswith("pages_") else {"scope": scope} for scope in token.scopes
        ],
        "user_id": token.person,
    }
    if token.page:
        data["profile_id"] = token.page
    if subcode is not None:
        data["error"] = {"code": 190, "message": errors.dead_token(subcode, app=settings.app_id).message, "subcode": subcode}
    return data
