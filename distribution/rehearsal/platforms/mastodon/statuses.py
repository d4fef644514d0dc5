"""Posts: made once for each key, read, listed, edited with their history, deleted."""

import sqlite3
import time
import unicodedata
from typing import Any

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import media as shared
from distribution.rehearsal import posts
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import Context
from distribution.rehearsal.platforms.mastodon import entities, faulty, media
from distribution.rehearsal.platforms.mastodon.errors import MastodonError, answer, invalid, not_found
from distribution.rehearsal.platforms.mastodon.tokens import Token
from distribution.rehearsal.templating import URL

KEY_SECONDS = 3600.0
VISIBILITIES = ("public", "unlisted", "private", "direct")
MOST_ROWS = 40


class Statuses:
    """Everything below /api/v1/statuses."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def post(self, request: Request, call: Call, token: Token, fields: dict[str, Any], base: str) -> Response:
        """POST: the same key within an hour gives the same post, also while the first call still runs."""
        token.require("write:statuses")
        key, text, ids = request.headers.get("Idempotency-Key", "")[:200], _text(fields), _ids(fields)
        if fields.get("scheduled_at"):
            raise invalid("The rehearsal platform does not schedule: the newsroom keeps the time")
        visibility = str(fields.get("visibility") or "public")
        if visibility not in VISIBILITIES:
            raise invalid("Visibility is not included in the list")
        with self._context.store.read() as db:
            if not _kept(db, token.account, key):
                media.usable(db, token.account, ids)
        fault = faulty.take(self._context, call, name="statuses", account=token.account, commits=True)

        def commit() -> Response:
            with self._context.store.write() as db:
                status = _kept(db, token.account, key) or self._create(db, token, text, ids, visibility, fields)
                if key:
                    db.execute("INSERT OR IGNORE INTO mastodon_keys (account, key, status, used_at) VALUES (?, ?, ?, ?)", (token.account, key, status, time.time()))
                call.object_id = status
                return answer(entities.status(db, _row(db, status), base))

        return faulty.finish(self._context, request, fault, commit)

    def _create(self, db: sqlite3.Connection, token: Token, text: str, ids: list[str], visibility: str, fields: dict[str, Any]) -> str:
        media.usable(db, token.account, ids)
        status, link = media.new_id(), _link(text)
        posts.create(db, posts.NewPost(entities.PLATFORM, token.account, status, text, link, tuple(ids), visibility != "direct"), print_of=status)
        db.execute(
            "INSERT INTO mastodon_statuses (id, account, visibility, language, sensitive, spoiler) VALUES (?, ?, ?, ?, ?, ?)",
            (status, token.account, visibility, str(fields.get("language") or "")[:10], int(_flag(fields, "sensitive")), str(fields.get("spoiler_text") or "")[:500]),
        )
        if link and not ids:
            self._context.looker.ask(link)
        return status

    def edit(self, request: Request, call: Call, token: Token, status: str, fields: dict[str, Any], base: str) -> Response:
        """PUT: what is not named again is lost."""
        token.require("write:statuses")
        text, ids = _text(fields), _ids(fields)
        with self._context.store.read() as db:
            self._own(db, token, status)
            media.usable(db, token.account, ids, status=status)
        fault = faulty.take(self._context, call, name="edit", account=token.account, commits=True)

        def commit() -> Response:
            with self._context.store.write() as db:
                self._own(db, token, status)
                posts.edit(db, platform=entities.PLATFORM, post_id=status, text=text)
                media.attach(db, status, ids)
                db.execute("UPDATE posts SET link = ? WHERE platform = ? AND id = ?", (_link(text), entities.PLATFORM, status))
                _describe(db, fields)
                call.object_id = status
                return answer(entities.status(db, _row(db, status), base))

        return faulty.finish(self._context, request, fault, commit)

    def delete(self, request: Request, call: Call, token: Token, status: str, base: str) -> Response:
        """DELETE: the answer is the post as it was, with its source."""
        token.require("write:statuses")
        with self._context.store.read() as db:
            self._own(db, token, status)
        fault = faulty.take(self._context, call, name="delete", account=token.account, commits=True)

        def commit() -> Response:
            with self._context.store.write() as db:
                row = self._own(db, token, status)
                body = {**entities.status(db, row, base), "text": row["text"]}
                posts.delete(db, platform=entities.PLATFORM, post_id=status)
                call.object_id = status
                return answer(body)

        return faulty.finish(self._context, request, fault, commit)

    def one(self, token: Token, status: str, base: str) -> Response:
        """GET of a post."""
        token.require("read:statuses")
        fault = faulty.take(self._context, None, name="read", account=token.account, commits=False)
        with self._context.store.read() as db:
            return answer(entities.status(db, _row(db, status), base, counts=fault is None))

    def source(self, token: Token, status: str) -> Response:
        """GET /source: what an editor begins from."""
        token.require("read:statuses")
        with self._context.store.read() as db:
            row = _row(db, status)
            return answer({"id": status, "text": row["text"], "spoiler_text": ""})

    def of_account(self, request: Request, token: Token, account: str, base: str) -> Response:
        """GET /accounts/:id/statuses, newest first, with its own pages."""
        token.require("read:statuses")
        if account not in entities.ACCOUNTS:
            raise not_found()
        wanted = request.args.get("limit", "")
        limit = max(1, min(int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 20, MOST_ROWS))
        where, values = "platform = ? AND account = ? AND state <> 'deleted'", [entities.PLATFORM, account]
        if (below := request.args.get("max_id", "")).isdigit():
            where, values = f"{where} AND CAST(id AS INTEGER) < CAST(? AS INTEGER)", [*values, below]
        with self._context.store.read() as db:
            rows = db.execute(f"SELECT * FROM posts WHERE {where} ORDER BY CAST(id AS INTEGER) DESC LIMIT ?", (*values, limit)).fetchall()
            response = answer([entities.status(db, row, base) for row in rows])
        if len(rows) == limit:
            response.headers["Link"] = f'<{base}/api/v1/accounts/{account}/statuses?limit={limit}&max_id={rows[-1]["id"]}>; rel="next"'
        return response

    @staticmethod
    def _own(db: sqlite3.Connection, token: Token, status: str) -> sqlite3.Row:
        row = _row(db, status)
        if row["account"] != token.account:
            raise not_found()
        return row


def _row(db: sqlite3.Connection, status: str) -> sqlite3.Row:
    row = posts.get(db, platform=entities.PLATFORM, post_id=status)
    if row is None:
        raise not_found()
    return row


def _kept(db: sqlite3.Connection, account: str, key: str) -> str:
    row = db.execute("SELECT status FROM mastodon_keys WHERE account = ? AND key = ? AND used_at > ?", (account, key, time.time() - KEY_SECONDS)).fetchone() if key else None
    return str(row["status"]) if row else ""


def _text(fields: dict[str, Any]) -> str:
    if not isinstance(fields.get("status") or "", str):
        raise MastodonError("status is invalid", 400)
    text = str(fields.get("status") or "").replace("\r\n", "\n")
    if not text.strip() and not _ids(fields):
        raise invalid("Text can't be blank")
    if length(text) + length(str(fields.get("spoiler_text") or "")) > entities.CHARACTERS:
        raise invalid(f"Text character limit of {entities.CHARACTERS} exceeded")
    return text


def length(text: str) -> int:
    """Letters with their marks as one, every address as 23."""
    counted = URL.sub("x" * entities.URL_LENGTH, unicodedata.normalize("NFC", text))
    return sum(not unicodedata.combining(letter) for letter in counted)


def _ids(fields: dict[str, Any]) -> list[str]:
    found = fields.get("media_ids") or []
    if not isinstance(found, list):
        raise MastodonError("media_ids is invalid", 400)
    return [str(item)[:40] for item in found]


def _flag(fields: dict[str, Any], name: str) -> bool:
    return str(fields.get(name, "")).lower() in ("true", "1", "on")


def _link(text: str) -> str | None:
    found = URL.search(text)
    return found.group() if found else None


def _describe(db: sqlite3.Connection, fields: dict[str, Any]) -> None:
    """`media_attributes` of an edit: other words for what a file shows."""
    for item in fields.get("media_attributes") or []:
        if isinstance(item, dict) and shared.get(db, platform=entities.PLATFORM, media_id=str(item.get("id"))):
            db.execute("UPDATE media SET alt = ? WHERE platform = ? AND id = ?", (str(item.get("description") or "")[: entities.DESCRIPTION], entities.PLATFORM, str(item["id"])))
