"""One call of a Mastodon server: signed, through the guarded client; and what its answers hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from distribution.connectors.base import JSON, Failure, FailureClass, Phase, Target
from distribution.connectors.files import FormBody
from distribution.connectors.mastodon.config import UPLOAD_SECONDS
from distribution.connectors.mastodon.errors import classify
from distribution.connectors.messages import sentence
from newsroom.common.http import NoAnswer, call

STATUSES = "api/v1/statuses"
# What the server tells of itself → the setting that keeps it.
LIMITS = (
    ("statuses", "max_characters", "text_limit"), ("statuses", "characters_reserved_per_url", "url_length"), ("statuses", "max_media_attachments", "picture_limit"),
    ("media_attachments", "image_size_limit", "picture_bytes"), ("media_attachments", "video_size_limit", "video_bytes"),
)  # fmt: skip


def mastodon(
    target: Target, method: str, path: str, *, phase: Phase, params: Mapping[str, Any] | None = None, body: JSON | None = None, form: FormBody | None = None, key: str = "",
) -> JSON | Failure:  # fmt: skip
    """Call `path` of the target's address: the JSON object of a success, else the failure. `key`: the server does a write of the same key once."""
    found = _ask(target, method, path, phase=phase, params=params, body=body, form=form, key=key)
    if isinstance(found, Failure | dict):
        return found
    return _unreadable(phase)


def mastodon_rows(target: Target, path: str, *, params: Mapping[str, Any]) -> list[JSON] | Failure:
    """A list of the server's, read."""
    found = _ask(target, "GET", path, phase=Phase.READ, params=params)
    if isinstance(found, list):
        return [row for row in found if isinstance(row, dict)]
    return found if isinstance(found, Failure) else _unreadable(Phase.READ)


def _unreadable(phase: Phase) -> Failure:
    if phase == Phase.COMMIT:
        return Failure(FailureClass.AMBIGUOUS, "lost_answer", sentence("lost_answer"))
    return Failure(FailureClass.BUG, "unreadable", sentence("unreadable"))


def _ask(
    target: Target, method: str, path: str, *, phase: Phase, params: Mapping[str, Any] | None = None, body: JSON | None = None, form: FormBody | None = None, key: str = "",
) -> Any:  # fmt: skip
    headers = {"Authorization": f"Bearer {target.credential.token}", "Accept": "application/json", "Accept-Language": "en"}
    if key:
        headers["Idempotency-Key"] = key
    if form is not None:
        headers["Content-Type"] = form.content_type
    elif body is not None:
        headers["Content-Type"] = "application/json"
    data = form if form is not None else None if body is None else json.dumps(body, ensure_ascii=False).encode()
    outcome = call(
        method, f"{target.address.rstrip('/')}/{path}", params=params, data=data, headers=headers, allowed_origins=target.settings.get("allowed_origins", ()),
        read_seconds=float(target.settings.get("read_seconds", 30.0)), deadline_seconds=UPLOAD_SECONDS if form is not None else 90.0,
    )  # fmt: skip
    if isinstance(outcome, NoAnswer) or not 200 <= outcome.status < 300 or not isinstance(found := outcome.json(), dict | list):
        return classify(outcome, phase=phase)
    return found


def text_of(row: JSON, name: str) -> str:
    """A text of an answer; empty where it is none."""
    value = row.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def media_ids(status: JSON) -> list[str]:
    """The ids of what a post shows, in their order."""
    rows = status.get("media_attachments")
    return [text_of(row, "id") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def limits_of(about: JSON) -> JSON:
    """The limits of a server, by what it tells of itself, as settings of an account."""
    configuration = about.get("configuration")
    found: JSON = {}
    for group, name, setting in LIMITS:
        rows = configuration.get(group) if isinstance(configuration, dict) else None
        value = rows.get(name) if isinstance(rows, dict) else None
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            found[setting] = value
    return found
