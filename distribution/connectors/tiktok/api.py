"""One call of the Content Posting API: signed, through the guarded client; and what its answers hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from distribution.connectors.base import JSON, Failure, Phase, Target
from distribution.connectors.tiktok import config
from distribution.connectors.tiktok.errors import classify, code_of
from newsroom.common.http import NoAnswer, call

STATUS = "v2/post/publish/status/fetch/"
CREATOR = "v2/post/publish/creator_info/query/"
FIELDS = "id,share_url,create_time,video_description,view_count,like_count,comment_count,share_count"


def tiktok(target: Target, path: str, body: JSON | None = None, *, phase: Phase, params: Mapping[str, Any] | None = None, method: str = "POST") -> JSON | Failure:
    """Call `path` of the target's address: the `data` of a success, else the failure. Success is `error.code` "ok", whatever the status says."""
    headers = {"Authorization": f"Bearer {target.credential.token}"}
    if method == "POST":
        headers["Content-Type"] = "application/json; charset=UTF-8"
    outcome = call(
        method, f"{target.address.rstrip('/')}/{path}", params=params, data=json.dumps(body or {}, ensure_ascii=False).encode() if method == "POST" else None,
        headers=headers, allowed_origins=target.settings.get("allowed_origins", ()), read_seconds=float(target.settings.get("read_seconds", 30.0)),
    )  # fmt: skip
    if isinstance(outcome, NoAnswer):
        return classify(outcome, phase=phase)
    answer = outcome.json()
    if 200 <= outcome.status < 300 and not code_of(outcome)[0] and isinstance(answer, dict) and isinstance(answer.get("data"), dict):
        found: JSON = answer["data"]
        return found
    return classify(outcome, phase=phase)


@dataclass(frozen=True)
class State:
    """What TikTok tells of one publish_id. Numbers of posts are texts: they are longer than JavaScript counts."""

    status: str
    reason: str
    uploaded: int
    posts: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """It came to nothing: only now a new one is safe."""
        return self.status == "FAILED"

    @property
    def complete(self) -> bool:
        """It is a post."""
        return self.status == "PUBLISH_COMPLETE"

    def accepted(self, size: int) -> bool:
        """Every byte is there: TikTok works on it, or is done."""
        return self.status in ("PUBLISH_COMPLETE", "SEND_TO_USER_INBOX", "PROCESSING_DOWNLOAD") or (size > 0 and self.uploaded >= size)


def state_of(target: Target, publish_id: str) -> State | Failure:
    """The state of a publish_id."""
    data = tiktok(target, STATUS, {"publish_id": publish_id}, phase=Phase.READ)
    if isinstance(data, Failure):
        return data
    ids = data.get("publicaly_available_post_id")  # their spelling
    uploaded = data.get("uploaded_bytes")
    return State(
        str(data.get("status") or ""), str(data.get("fail_reason") or ""), uploaded if isinstance(uploaded, int) else 0, tuple(str(one) for one in ids) if isinstance(ids, list) else ()
    )


def videos(target: Target, ids: tuple[str, ...]) -> dict[str, JSON] | Failure:
    """Posts by their id, as video/query tells them. What is missing was deleted, made private, or is looked at by TikTok."""
    found: dict[str, JSON] = {}
    for start in range(0, len(ids), config.MOST_QUERIED):
        body: JSON = {"filters": {"video_ids": list(ids[start : start + config.MOST_QUERIED])}}
        data = tiktok(target, "v2/video/query/", body, phase=Phase.READ, params={"fields": FIELDS})
        if isinstance(data, Failure):
            return data
        found |= {str(row.get("id")): row for row in _rows(data)}
    return found


def newest(target: Target) -> list[JSON] | Failure:
    """The account's newest public posts."""
    data = tiktok(target, "v2/video/list/", {"max_count": 20}, phase=Phase.READ, params={"fields": FIELDS})
    return data if isinstance(data, Failure) else _rows(data)


def _rows(data: JSON) -> list[JSON]:
    rows = data.get("videos")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def creator(target: Target) -> JSON | Failure:
    """What the account may do now. Asked again right before a post (3b.2); nothing is changed by it, so its lost answer is no open question."""
    return tiktok(target, CREATOR, phase=Phase.STAGE)


def is_platform_address(target: Target, url: str) -> bool:
    """Whether an upload address that the platform gave belongs to it: the file must go nowhere else."""
    given, own = urlsplit(url), urlsplit(target.address)
    if (given.scheme, given.netloc) == (own.scheme, own.netloc) or f"{given.scheme}://{given.netloc}" in target.settings.get("allowed_origins", ()):
        return True
    host = str(given.hostname or "")
    return given.scheme == "https" and given.port in (None, 443) and (host in config.UPLOAD_HOSTS or host.endswith(config.UPLOAD_DOMAIN))
