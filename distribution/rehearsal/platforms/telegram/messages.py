"""Messages as the Bot API shows them, and the rows behind them. Readers see one post; an album is several messages."""

import json
import sqlite3
import time
from dataclasses import dataclass, field
from typing import Any

from distribution.rehearsal import media, posts, world
from distribution.rehearsal.platforms.telegram.errors import TelegramError, bad
from distribution.rehearsal.platforms.telegram.params import addresses

PLATFORM = "telegram"
CHANNELS = {channel.id: channel for channel in world.TELEGRAM_CHANNELS}


@dataclass(frozen=True)
class Item:
    """One message to be: its kind, its file, the shape of a video."""

    kind: str
    file: media.Picture | None = None
    shape: dict[str, Any] = field(default_factory=dict)


def chat_of(text: str) -> world.Account:
    """The channel of a chat_id. Raises TelegramError."""
    found = CHANNELS.get(text) or next((channel for channel in world.TELEGRAM_CHANNELS if f"@{channel.username}".lower() == text.lower()), None)
    if found is None:
        raise bad("chat not found")
    return found


def right(chat: world.Account, name: str) -> None:
    """Whether the bot may. Raises TelegramError."""
    if name not in chat.tasks:
        words = {"can_post_messages": "need administrator rights in the channel chat", "can_edit_messages": "message can't be edited", "can_delete_messages": "message can't be deleted"}
        raise bad(words[name])


def create(db: sqlite3.Connection, chat: world.Account, items: list[Item], words: str, entities: list[dict[str, Any]], link: str | None) -> list[int]:
    """Messages of one post, and the post that readers see."""
    ids: list[int] = []
    for number, item in enumerate(items):
        cursor = db.execute(
            "INSERT INTO telegram_messages (chat, post, kind, words, entities, shape, sent_at) VALUES (?, '', ?, ?, ?, ?, ?)",
            (chat.id, item.kind, words if number == 0 else "", json.dumps(entities if number == 0 else []), json.dumps(item.shape), time.time()),
        )
        ids.append(int(cursor.lastrowid or 0))
        if item.file is not None:
            _keep(db, chat, ids[-1], item.file)
    post, names = str(ids[0]), tuple(media_id(one) for one, item in zip(ids, items, strict=True) if item.file is not None)
    posts.create(db, posts.NewPost(PLATFORM, chat.id, post, words, link, names, True), print_of=post)
    album = str(12_000_000_000_000_000 + ids[0]) if len(ids) > 1 else ""
    db.execute(f"UPDATE telegram_messages SET post = ?, album = ? WHERE id IN ({','.join('?' * len(ids))})", (post, album, *ids))
    return ids


def media_id(message: int, version: int = 0) -> str:
    """The shared row of a message's file; an edit with another file makes another one."""
    return f"{message}-{version}"


def _keep(db: sqlite3.Connection, chat: world.Account, message: int, file: media.Picture, version: int = 0) -> str:
    name = media_id(message, version)
    media.add(db, platform=PLATFORM, account=chat.id, media_id=name, picture=file, alt="", caption="")
    db.execute("UPDATE telegram_messages SET media = ? WHERE id = ?", (name, message))
    return name


