"""The Telegram rehearsal platform: the Bot API for channels as channels.md section 4 describes it, and the channel as its readers see it."""

import sqlite3
from typing import Any

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import calls, faults, posts, readers, world
from distribution.rehearsal.platforms.base import ConnectionCut, Context
from distribution.rehearsal.platforms.telegram import faulty, messages, tables, tokens
from distribution.rehearsal.platforms.telegram.errors import TelegramError, answer, bad
from distribution.rehearsal.platforms.telegram.methods import Methods
from distribution.rehearsal.platforms.telegram.params import Params
from distribution.rehearsal.templating import page

MOST_BODY = 52 * 1024 * 1024
READS = ("getme", "getchat", "getchatmember", "getchatmembercount")


class TelegramPlatform:
    """Mounted at /telegram: methods at bot<token>/<method>, the rest for readers."""

    kind = "telegram"
    label = "Telegram"
    known_faults = faulty.KNOWN & frozenset(faults.NAMES)
    known_calls: tuple[str, ...] = (
        "sendMessage", "sendPhoto", "sendVideo", "sendMediaGroup", "editMessageText", "editMessageCaption", "editMessageMedia", "deleteMessage",
    )  # fmt: skip
    known_subcodes: frozenset[int] = frozenset()
    accounts: tuple[world.Account, ...] = world.TELEGRAM_CHANNELS

    def __init__(self, context: Context) -> None:
        self._context = context
        with context.store.write() as db:
            db.execute(tables.SCHEMA)
        self._methods = Methods(context)
        self._names = {name.lower(): name for name in self.known_calls}

    def handle(self, request: Request, path: str) -> Response:
        """Answer a request below /telegram/. Names of methods may be written in any case."""
        first, _, rest = path.partition("/")
        if not first.startswith("bot") or not rest:
            return self._for_readers(request, first, rest)
        request.max_content_length = MOST_BODY
        try:
            return self._answer(request, first.removeprefix("bot"), rest)
        except TelegramError as error:
            return error.response()
        except RequestEntityTooLarge:
            return TelegramError("Request Entity Too Large", 413).response()
        except HTTPException as error:
            return TelegramError("Bad Request: the request could not be read", error.code or 400).response()

    def _answer(self, request: Request, token: str, name: str) -> Response:
        with self._context.store.read() as db:
            tokens.require(db, token)
        params = Params(request)
        if name.lower() in READS:
            return answer(self._read(name.lower(), params))
        if name.lower() not in self._names:
            raise TelegramError("Not Found: method not found", 404)
        return self._write(request, self._names[name.lower()], params)

    @staticmethod
    def _read(name: str, params: Params) -> Any:
        if name == "getme":
            return messages.me()
        chat = messages.chat_of(params.text("chat_id"))
        if name == "getchat":
            return messages.full_chat(chat)
        if name == "getchatmembercount":
            return 1
        if params.text("user_id") != world.TELEGRAM_BOT.id:
            raise bad("PARTICIPANT_ID_INVALID")
        return messages.member(chat)

    def _write(self, request: Request, name: str, params: Params) -> Response:
        chat = messages.chat_of(params.text("chat_id"))
        call = calls.begin(self._context.store, platform=self.kind, account=chat.id, call=name, method=request.method, path=f"/bot…/{name}", fields=params.for_log())
        try:
            response = self._methods.run(request, call, name, params, chat)
        except TelegramError as error:
            calls.finish(self._context.store, call, outcome="refused", status=error.code)
            raise
        except ConnectionCut:
            calls.finish(self._context.store, call, outcome="cut", status=None)
            raise
        calls.finish(self._context.store, call, outcome="answered" if response.status_code < 400 else "refused", status=response.status_code)
        return response

    # What readers see
    def _for_readers(self, request: Request, first: str, rest: str) -> Response:
        if request.method not in ("GET", "HEAD"):
            return TelegramError("Not Found", 404).response()
        if first == "avatar":
            return readers.avatar(self, rest.removesuffix(".svg"))
        if first == "picture":
            return readers.picture(self._context, platform=self.kind, media_id=rest)
        if first == "film":
            return readers.film_file(self._context, request, platform=self.kind, media_id=rest)
        number = rest.rpartition("/")[2]
        with self._context.store.read() as db:
            found = db.execute("SELECT post FROM telegram_messages WHERE id = ? AND deleted = 0", (int(number),)).fetchone() if number.isdigit() and len(number) < 19 else None
            row = posts.get(db, platform=self.kind, post_id=found["post"]) if found else None
        return readers.one_post(self._context, self, account=row["account"], post_id=row["id"]) if row else page("gone.html", status=404)

    def film(self, db: sqlite3.Connection, post_id: str) -> dict[str, Any] | None:
        """What the player of a post needs; None for one without a video."""
        row = db.execute("SELECT * FROM telegram_messages WHERE post = ? AND kind = 'video' AND deleted = 0 ORDER BY id", (post_id,)).fetchone()
        if row is None:
            return None
        username = messages.CHANNELS[row["chat"]].username
        return {
            "title": row["words"].split("\n")[0][:80] or "Video", "text": row["words"], "tags": [], "views": 0, "address": f"/telegram/film/{row['media']}", "poster": "",
            "tracks": [], "permalink": f"/telegram/{username}/{post_id}",
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
        """What a script needs to connect here. A token that was taken back is given anew, as BotFather would."""
        first, second = world.TELEGRAM_CHANNELS
        with self._context.store.write() as db:
            token = tokens.living(db)
        return {"chat_id": first.id, "channel_name": first.name, "fields": {"token": token, "channel": f"@{first.username}"}, "other_channel": f"@{second.username}"}
