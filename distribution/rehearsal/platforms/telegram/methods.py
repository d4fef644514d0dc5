"""The methods of the Bot API that a newsroom uses: each checks, meets its fault, and does its one write."""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import media, world
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import Context
from distribution.rehearsal.platforms.telegram import faulty, messages
from distribution.rehearsal.platforms.telegram.errors import answer, bad
from distribution.rehearsal.platforms.telegram.messages import Item
from distribution.rehearsal.platforms.telegram.params import Params
from distribution.rehearsal.templating import URL

PHOTO_BYTES, VIDEO_BYTES, SIDES, RATIO = 10_000_000, 50_000_000, 10_000, 20
Write = Callable[[sqlite3.Connection], Any]


class Methods:
    """Writes. Every one is a commit."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.table: dict[str, Callable[[Params, world.Account], Write]] = {
            "sendMessage": self._message, "sendPhoto": self._photo, "sendVideo": self._video, "sendMediaGroup": self._album, "editMessageText": self._edit_text,
            "editMessageCaption": self._edit_caption, "editMessageMedia": self._edit_media, "deleteMessage": self._delete,
        }  # fmt: skip

    def run(self, request: Request, call: Call, name: str, params: Params, chat: world.Account) -> Response:
        """Check, then do it as the fault wants it. Raises TelegramError, ConnectionCut."""
        write = self.table[name](params, chat)
        fault = faulty.take(self._context, call, name=name, account=chat.id)

        def commit() -> Response:
            with self._context.store.write() as db:
                result = write(db)
            rows = result if isinstance(result, list) else [result]
            call.object_id = "+".join(str(row["message_id"]) for row in rows if isinstance(row, dict))
            return answer(result)

        return faulty.finish(self._context, request, fault, commit)

    # Sending
    def _message(self, params: Params, chat: world.Account) -> Write:
        messages.right(chat, "can_post_messages")
        text, entities = params.words("text")
        if not text.strip():
            raise bad("message text is empty")
        link = self._link(params, text)
        return lambda db: messages.shown(db, messages.create(db, chat, [Item("text")], text, entities, link)[0])

    def _photo(self, params: Params, chat: world.Account) -> Write:
        return self._one(params, chat, Item("photo", self._picture(params, "photo", params.text("photo"))))

    def _video(self, params: Params, chat: world.Account) -> Write:
        shape = {name: params.number(name) for name in ("width", "height", "duration") if params.text(name)}
        return self._one(params, chat, Item("video", self._film(params, "video", params.text("video")), shape))

    @staticmethod
    def _one(params: Params, chat: world.Account, item: Item) -> Write:
        messages.right(chat, "can_post_messages")
        words, entities = params.words("caption")
        return lambda db: messages.shown(db, messages.create(db, chat, [item], words, entities, None)[0])

    def _album(self, params: Params, chat: world.Account) -> Write:
        messages.right(chat, "can_post_messages")
        rows = params.data("media", [])
        if not 2 <= len(rows) <= 10 or not all(isinstance(row, dict) for row in rows):
            raise bad("group send failed: there must be 2 to 10 items")
        items = [self._item(params, row) for row in rows]
        words, entities = params.words("caption", rows[0])
        for row in rows[1:]:
            if params.words("caption", row)[0]:
                raise bad("the rehearsal platform shows the caption of the first picture only")
        return lambda db: [messages.shown(db, one) for one in messages.create(db, chat, items, words, entities, None)]

    def _item(self, params: Params, row: dict[str, Any]) -> Item:
        place = str(row.get("media") or "")
        if row.get("type") == "photo":
            return Item("photo", self._picture(params, "media", place))
        if row.get("type") == "video":
            shape = {name: value for name in ("width", "height", "duration") if isinstance(value := row.get(name), int)}
            return Item("video", self._film(params, "media", place), shape)
        raise bad("unsupported type of media")

    # Changing
    def _edit_text(self, params: Params, chat: world.Account) -> Write:
        text, entities = params.words("text")
        if not text.strip():
            raise bad("message text is empty")
        link = self._link(params, text)
        return self._edit(params, chat, lambda db, row: messages.edit(db, row, text, entities, link=link), only=("text",), without="there is no text in the message to edit")

    def _edit_caption(self, params: Params, chat: world.Account) -> Write:
        words, entities = params.words("caption")
        return self._edit(params, chat, lambda db, row: messages.edit(db, row, words, entities), only=("photo", "video"), without="there is no caption in the message to edit")

    def _edit_media(self, params: Params, chat: world.Account) -> Write:
        row = params.data("media", {})
        item, (words, entities) = self._item(params, row), params.words("caption", row)
        return self._edit(params, chat, lambda db, old: messages.exchange(db, chat, old, item, words, entities), only=("photo", "video"), without="there is no media in the message to edit")

    @staticmethod
    def _edit(params: Params, chat: world.Account, change: Callable[[sqlite3.Connection, sqlite3.Row], None], *, only: tuple[str, ...], without: str) -> Write:
        number = params.number("message_id")

        def write(db: sqlite3.Connection) -> Any:
            row = messages.get(db, chat, number, to="edit")
            messages.right(chat, "can_edit_messages")
            if row["kind"] not in only:
                raise bad(without)
            change(db, row)
            return messages.shown(db, number)

        return write

    def _delete(self, params: Params, chat: world.Account) -> Write:
        number = params.number("message_id")

        def write(db: sqlite3.Connection) -> Any:
            row = messages.get(db, chat, number, to="delete")
            messages.right(chat, "can_delete_messages")
            if time.time() - row["sent_at"] > self._context.settings.telegram_hours * 3600:
                raise bad("message can't be deleted for everyone")
            messages.delete(db, row)
            return True

        return write

    # Files and links
    def _picture(self, params: Params, name: str, place: str) -> media.Picture:
        data = params.file(name, place).stream.read(PHOTO_BYTES + 1)
        if len(data) > PHOTO_BYTES:
            raise bad("file is too big")
        try:
            found = media.keep(self._context.settings.media, data)
        except media.NotAPicture as error:
            raise bad("IMAGE_PROCESS_FAILED") from error
        if found.width + found.height > SIDES or max(found.width, found.height) > RATIO * min(found.width, found.height):
            raise bad("PHOTO_INVALID_DIMENSIONS")
        return found

    def _film(self, params: Params, name: str, place: str) -> media.Picture:
        stream = params.file(name, place).stream
        kind = media.film_kind(stream.read(12))
        stream.seek(0)
        film = media.keep_film(self._context.settings.media, stream, mime=kind or "video/mp4")
        if film.size > VIDEO_BYTES:
            raise bad("file is too big")
        if not kind:
            raise bad("wrong type of video file")
        return film

    def _link(self, params: Params, text: str) -> str | None:
        options = params.data("link_preview_options", {})
        found = URL.search(text)
        link = str(options.get("url") or "") or (found.group() if found else "")
        if not link or options.get("is_disabled"):
            return None
        self._context.looker.ask(link)
        return link