def get(db: sqlite3.Connection, chat: world.Account, message: int, *, to: str) -> sqlite3.Row:
    """A message that stands. Raises TelegramError."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM telegram_messages WHERE id = ? AND chat = ? AND deleted = 0", (message, chat.id)).fetchone()
    if row is None:
        raise bad(f"message to {to} not found")
    return row


def edit(db: sqlite3.Connection, row: sqlite3.Row, words: str, entities: list[dict[str, Any]], *, link: str | None = None) -> None:
    """Other words. Raises TelegramError where nothing would change."""
    if row["words"] == words and json.loads(row["entities"]) == entities:
        raise bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
    _rewrite(db, row, words, entities)
    if row["kind"] == "text":
        db.execute("UPDATE posts SET link = ? WHERE platform = ? AND id = ?", (link, PLATFORM, row["post"]))


def _rewrite(db: sqlite3.Connection, row: sqlite3.Row, words: str, entities: list[dict[str, Any]]) -> None:
    db.execute("UPDATE telegram_messages SET words = ?, entities = ?, edited_at = ? WHERE id = ?", (words, json.dumps(entities), time.time(), row["id"]))
    if str(row["id"]) == row["post"]:
        posts.edit(db, platform=PLATFORM, post_id=row["post"], text=words)


def exchange(db: sqlite3.Connection, chat: world.Account, row: sqlite3.Row, item: Item, words: str, entities: list[dict[str, Any]]) -> None:
    """Another file in the place of one that is there, with its words."""
    if row["kind"] == "text":
        raise bad("there is no media in the message to edit")
    if item.file is None or (row["album"] and item.kind not in ("photo", "video")):
        raise TelegramError("Bad Request: wrong type of media", 400)
    old = db.execute("SELECT position FROM media WHERE platform = ? AND id = ?", (PLATFORM, row["media"])).fetchone()
    db.execute("UPDATE media SET post_id = NULL WHERE platform = ? AND id = ?", (PLATFORM, row["media"]))
    name = _keep(db, chat, row["id"], item.file, int(row["media"].rpartition("-")[2]) + 1)
    db.execute("UPDATE media SET post_id = ?, position = ? WHERE platform = ? AND id = ?", (row["post"], old["position"], PLATFORM, name))
    db.execute("UPDATE telegram_messages SET kind = ?, shape = ? WHERE id = ?", (item.kind, json.dumps(item.shape), row["id"]))
    _rewrite(db, row, words, entities)


def delete(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    """A message is gone; the post with its last one."""
    db.execute("UPDATE telegram_messages SET deleted = 1 WHERE id = ?", (row["id"],))
    if db.execute("SELECT COUNT(*) FROM telegram_messages WHERE post = ? AND deleted = 0", (row["post"],)).fetchone()[0]:
        db.execute("UPDATE media SET post_id = NULL WHERE platform = ? AND id = ?", (PLATFORM, row["media"]))
    else:
        posts.delete(db, platform=PLATFORM, post_id=row["post"])


# As the interface shows them
def user() -> dict[str, Any]:
    """The bot."""
    bot = world.TELEGRAM_BOT
    return {"id": int(bot.id), "is_bot": True, "first_name": bot.name, "username": bot.username}


def me() -> dict[str, Any]:
    """getMe."""
    more = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries", "can_connect_to_business", "has_main_web_app")
    return {**user(), **dict.fromkeys(more, False)}


def chat(item: world.Account) -> dict[str, Any]:
    """The channel as messages name it."""
    return {"id": int(item.id), "title": item.name, "username": item.username, "type": "channel"}


def full_chat(item: world.Account) -> dict[str, Any]:
    """getChat."""
    gifts = dict.fromkeys(("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False)
    return {**chat(item), "accent_color_id": 4, "max_reaction_count": 11, "description": item.about, "accepted_gift_types": gifts}


def member(item: world.Account) -> dict[str, Any]:
    """getChatMember of the bot."""
    names = (
        "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members", "can_change_info",
        "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories", "can_post_messages", "can_edit_messages", "can_manage_direct_messages",
    )  # fmt: skip
    return {"status": "administrator", "user": user(), **{name: name in item.tasks or name == "can_manage_chat" for name in names}}


def shown(db: sqlite3.Connection, message: int) -> dict[str, Any]:
    """A message."""
    row = db.execute("SELECT * FROM telegram_messages WHERE id = ?", (message,)).fetchone()
    item = CHANNELS[row["chat"]]
    found: dict[str, Any] = {"message_id": row["id"], "date": int(row["sent_at"]), "chat": chat(item), "sender_chat": chat(item)}
    if row["edited_at"]:
        found["edit_date"] = int(row["edited_at"])
    if row["album"]:
        found["media_group_id"] = row["album"]
    words, entities = ("text", "entities") if row["kind"] == "text" else ("caption", "caption_entities")
    if row["words"]:
        found |= {words: row["words"], entities: [*json.loads(row["entities"]), *addresses(row["words"])]}
    return {**found, **(_file(db, row) if row["kind"] != "text" else {})}


def _file(db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    file = db.execute("SELECT * FROM media WHERE platform = ? AND id = ?", (PLATFORM, row["media"])).fetchone()
    about = {"file_id": f"{row['kind']}-{file['id']}", "file_unique_id": file["sha256"][:16], "file_size": file["bytes"]}
    if row["kind"] == "photo":
        return {"photo": [{**about, "width": file["width"], "height": file["height"]}]}
    shape = json.loads(row["shape"])
    return {"video": {**about, "width": shape.get("width", 0), "height": shape.get("height", 0), "duration": shape.get("duration", 0), "mime_type": file["mime"]}}
