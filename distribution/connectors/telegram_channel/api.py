"""One call of the Bot API through the guarded client. The token is part of the address: it is never kept, shown or logged (`newsroom.common.http.scrub`)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from distribution.connectors.base import JSON, Failure, FailureClass, Phase, Target
from distribution.connectors.files import FilePart, FormBody
from distribution.connectors.messages import sentence
from distribution.connectors.telegram_channel.config import RIGHTS, UPLOAD_READ_SECONDS, UPLOAD_SECONDS
from distribution.connectors.telegram_channel.errors import classify
from newsroom.common.http import NoAnswer, call

TOKEN = re.compile(r"\d{5,16}:[A-Za-z0-9_-]{20,100}\Z")
F = FailureClass


def telegram(target: Target, method: str, fields: JSON | None = None, *, phase: Phase, files: Sequence[FilePart] = ()) -> Any:
    """Call a method: the `result` of a success, else a Failure. Fields that are no text go as JSON, in a form as well. Raises LookupError for a file that is gone."""
    if not TOKEN.match(target.credential.token):
        return Failure(F.AUTH_DEAD, "token_dead", sentence("token_dead"))
    form = FormBody({name: _in_a_form(value) for name, value in (fields or {}).items()}, files) if files else None
    data = form if form is not None else json.dumps(fields or {}, ensure_ascii=False).encode()
    outcome = call(
        "POST", f"{target.address.rstrip('/')}/bot{target.credential.token}/{method}", data=data, headers={"Content-Type": form.content_type if form else "application/json"},
        allowed_origins=target.settings.get("allowed_origins", ()), read_seconds=float(target.settings.get("read_seconds", UPLOAD_READ_SECONDS if files else 30.0)),
        deadline_seconds=UPLOAD_SECONDS if files else 90.0,
    )  # fmt: skip
    if isinstance(outcome, NoAnswer):
        return classify(outcome, phase=phase)
    body = outcome.json()
    if outcome.status == 200 and isinstance(body, dict) and body.get("ok") is True and "result" in body:
        return body["result"]
    return classify(outcome, phase=phase)


def _in_a_form(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def an_object(found: Any) -> JSON | Failure:
    """A result that must be an object."""
    return found if isinstance(found, dict | Failure) else Failure(F.BUG, "unreadable", sentence("unreadable"))


def chat_of(target: Target, channel: str) -> JSON | Failure:
    """The channel itself; anything else that has a name there is none."""
    chat = an_object(telegram(target, "getChat", {"chat_id": channel}, phase=Phase.READ))
    if isinstance(chat, dict) and chat.get("type") != "channel":
        return Failure(F.AUTH_DEAD, "no_such_channel", sentence("no_such_channel"))
    return chat


def missing_rights(target: Target, channel: str) -> Failure | None:
    """None: the bot may post, edit and delete in the channel."""
    me = an_object(telegram(target, "getMe", phase=Phase.READ))
    if isinstance(me, Failure):
        return me
    member = an_object(telegram(target, "getChatMember", {"chat_id": channel, "user_id": me.get("id")}, phase=Phase.READ))
    if isinstance(member, Failure):
        return member
    lacks = [] if member.get("status") == "creator" else [right for right in RIGHTS if member.get("status") != "administrator" or member.get(right) is not True]
    return Failure(F.AUTH_DEAD, "bot_rights", sentence("bot_rights"), ", ".join(lacks)) if lacks else None
