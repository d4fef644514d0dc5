"""Posts, photos and Pages as Graph nodes: which fields there are and how each is made."""

import base64
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from distribution.rehearsal import clock, posts
from distribution.rehearsal.platforms.facebook import fields
from distribution.rehearsal.platforms.facebook.errors import bad_parameter
from distribution.rehearsal.platforms.facebook.fields import Field
from distribution.rehearsal.platforms.facebook.tokens import Token
from distribution.rehearsal.world import FACEBOOK_PAGES, PERSON, Account

PAGES = {page.id: page for page in FACEBOOK_PAGES}
Makers = dict[str, Callable[[Field], Any]]
POST_DEFAULT, PHOTO_DEFAULT, NAME_DEFAULT = "created_time,message,id", "created_time,name,id", "name,id"


def graph_time(text: str) -> str:
    """A stored moment as Graph writes it: 2026-11-23T16:00:00+0000."""
    return clock.read(text).strftime("%Y-%m-%dT%H:%M:%S+0000")


def moment(text: str, name: str) -> str:
    """A `since` or `until` (unix seconds or ISO 8601) as a stored stamp."""
    try:
        if re.fullmatch(r"[0-9]{1,11}", text):
            return clock.stamp(datetime.fromtimestamp(int(text), tz=UTC))
        found = datetime.fromisoformat(text)
        return clock.stamp(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError, OSError) as error:
        raise bad_parameter(f"param {name} must be a valid date/time.") from error


def permalink(base: str, row: sqlite3.Row) -> str:
    """Where readers of the rehearsal platform see the post."""
    return f"{base}/{row['account']}/posts/{row['id'].partition('_')[2]}"


@dataclass(frozen=True)
class _Shown:
    """A post on its way out."""

    db: sqlite3.Connection
    row: sqlite3.Row
    base: str


_POST: dict[str, Callable[[_Shown, Field], Any]] = {
    "id": lambda it, field: it.row["id"],
    "message": lambda it, field: it.row["text"] or None,
    "created_time": lambda it, field: graph_time(it.row["created_at"]),
    "updated_time": lambda it, field: graph_time(it.row["edited_at"] or it.row["created_at"]),
    "permalink_url": lambda it, field: permalink(it.base, it.row),
    "is_published": lambda it, field: it.row["state"] == posts.PUBLISHED,
    "is_hidden": lambda it, field: False,
    "status_type": lambda it, field: _status_type(it.db, it.row),
    "from": lambda it, field: {"name": PAGES[it.row["account"]].name, "id": it.row["account"]},
    "full_picture": lambda it, field: _first_picture(it.db, it.row, it.base),
    "attachments": lambda it, field: _attachments(it.db, it.row, it.base),
    "shares": lambda it, field: None,
    "comments": lambda it, field: counter(field, _comments(it)),
    "reactions": lambda it, field: counter(field),
    "likes": lambda it, field: counter(field),
}


def post_fields(text: str) -> tuple[Field, ...]:
    """The wanted fields of posts, known to exist even where there is no post to show. Raises GraphError."""
    wanted = fields.parse(text or POST_DEFAULT)
    fields.require_known(wanted, _POST, node="PagePost")
    return wanted


def post(db: sqlite3.Connection, row: sqlite3.Row, wanted: tuple[Field, ...], *, base: str) -> dict[str, Any]:
    """A post with the wanted fields."""
    shown = _Shown(db, row, base)
    return fields.render(wanted, {name: partial(make, shown) for name, make in _POST.items()}, node="PagePost")


def photo(row: sqlite3.Row, wanted: str, *, base: str) -> dict[str, Any]:
    """A photo with the wanted fields. Raises GraphError."""
    page = PAGES[row["account"]]
    source = picture_address(base, row["id"])
    makers: Makers = {
        "id": lambda field: row["id"],
        "name": lambda field: row["caption"] or None,
        "alt_text": lambda field: row["alt"] or None,
        "alt_text_custom": lambda field: row["alt"] or None,
        "created_time": lambda field: graph_time(row["created_at"]),
        "from": lambda field: {"name": page.name, "id": page.id},
        "width": lambda field: row["width"],
        "height": lambda field: row["height"],
        "link": lambda field: source,
        "picture": lambda field: source,
        "images": lambda field: [{"height": row["height"], "source": source, "width": row["width"]}],
        "page_story_id": lambda field: row["post_id"],
    }
    return fields.render(fields.parse(wanted or PHOTO_DEFAULT), makers, node="Photo")


