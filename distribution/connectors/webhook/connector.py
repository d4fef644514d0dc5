"""Partners: one signed POST for each change of a story (docs/webhook.md).

The message's id is the id of the operation, the same at every try, and receivers drop an id that they have. So what was lost may be sent again: a lookup
is the same message once more, and its 2xx says that the partner has it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from ulid import ULID

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
from distribution.connectors.texts import with_hashtags, words_of
from distribution.connectors.webhook import config, ninjs
from distribution.connectors.webhook.errors import classify
from distribution.connectors.webhook.options import OPTIONS
from newsroom.common.http import Answer, NoAnswer, call
from newsroom.common.webhooks import signed_headers

F = FailureClass


class Webhook:
    """One partner's address."""

    kind = "webhook"
    label = "Webhook"
    options = OPTIONS

    def capabilities(self, settings: JSON) -> Capabilities:
        """Everything can be told: a story, its change, its end."""
        return Capabilities(
            kinds=("ninjs",), text_limit=config.TEXT_LIMIT, picture_limit=config.PICTURE_LIMIT, can_edit=True, can_delete=True, can_lookup=True, link_editable=True,
            settle_seconds=float(settings.get("settle_seconds", config.SETTLE_SECONDS)), minimum_gap=float(settings.get("minimum_gap", 0)),
        )  # fmt: skip

    def compose(self, *, snapshot: Snapshot, marker: str, settings: JSON) -> Payload:
        """The story as an item of ninjs, with the marker in the link that leads readers back."""
        link = f"{snapshot.link}{'&' if '?' in snapshot.link else '?'}{urlencode({'utm_source': 'partner', 'utm_medium': 'webhook', 'utm_id': marker})}"
        item = ninjs.story_item(snapshot, link=link, language=str(settings.get("language", "vi")))
        card = {"title": snapshot.headline, "host": urlsplit(snapshot.link).netloc}
        return Payload("ninjs", marker, {"words": words_of(snapshot), "text": with_hashtags(snapshot), "item": item, "card": card, "pictures": [p.key for p in snapshot.pictures if p.address]})

    def validate(self, *, payload: Payload, settings: JSON) -> list[Problem]:
        """Emptiness and length of the channel's words."""
        found: list[Problem] = []
        if not payload.body["words"].strip():
            found.append(Problem("text", "text_empty", sentence("text_empty"), True))
        if (length := len(payload.body["text"])) > config.TEXT_LIMIT:
            found.append(Problem("text", "text_too_long", sentence("text_too_long"), True, {"count": length, "limit": config.TEXT_LIMIT}))
        return found

    def preview(self, *, payload: Payload) -> JSON:
        """The channel's words and the story's card: a partner shows them in a way of its own."""
        body = payload.body
        link = next((one["href"] for one in body["item"].get("renditions", ()) if one.get("contentType") == "text/html"), "")
        return {"text": body["text"], "card": body["card"], "pictures": body["pictures"], "length": len(body["text"]), "link": link}

    def stage(self, *, target: Target, payload: Payload, handle: JSON, media: Media) -> Staged | Wait | Failure:
        """Nothing goes before the message: pictures are fetched from the paper by their addresses."""
        return Staged({})

    def commit(self, *, target: Target, payload: Payload, handle: JSON) -> Published | Wait | Failure:
        """Tell the story."""
        answer = send(target, config.PUBLISHED, payload.body["item"], message_id=_id_of(target, payload.marker), phase=Phase.COMMIT)
        return answer if isinstance(answer, Failure) else Published(payload.body["item"]["uri"], _address_in(answer))

    def check(self, *, target: Target, handle: JSON, remote_id: str) -> Look | Wait | Failure:
        """A partner cannot be asked what it shows."""
        return Look(Sight.CANNOT)

    def lookup(self, *, target: Target, payload: Payload, since: datetime, handle: JSON) -> Look | Failure:
        """The same message once more: who has it drops it, who has it not takes it now. A story withdrawn meanwhile is not told again: its take-down,
        which follows, is right whether the partner had it or not."""
        uri = payload.body["item"]["uri"]
        if target.job is not None and not target.job.wanted:
            return Look(Sight.FOUND, uri)
        answer = send(target, config.PUBLISHED, payload.body["item"], message_id=_id_of(target, payload.marker), phase=Phase.READ)
        return answer if isinstance(answer, Failure) else Look(Sight.FOUND, uri, _address_in(answer))

    def update(self, *, target: Target, remote_id: str, payload: Payload) -> Done | Failure:
        """Tell the new version, with the notice where it is a correction."""
        kind = config.CHANGES.get(target.job.event if target.job else "", config.UPDATED)
        answer = send(target, kind, payload.body["item"], message_id=_id_of(target, payload.marker), phase=Phase.STAGE)
        return answer if isinstance(answer, Failure) else Done()

    def delete(self, *, target: Target, remote_id: str) -> Done | Failure:
        """Tell that the story is withdrawn: never why, which stays inside."""
        event, version = (target.job.event, target.job.version) if target.job else ("", 1)
        message_id = _id_of(target, f"cancel-{remote_id}")
        item = ninjs.canceled_item(remote_id, version=version, moment=moment_of(message_id))
        answer = send(target, config.REMOVALS.get(event, config.WITHDRAWN), item, message_id=message_id, phase=Phase.STAGE)
        return answer if isinstance(answer, Failure) else Done()

    def health(self, *, target: Target) -> Health | Failure:
        """A signed ping: is the address there, is the secret right. A partner's name is what we call it."""
        answer = send(target, config.PING, {}, message_id=str(ULID()), phase=Phase.READ)
        return answer if isinstance(answer, Failure) else Health("", target.remote_id)

    def refresh(self, *, target: Target) -> Credential | Failure:
        """Secrets do not end by time: a person changes them."""
        return Failure(F.AUTH_DEAD, "webhook_signature", sentence("webhook_signature"))


def send(target: Target, kind: str, data: JSON, *, message_id: str, phase: Phase) -> Any | Failure:
    """One signed message: what the partner answered to a success (JSON or None), else the failure."""
    message = {"type": kind, "timestamp": moment_of(message_id), "data": data}
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        headers = signed_headers(secrets=target.credential.token.split(), message_id=message_id, body=body, now=datetime.now(UTC))
    except ValueError:
        return Failure(F.AUTH_DEAD, "webhook_secret", sentence("webhook_secret"))
    outcome = call(
        "POST", target.address, data=body, headers=headers, allowed_origins=target.settings.get("allowed_origins", ()),
        read_seconds=float(target.settings.get("read_seconds", config.READ_SECONDS)), largest=256 * 1024,
    )  # fmt: skip
    return outcome.json() if _is_success(outcome) and isinstance(outcome, Answer) else classify(outcome, phase=phase)


def moment_of(message_id: str) -> str:
    """When the operation was ordered, the same at every try: it is in its id. Of an id that is no ULID: now."""
    try:
        return ULID.from_str(message_id).datetime.isoformat(timespec="milliseconds")
    except ValueError:
        return datetime.now(UTC).isoformat(timespec="milliseconds")


def _is_success(outcome: Answer | NoAnswer) -> bool:
    return isinstance(outcome, Answer) and 200 <= outcome.status < 300


def _id_of(target: Target, otherwise: str) -> str:
    return target.job.id if target.job else otherwise


def _address_in(answer: Any) -> str:
    """Where the partner shows it, if it says so."""
    url = answer.get("url") if isinstance(answer, dict) else None
    return url if isinstance(url, str) and url.startswith(("https://", "http://")) and len(url) <= 500 else ""
