"""Telegram channel: one call posts words, pictures or a video. Telegram knows no key and no list of messages: a lost answer is for a person (channels.md 4, 14)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from distribution.connectors.base import (
    JSON,
    Capabilities,
    Credential,
    Done,
    Failure,
    FailureClass,
    Health,
    Look,
    Media,
    Payload,
    Phase,
    Problem,
    Published,
    Sight,
    Snapshot,
    Staged,
    Target,
    Wait,
)  # fmt: skip
from distribution.connectors.messages import sentence
from distribution.connectors.telegram_channel import config, sending, texts
from distribution.connectors.telegram_channel.api import chat_of, missing_rights, telegram
from distribution.connectors.telegram_channel.options import OPTIONS

F = FailureClass
IDS = re.compile(r"\d{1,18}(\+\d{1,18}){0,9}\Z")


class TelegramChannel:
    """One channel that a bot of ours posts to. A post's id here is its message's number; of an album all numbers, with "+" between them."""

    kind = "telegram_channel"
    label = "Telegram"
    options = OPTIONS

    def capabilities(self, settings: JSON) -> Capabilities:
        """What a channel can do. Views of a post are not told to bots."""
        limit = config.TEXT_LIMIT if settings.get("mode", "link") == "link" else config.CAPTION_LIMIT
        return Capabilities(
            kinds=config.MODES, text_limit=limit, picture_limit=config.MOST_PICTURES, can_edit=True, can_delete=True, can_lookup=False, link_editable=True,
            minimum_gap=float(settings.get("minimum_gap", config.GAP_SECONDS)), text_unit="utf16", can_carry_video=True,
        )  # fmt: skip

    def compose(self, *, snapshot: Snapshot, marker: str, settings: JSON) -> Payload:
        """Words, link, hashtags, and what the post shows."""
        return texts.compose(snapshot=snapshot, marker=marker, settings=settings)

    def validate(self, *, payload: Payload, settings: JSON) -> list[Problem]:
        """Length in UTF-16 units, emptiness, size of the video."""
        return texts.validate(payload=payload, settings=settings)

    def preview(self, *, payload: Payload) -> JSON:
        """What readers there will see."""
        return texts.preview(payload)

    def stage(self, *, target: Target, payload: Payload, handle: JSON, media: Media) -> Staged | Wait | Failure:
        """Nothing can be sent before the post itself. Where the platform is switched off nothing new goes out."""
        if target.settings.get("enabled") is False:
            return Failure(F.CONFIG, "switched_off", sentence("switched_off"))
        return Staged({})

    def commit(self, *, target: Target, payload: Payload, handle: JSON) -> Published | Wait | Failure:
        """The one call, files and all."""
        found = sending.send(target, payload)
        if isinstance(found, Failure):
            return found
        rows = found if isinstance(found, list) else [found]
        ids = [str(row["message_id"]) for row in rows if isinstance(row, dict) and isinstance(row.get("message_id"), int)]
        if not ids or len(ids) != len(rows):
            return Failure(F.AMBIGUOUS, "lost_answer", sentence("lost_answer"))
        page = str(target.settings.get("page") or "")
        return Published("+".join(ids), f"{page}/{ids[0]}" if page else "")

    def check(self, *, target: Target, handle: JSON, remote_id: str) -> Look | Wait | Failure:
        """Bots cannot read what a channel holds."""
        return Look(Sight.CANNOT)

    def lookup(self, *, target: Target, payload: Payload, since: datetime, handle: JSON) -> Look | Failure:
        """Bots cannot read what a channel holds: a person looks."""
        return Look(Sight.CANNOT)

    def update(self, *, target: Target, remote_id: str, payload: Payload) -> Done | Failure:
        """Edit words, and pictures where they are not the same any more. Their number cannot change: that is a person's work."""
        ids = ids_of(remote_id)
        if not ids:
            return Failure(F.CONTENT, "message_locked", sentence("message_locked"))
        if len(ids) != max(1, len(payload.body["media"])):
            return Failure(F.CONTENT, "cannot_reshape", sentence("cannot_reshape"))
        shows = target.job.shows if target.job else None
        same = shows is not None and shows.body.get("media") == payload.body["media"]
        found = sending.edit_words(target, payload, ids[0]) if same or payload.kind == "text" else sending.edit_media(target, payload, ids)
        if not isinstance(found, Failure) or found.code == "not_modified":
            return Done()
        return Done(gone=True) if found.kind == F.GONE else found

    def delete(self, *, target: Target, remote_id: str) -> Done | Failure:
        """Take every message of the post away; what is not there is done. After 48 hours, or without the right, Telegram refuses: a person does it."""
        ids = ids_of(remote_id)
        shows = target.job.shows if target.job else None
        if not ids or (shows is not None and len(shows.body.get("media", ())) > len(ids)):
            return Failure(F.CONTENT, "album_by_hand", sentence("album_by_hand"))
        there = 0
        for message_id in ids:
            found: Any = telegram(target, "deleteMessage", {"chat_id": target.remote_id, "message_id": int(message_id)}, phase=Phase.STAGE)
            if isinstance(found, Failure) and found.kind != F.GONE:
                return found
            there += not isinstance(found, Failure)
        return Done(gone=there == 0)

    def health(self, *, target: Target) -> Health | Failure:
        """Whether the channel is there and the bot may post, edit and delete in it."""
        chat = chat_of(target, target.remote_id)
        if isinstance(chat, Failure):
            return chat
        if str(chat.get("id")) != target.remote_id:
            return Failure(F.AUTH_DEAD, "wrong_channel", sentence("wrong_channel"))
        return missing_rights(target, target.remote_id) or Health(str(chat.get("title") or ""), target.remote_id, config.RIGHTS)

    def refresh(self, *, target: Target) -> Credential | Failure:
        """A bot's token does not end by time; a new one comes from BotFather."""
        return Failure(F.AUTH_DEAD, "token_dead", sentence("token_dead"))

    def post_at(self, *, url: str, account_id: str, settings: JSON) -> str | None:
        """The message's number, where the address is one of this channel."""
        page, address = str(settings.get("page") or ""), url.split("?")[0].split("#")[0].rstrip("/").replace("/s/", "/", 1)
        if not page:
            return ""
        number = address.removeprefix(f"{page}/")
        return number if number != address and IDS.match(number) and "+" not in number else None


def ids_of(remote_id: str) -> list[str]:
    """The numbers of a post's messages; none where it is no id of ours."""
    return remote_id.split("+") if IDS.match(remote_id) else []