def page(account: Account, wanted: str, *, base: str, token: Token | None = None, access_token: str = "") -> dict[str, Any]:
    """A Page; its token is given out only where `access_token` is passed. Raises GraphError."""
    makers: Makers = {
        "id": lambda field: account.id,
        "name": lambda field: account.name,
        "username": lambda field: account.username,
        "category": lambda field: account.category,
        "about": lambda field: account.about,
        "link": lambda field: f"{base.removesuffix('/facebook')}/?trang=facebook-{account.id}",
        "tasks": lambda field: list(account.tasks),
        "picture": lambda field: {"data": {"height": 50, "width": 50, "is_silhouette": False, "url": f"{base}/avatar/{account.id}.svg"}},
        "access_token": lambda field: access_token or (token.text if token and token.page == account.id else None),
        "fan_count": lambda field: 0,
        "followers_count": lambda field: 0,
        "is_published": lambda field: True,
    }
    return fields.render(fields.parse(wanted or NAME_DEFAULT), makers, node="Page")


def person(wanted: str) -> dict[str, Any]:
    """The person behind a user token. Raises GraphError."""
    makers: Makers = {"id": lambda field: PERSON.id, "name": lambda field: PERSON.name}
    return fields.render(fields.parse(wanted or NAME_DEFAULT), makers, node="User")


def picture_address(base: str, media_id: str) -> str:
    """Where the bytes of a picture are served."""
    return f"{base}/picture/{media_id}"


def cursor(row: sqlite3.Row) -> str:
    """A place in a list of posts, opaque to clients."""
    return base64.urlsafe_b64encode(f"{row['created_at']}|{row['seq']}".encode()).decode()


def read_cursor(text: str) -> tuple[str, int]:
    """The place a client came from. Raises GraphError."""
    try:
        created, _, seq = base64.urlsafe_b64decode(text.encode()).decode().partition("|")
        clock.read(created)
        return created, int(seq)
    except (ValueError, UnicodeError) as error:
        raise bad_parameter("Invalid cursors values.") from error


def counter(field: Field, count: int = 0) -> dict[str, Any]:
    """An edge as a field: no rows, and the total where it is asked for."""
    counted: dict[str, Any] = {"data": []}
    if field.modifiers.get("summary") in ("true", "1", "total_count"):
        counted["summary"] = {"total_count": count}
    return counted


def _comments(it: _Shown) -> int:
    return int(it.db.execute("SELECT COUNT(*) FROM facebook_comments WHERE post = ? AND deleted_at IS NULL", (it.row["id"],)).fetchone()[0])


def _status_type(db: sqlite3.Connection, row: sqlite3.Row) -> str:
    if _video(db, row["id"]) is not None:
        return "added_video"
    if posts.media_of(db, platform="facebook", post_id=row["id"]):
        return "added_photos"
    return "shared_story" if row["link"] else "mobile_status_update"


def _first_picture(db: sqlite3.Connection, row: sqlite3.Row, base: str) -> str | None:
    film = _video(db, row["id"])
    if film is not None:
        return f"{base}/thumb/{film['id']}" if film["thumb"] else None
    pictures = posts.media_of(db, platform="facebook", post_id=row["id"])
    return picture_address(base, pictures[0]["id"]) if pictures else None


def _video(db: sqlite3.Connection, post_id: str) -> Any:
    return db.execute("SELECT * FROM facebook_videos WHERE post = ?", (post_id,)).fetchone()


def _attachments(db: sqlite3.Connection, row: sqlite3.Row, base: str) -> dict[str, Any] | None:
    if (film := _video(db, row["id"])) is not None:
        address = permalink(base, row)
        about = {"type": "video_inline", "media_type": "video", "title": film["title"], "description": film["description"], "url": address, "unshimmed_url": address}
        return {"data": [{**about, "target": {"id": film["id"], "url": address}, "media": {"source": f"{base}/film/{film['id']}"}}]}
    pictures = [_photo_attachment(item, base) for item in posts.media_of(db, platform="facebook", post_id=row["id"])]
    if len(pictures) == 1:
        return {"data": pictures}
    if pictures:
        album = {**pictures[0], "type": "album", "media_type": "album", "subattachments": {"data": pictures}}
        return {"data": [{**album, "target": {"id": row["id"], "url": permalink(base, row)}}]}
    if not row["link"]:
        return None
    card = db.execute("SELECT * FROM previews WHERE url = ?", (row["link"],)).fetchone()
    link = {
        "type": "share",
        "media_type": "link",
        "title": card["title"] if card else row["link"],
        "description": card["description"] if card else "",
        "url": row["link"],
        "unshimmed_url": row["link"],
        "target": {"url": row["link"]},
    }
    return {"data": [link]}


def _photo_attachment(item: sqlite3.Row, base: str) -> dict[str, Any]:
    address = picture_address(base, item["id"])
    return {
        "type": "photo",
        "media_type": "photo",
        "description": item["caption"],
        "media": {"image": {"height": item["height"], "src": address, "width": item["width"]}},
        "target": {"id": item["id"], "url": address},
        "url": address,
        "unshimmed_url": address,
    }
