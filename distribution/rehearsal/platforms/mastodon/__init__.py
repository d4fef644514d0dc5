"""The Mastodon rehearsal platform: one server's REST interface as channels.md section 8 describes it, and its pages for readers."""

import json
import sqlite3
from collections import defaultdict
from datetime import timedelta
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import calls, clock, faults, posts, readers, world
from distribution.rehearsal.platforms.base import ConnectionCut, Context
from distribution.rehearsal.platforms.mastodon import entities, faulty, tables, tokens
from distribution.rehearsal.platforms.mastodon.errors import MastodonError, answer, not_found
from distribution.rehearsal.platforms.mastodon.media import Media
from distribution.rehearsal.platforms.mastodon.statuses import Statuses
from distribution.rehearsal.platforms.mastodon.tokens import Token
from distribution.rehearsal.templating import page

MOST_BODY = 100 * 1024 * 1024


class MastodonPlatform:
    """Mounted at /mastodon: the address of a server."""

    kind = "mastodon"
    label = "Mastodon"
    known_faults = faulty.KNOWN & frozenset(faults.NAMES)
    known_calls: tuple[str, ...] = ("media", "statuses", "edit", "delete", "read")
    known_subcodes: frozenset[int] = frozenset()
    accounts: tuple[world.Account, ...] = world.MASTODON_ACCOUNTS

    def __init__(self, context: Context) -> None:
        self._context = context
        with context.store.write() as db:
            for statement in filter(str.strip, tables.SCHEMA.split(";")):
                db.execute(statement)
        self._media, self._statuses = Media(context), Statuses(context)
        self._asked: defaultdict[str, int] = defaultdict(int)

    def handle(self, request: Request, path: str) -> Response:
        """Answer a request below /mastodon/."""
        request.max_content_length = MOST_BODY
        if not path.startswith("api/"):
            return self._for_readers(request, path)
        base = request.host_url.rstrip("/") + "/mastodon"
        try:
            response = self._answer(request, path.removeprefix("api/").rstrip("/"), base)
        except MastodonError as error:
            response = error.response()
        except HTTPException as error:
            response = MastodonError("The request could not be read", error.code or 400).response()
        self._asked["all"] += 1
        reset = clock.stamp(clock.now() + timedelta(minutes=5))
        for name, value in faulty.limits(max(0, 300 - self._asked["all"] % 300), reset).items():
            if response.status_code != 429:
                response.headers.setdefault(name, value)
        return response

    def _answer(self, request: Request, path: str, base: str) -> Response:
        if request.method == "GET" and path in ("v1/instance", "v2/instance"):
            return answer(entities.instance(base) if path.startswith("v2") else entities.instance_v1(base))
        with self._context.store.read() as db:
            token = tokens.of_header(db, request.headers.get("Authorization", ""))
        parts = path.split("/")
        if request.method == "GET":
            return self._read(request, token, parts, base)
        return self._write(request, token, parts, base)

    def _read(self, request: Request, token: Token, parts: list[str], base: str) -> Response:
        match parts:
            case ["v1", "accounts", "verify_credentials"]:
                token.require("read:accounts")
                return answer(entities.account(entities.ACCOUNTS[token.account], base))
            case ["v1", "accounts", account, "statuses"]:
                return self._statuses.of_account(request, token, account, base)
            case ["v1", "statuses", status]:
                return self._statuses.one(token, status, base)
            case ["v1", "statuses", status, "source"]:
                return self._statuses.source(token, status)
            case ["v1", "media", media_id]:
                return self._media.one(token, media_id, base)
        raise not_found()

    def _write(self, request: Request, token: Token, parts: list[str], base: str) -> Response:
        names = {("POST", "v1/statuses"): "statuses", ("POST", "v2/media"): "media"}
        name = names.get((request.method, "/".join(parts)), {"PUT": "edit", "DELETE": "delete"}.get(request.method, ""))
        fields = _fields(request)
        call = calls.begin(
            self._context.store, platform=self.kind, account=token.account, call=name, method=request.method, path=request.path,
            fields={**{key: str(value) for key, value in fields.items()}, "key": request.headers.get("Idempotency-Key", "")},
        )  # fmt: skip
        try:
            response = self._routed(request, call, token, parts, fields, base)
        except MastodonError as error:
            calls.finish(self._context.store, call, outcome="refused", status=error.status)
            raise
        except ConnectionCut:
            calls.finish(self._context.store, call, outcome="cut", status=None)
            raise
        calls.finish(self._context.store, call, outcome="answered" if response.status_code < 400 else "refused", status=response.status_code)
        return response

    def _routed(self, request: Request, call: calls.Call, token: Token, parts: list[str], fields: dict[str, Any], base: str) -> Response:
        match (request.method, *parts):
            case ("POST", "v1", "statuses"):
                return self._statuses.post(request, call, token, fields, base)
            case ("POST", "v2", "media"):
                return self._media.upload(request, call, token, fields, base)
            case ("PUT", "v1", "statuses", status):
                return self._statuses.edit(request, call, token, status, fields, base)
            case ("DELETE", "v1", "statuses", status):
                return self._statuses.delete(request, call, token, status, base)
            case ("PUT", "v1", "media", media_id):
                return self._media.describe(token, media_id, fields, base)
        raise not_found()

    # What readers see
    def _for_readers(self, request: Request, path: str) -> Response:
        first, _, rest = path.partition("/")
        if request.method not in ("GET", "HEAD"):
            return page("gone.html", status=405)
        if first == "avatar":
            return readers.avatar(self, rest.removesuffix(".svg"))
        if first == "picture":
            return readers.picture(self._context, platform=self.kind, media_id=rest)
        if first == "film":
            return readers.film_file(self._context, request, platform=self.kind, media_id=rest)
        with self._context.store.read() as db:
            row = posts.get(db, platform=self.kind, post_id=rest.rpartition("/")[2])
        return readers.one_post(self._context, self, account=row["account"] if row else "", post_id=row["id"] if row else "")

    def film(self, db: sqlite3.Connection, post_id: str) -> dict[str, Any] | None:
        """What the player of a post needs; None for one without a video."""
        row = db.execute(
            "SELECT m.id, m.alt, p.text FROM media m JOIN mastodon_media v ON v.id = m.id JOIN posts p ON p.platform = m.platform AND p.id = m.post_id"
            " WHERE m.platform = 'mastodon' AND m.post_id = ? AND v.kind = 'video' AND m.deleted_at IS NULL", (post_id,),
        ).fetchone()  # fmt: skip
        if row is None:
            return None
        return {
            "title": row["alt"] or "Video", "text": row["text"], "tags": [], "views": 0, "address": f"/mastodon/film/{row['id']}", "poster": "", "tracks": [],
            "permalink": f"/mastodon/statuses/{post_id}",
        }  # fmt: skip

    # The operator's side
    def settle(self, db: sqlite3.Connection) -> None:
        """Nothing here comes of time alone."""

    def uploads(self, db: sqlite3.Connection) -> list[dict[str, Any]]:
        """No resumable uploads here."""
        return []

    def reset(self, db: sqlite3.Connection) -> None:
        """As on the first day."""
        tables.reset(db)

    def card(self) -> dict[str, Any]:
        """What a script needs to connect here. A key that was taken back is made anew, as a person would in the account's settings."""
        first = world.MASTODON_ACCOUNTS[0]
        with self._context.store.write() as db:
            good, read_only = (tokens.living(db, account=first.id, scopes=scopes) for scopes in (tokens.SCOPES, tokens.READ_ONLY))
        return {"account_id": first.id, "account_name": first.name, "read_only_token": read_only, "fields": {"server": "{base_url}", "token": good}}


def _fields(request: Request) -> dict[str, Any]:
    """Fields of a JSON body or a form; lists in a form are named with []. Raises MastodonError."""
    if request.mimetype != "application/json":
        found: dict[str, Any] = {name: request.form.get(name) for name in request.form if not name.endswith("[]")}
        return found | {name.removesuffix("[]"): request.form.getlist(name) for name in request.form if name.endswith("[]")}
    try:
        body = json.loads(request.get_data() or b"{}")
        json.dumps(body, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise MastodonError("The request body is no JSON", 400) from error
    if not isinstance(body, dict):
        raise MastodonError("The request body is no JSON object", 400)
    return body
