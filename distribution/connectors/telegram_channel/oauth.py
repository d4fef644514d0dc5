"""Connecting a channel: a bot's token and the channel's name. Proved before anything is kept: the channel is one, the bot may post, edit and delete in it."""

from __future__ import annotations

import re

from distribution.connectors.base import Credential, Failure, FailureClass, Target
from distribution.connectors.logins import App, Choice, KeyField
from distribution.connectors.messages import sentence
from distribution.connectors.telegram_channel.api import chat_of, missing_rights
from distribution.connectors.telegram_channel.config import ADDRESS, PAGE

NAME = re.compile(r"(?:https?://t\.me/|@)?([A-Za-z]\w{3,31})/?\Z")
NUMBER = re.compile(r"-\d{5,20}\Z")


def _(sentence: str) -> str:
    """Mark for translation; connectors know no Django."""
    return sentence


class TelegramLogin:
    """A form of two fields."""

    label = "Telegram"
    rehearsal = "telegram"
    address = ADDRESS
    fields: tuple[KeyField, ...] = (
        KeyField("token", _("Bot token"), secret=True, help=_("BotFather gives it for a bot that you make there: numbers, a colon, letters.")),
        KeyField("channel", _("Channel"), help=_("@name of the channel, or its number that begins with -100. The bot must be an administrator of it who may post, edit and delete messages.")),
    )

    def choices(self, app: App, values: dict[str, str]) -> list[Choice] | Failure:
        """The one channel."""
        channel = channel_of(values["channel"])
        if not channel:
            return Failure(FailureClass.CONFIG, "no_such_channel", sentence("no_such_channel"))
        target = Target("", app.address, Credential(values["token"]), app.settings)
        chat = chat_of(target, channel)
        if isinstance(chat, Failure):
            return chat
        remote_id = str(chat.get("id"))
        if (refused := missing_rights(target, remote_id)) is not None:
            return refused
        base, username = PAGE if app.address == ADDRESS or app.places else app.address, str(chat.get("username") or "")
        page = f"{base}/{username}" if username else f"{base}/c/{remote_id.removeprefix('-100')}"
        return [Choice(remote_id, str(chat.get("title") or ""), values["token"], settings={"page": page})]


def channel_of(text: str) -> str:
    """@name or number of what a person typed; empty for what is neither."""
    text = text.strip()
    if NUMBER.match(text):
        return text
    found = NAME.match(text)
    return f"@{found[1]}" if found else ""
