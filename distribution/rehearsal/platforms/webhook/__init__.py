"""The rehearsal partner: an address that takes signed stories as docs/webhook.md tells partners to, and shows what came of them."""

import json
import sqlite3
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import calls, clock, faults, posts, readers, world
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import ConnectionCut, Context
from distribution.rehearsal.platforms.webhook import faulty, secrets, tables
from distribution.rehearsal.platforms.webhook.errors import WebhookError, answer
from distribution.rehearsal.templating import page

CALLS = {
    "ping": "ping", "story.published": "publish", "story.updated": "update", "story.corrected": "update", "story.withdrawn": "delete", "story.killed": "delete",
}  # fmt: skip
STATUSES = ("usable", "withheld", "canceled")


class WebhookPlatform:
    """Mounted at /webhook: `hook` takes messages, `messages` shows them."""

    kind = secrets.PLATFORM
    label = "Đối tác (webhook)"
    known_faults = faulty.KNOWN & frozenset(faults.NAMES)
    known_calls: tuple[str, ...] = ("ping", "publish", "update", "delete")
    known_subcodes: frozenset[int] = frozenset()
    accounts: tuple[world.Account, ...] = world.WEBHOOK_PARTNERS

    def __init__(self, context: Context) -> None:
        self._context = context
        with context.store.write() as db:
            for statement in filter(str.strip, tables.SCHEMA.split(";")):
                db.execute(statement)

    def handle(self, request: Request, path: str) -> Response:
        """Answer a request below /webhook/."""
        if path.rstrip("/") != "hook":
            return self._for_readers(request, path)
        try:
            return self._take(request) if request.method == "POST" else answer({"error": "POST only"}, status=405)
        except WebhookError as error:
            return error.response()
        except HTTPException as error:
            return answer({"error": "the message cannot be read"}, status=error.code or 400)

    def _take(self, request: Request) -> Response:
        body, account = request.get_data(), self.accounts[0].id
        with self._context.store.read() as db:
            message_id = secrets.verify(db, account=account, headers=request.headers, body=body)
        kind, item = _read(body)
        fields = {"id": message_id, "type": kind, "uri": str(item.get("uri", "")), "version": str(item.get("version", "")), "signatures": str(len(request.headers["webhook-signature"].split(" ")))}
        call = calls.begin(self._context.store, platform=self.kind, account=account, call=CALLS.get(kind, "ping"), method="POST", path=request.path, fields=fields)
        try:
            fault = faulty.take(self._context, call, name=CALLS.get(kind, "ping"), account=account)
            response = faulty.finish(self._context, request, fault, lambda: self._keep(request, call, account, message_id, kind, item))
        except WebhookError as error:
            calls.finish(self._context.store, call, outcome="refused", status=error.status)
            raise
        except ConnectionCut:
            calls.finish(self._context.store, call, outcome="cut", status=None)
            raise
        calls.finish(self._context.store, call, outcome="answered" if response.status_code < 400 else "refused", status=response.status_code)
        return response

    def _keep(self, request: Request, call: Call, account: str, message_id: str, kind: str, item: dict[str, Any]) -> Response:
        """Once for each id; an older version never takes the place of a newer."""
        base, version = request.host_url.rstrip("/"), int(item.get("version", 0))
        with self._context.store.write() as db:
            new = db.execute(
                "INSERT OR IGNORE INTO webhook_messages (account, id, kind, uri, version, body, received_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (account, message_id, kind, str(item.get("uri", "")), version, json.dumps(item, ensure_ascii=False), clock.stamp(clock.now())),
            ).rowcount
            if not new:
                db.execute("UPDATE webhook_messages SET copies = copies + 1 WHERE account = ? AND id = ?", (account, message_id))
            elif item:
                self._apply(db, account, version, item)
            known = db.execute("SELECT post FROM webhook_stories WHERE account = ? AND uri = ?", (account, str(item.get("uri", "")))).fetchone()
        call.object_id = known["post"] if known else ""
        return answer({"url": f"{base}/webhook/{account}/posts/{known['post']}"} if known and known["post"] else {})

    @staticmethod
    def _apply(db: sqlite3.Connection, account: str, version: int, item: dict[str, Any]) -> None:
        known = db.execute("SELECT version, post FROM webhook_stories WHERE account = ? AND uri = ?", (account, item["uri"])).fetchone()
        if known and known["version"] > version:
            return
        post = known["post"] if known else ""
        if item.get("pubStatus", "usable") != "usable":
            posts.delete(db, platform=secrets.PLATFORM, post_id=post)
            post = ""
        elif post:
            posts.edit(db, platform=secrets.PLATFORM, post_id=post, text=_words(item))
        else:
            post = posts.new_number()
            posts.create(db, posts.NewPost(secrets.PLATFORM, account, post, _words(item), _link(item), (), True), print_of=post)
        db.execute("INSERT OR REPLACE INTO webhook_stories (account, uri, version, post) VALUES (?, ?, ?, ?)", (account, item["uri"], version, post))

    # What people see
    def _for_readers(self, request: Request, path: str) -> Response:
        first, _, rest = path.partition("/")
        if request.method not in ("GET", "HEAD"):
            return page("gone.html", status=405)
        if first == "messages":
            return self._messages()
        if first == "avatar":
            return readers.avatar(self, rest.removesuffix(".svg"))
        with self._context.store.read() as db:
            row = posts.get(db, platform=self.kind, post_id=rest.rpartition("/")[2])
        return readers.one_post(self._context, self, account=row["account"] if row else "", post_id=row["id"] if row else "")

    def _messages(self) -> Response:
        with self._context.store.read() as db:
            rows = db.execute("SELECT * FROM webhook_messages WHERE kind <> 'ping' ORDER BY received_at DESC LIMIT 100").fetchall()
        shown = [{**dict(row), "body": json.dumps(json.loads(row["body"]), ensure_ascii=False, indent=1)} for row in rows]
        return page("webhook_messages.html", account=self.accounts[0], messages=shown)

    # The operator's side
    def film(self, db: sqlite3.Connection, post_id: str) -> dict[str, Any] | None:
        """No videos here."""
        return None

    def settle(self, db: sqlite3.Connection) -> None:
        """Nothing here comes of time alone."""

    def uploads(self, db: sqlite3.Connection) -> list[dict[str, Any]]:
        """No resumable uploads here."""
        return []

    def reset(self, db: sqlite3.Connection) -> None:
        """As on the first day."""
        tables.reset(db)

    def card(self) -> dict[str, Any]:
        """What a script needs to connect here. A secret that was changed is made anew."""
        first = self.accounts[0]
        with self._context.store.write() as db:
            secret = secrets.living(db, account=first.id)
        return {"account_id": first.id, "account_name": first.name, "fields": {"name": first.name, "address": "{base_url}/hook", "secret": secret}}


def _read(body: bytes) -> tuple[str, dict[str, Any]]:
    """The event and its item. Raises WebhookError for what is no ninjs item of ours."""
    try:
        message = json.loads(body)
        kind, item = message["type"], message["data"]
        version = int(item.get("version", 0))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise WebhookError("the message is no {type, timestamp, data}", 422) from error
    fits = not item or (isinstance(item.get("uri"), str) and item["uri"] and item.get("pubStatus", "usable") in STATUSES and 0 <= version < 2**31)
    if not isinstance(kind, str) or not fits:
        raise WebhookError("the data is no ninjs item", 422)
    return kind, item


def _words(item: dict[str, Any]) -> str:
    """What this partner shows: the note of a correction, the headline, the short words."""
    parts = [item.get("edNote"), *(row.get("value") for row in item.get("headlines", [])), *(row.get("value") for row in item.get("descriptions", [])[:1])]
    return "\n\n".join(str(part) for part in parts if part)


def _link(item: dict[str, Any]) -> str | None:
    return next((str(row["href"]) for row in item.get("renditions", []) if row.get("name") == "web" and row.get("href")), None)
