"""Videos in parts (channels.md 1.3): start, transfer, finish. Nothing is seen before the finish, which is the commit.

The platform says which part it wants next; it is always obeyed. A worker that comes after a killed one sends the part of the handle: where the
platform has it already, it answers with the place to go on from. The video's id is known from the start, so a lost answer is settled by asking for it.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from distribution.connectors.base import (
    JSON,
    Failure,
    FailureClass,
    Look,
    Media,
    MediaFile,
    Payload,
    Phase,
    Published,
    Sight,
    Staged,
    Target,
    Wait,
)
from distribution.connectors.facebook_page import config
from distribution.connectors.facebook_page.errors import graph_error, number
from distribution.connectors.facebook_page.graph import graph, read, send
from distribution.connectors.files import Slice
from distribution.connectors.messages import sentence
from newsroom.common.http import Answer, NoAnswer

F = FailureClass
NEW: JSON = {"session": "", "video_id": "", "upload_url": "", "start": 0, "end": 0}
STATUS = "status,published,permalink_url,post_id"
Place = tuple[int, int]


class Part(Slice):
    """A part of the file, read in steps while it is sent."""


class Form:
    """multipart/form-data whose last field is a part of a big file."""

    def __init__(self, fields: JSON, name: str, part: Slice) -> None:
        edge = secrets.token_hex(16)
        self.mime = f"multipart/form-data; boundary={edge}"
        words = "".join(f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items())
        file = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="video.mp4"\r\nContent-Type: video/mp4\r\n\r\n'
        self._head, self._part, self._tail = (words + file).encode(), part, f"\r\n--{edge}--\r\n".encode()

    def __len__(self) -> int:
        return len(self._head) + len(self._part) + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        yield from self._part
        yield self._tail


def at_video_host(target: Target) -> Target:
    """The same account where Facebook takes videos; a rehearsal platform takes them at its one address."""
    video = (target.settings.get("addresses") or {}).get("video") or (config.VIDEO_ADDRESS if target.address.rstrip("/") == config.ADDRESS else "")
    return replace(target, address=video) if video else target


def step(target: Target, handle: JSON, file: MediaFile) -> Staged | Wait | Failure:
    """Open the upload, or send parts for some seconds."""
    if not handle.get("session"):
        return _open(target, handle, file)
    if handle["start"] >= handle["end"]:
        return _complete(target, handle)
    return _send(target, handle, file)


def _open(target: Target, handle: JSON, file: MediaFile) -> Wait | Failure:
    """A lost answer may be asked for anew: a session that nobody uses shows nothing."""
    opened = int(handle.get("opened", 0))
    if opened >= config.MOST_SESSIONS:
        return Failure(F.CONTENT, "facebook_video_rejected", sentence("facebook_video_rejected"))
    data: JSON = {"upload_phase": "start", "file_size": str(file.size)}
    answer = graph(at_video_host(target), "POST", f"{target.remote_id}/videos", phase=Phase.STAGE, data=data)
    if isinstance(answer, Failure):
        return answer
    place, session, video_id = place_of(answer), str(answer.get("upload_session_id") or ""), str(answer.get("video_id") or "")
    if not session or not video_id or place is None:
        return Failure(F.TRANSIENT_SAFE, "unreadable", sentence("unreadable"))
    return Wait(0.0, {"session": session, "video_id": video_id, "start": place[0], "end": place[1], "opened": opened + 1})


def _send(target: Target, handle: JSON, file: MediaFile) -> Wait | Failure:
    start, end, stalls = int(handle["start"]), int(handle["end"]), 0
    began, until = start, time.monotonic() + float(target.settings.get("slice_seconds", config.SLICE_SECONDS))
    while start < end:
        outcome = _transfer(target, handle["session"], file, start, end)
        if isinstance(outcome, Failure):
            if outcome.kind == F.GONE:
                return Wait(0.0, dict(NEW))
            moved = outcome.kind == F.TRANSIENT_SAFE and start > began
            return Wait(2.0, {"start": start, "end": end}) if moved else outcome  # it moves: a bad line uses up no try
        stalls = 0 if outcome[0] > start else stalls + 1
        start, end = outcome
        if stalls > config.STALLS:
            return Failure(F.TRANSIENT_SAFE, "platform_down", sentence("platform_down"))
        if time.monotonic() > until:
            break
    return Wait(0.0, {"start": start, "end": end})


def _transfer(target: Target, session: str, file: MediaFile, start: int, end: int) -> Place | Failure:
    """One part; the place of the next. A part that is there already is answered with the place to go on from."""
    form = Form({"upload_phase": "transfer", "upload_session_id": session, "start_offset": start}, "video_file_chunk", Part(file, start=start, length=min(end, file.size) - start))
    outcome = send(at_video_host(target), "POST", f"{target.remote_id}/videos", data=form, mime=form.mime, read_seconds=config.CHUNK_READ_SECONDS)
    place = _corrected(outcome)
    if place is not None:
        return place
    answer = read(outcome, phase=Phase.STAGE)
    if isinstance(answer, Failure):
        return answer
    return place_of(answer) or Failure(F.TRANSIENT_SAFE, "unreadable", sentence("unreadable"))


def _corrected(outcome: Answer | NoAnswer) -> Place | None:
    """Where to go on, if the answer is that this is the wrong place. Facebook writes the data as an object or as JSON in a text."""
    error = graph_error(outcome) if isinstance(outcome, Answer) else None
    if error is None or number(error.get("error_subcode")) != 1363037:
        return None
    data: Any = error.get("error_data")
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            return None
    return place_of(data) if isinstance(data, dict) else None


def place_of(answer: JSON) -> Place | None:
    """Both offsets, which come as texts."""
    found = [str(answer.get(name, "")) for name in ("start_offset", "end_offset")]
    if not all(text.isascii() and text.isdigit() for text in found):
        return None
    return int(found[0]), int(found[1])


def _complete(target: Target, handle: JSON) -> Staged | Wait | Failure:
    """All parts are there; is the upload still known?"""
    answer = graph(target, "GET", handle["video_id"], phase=Phase.READ, params={"fields": STATUS})
    if isinstance(answer, Failure):
        return Wait(0.0, dict(NEW)) if answer.kind == F.GONE else answer
    return Wait(0.0, dict(NEW)) if status_of(answer).get("video_status") == "expired" else Staged({})


def finish(target: Target, payload: Payload, handle: JSON) -> Published | Wait | Failure:
    """The one call after which readers will see the video; its picture goes with it."""
    data: JSON = {
        "upload_phase": "finish", "upload_session_id": handle["session"], "title": payload.body["title"], "description": payload.body["message"], "published": "true",
    }  # fmt: skip
    answer = graph(at_video_host(target), "POST", f"{target.remote_id}/videos", phase=Phase.COMMIT, data=data, files=_thumb(target, payload))
    return after_finish(target, handle, answer)


def _thumb(target: Target, payload: Payload) -> JSON | None:
    """The poster, where there is one that Facebook takes; a video never waits for its picture."""
    poster, media = payload.body["video"].get("poster"), target.job.media if target.job else None
    try:
        content, mime = media.read(poster["key"]) if poster and media else (b"", "")
    except LookupError:
        return None
    return {"thumb": ("thumb.jpg", content, mime)} if 0 < len(content) <= config.PICTURE_BYTES else None


def after_finish(target: Target, handle: JSON, answer: JSON | Failure) -> Published | Wait | Failure:
    """What the finish came to: often the platform still works on the video."""
    if isinstance(answer, Failure):
        return answer
    if answer.get("success") is False:
        return Failure(F.AMBIGUOUS, "lost_answer", sentence("lost_answer"))
    seen = look(target, str(handle["video_id"]))
    if isinstance(seen, Look) and seen.sight == Sight.FOUND:
        return Published(seen.remote_id, seen.url)
    return Wait(seen.seconds if isinstance(seen, Wait) else 5.0)


def look(target: Target, video_id: str) -> Look | Wait | Failure:
    """Whether readers see the video; Wait while the platform works on one that was finished; NOT_FOUND where the finish never arrived."""
    answer = graph(target, "GET", quote(video_id), phase=Phase.READ, params={"fields": STATUS})
    if isinstance(answer, Failure):
        return Look(Sight.NOT_FOUND) if answer.kind == F.GONE else answer
    status = status_of(answer)
    phases = {name: phase_of(status, name) for name in ("uploading", "processing", "publishing")}
    state = str(status.get("video_status") or "")
    if state == "error" or "error" in phases.values():
        return Failure(F.CONTENT, "facebook_video_rejected", sentence("facebook_video_rejected"), platform_message=json.dumps(status, ensure_ascii=False)[:500])
    ready = state == "ready" and answer.get("published") is not False and phases["publishing"] not in ("not_started", "in_progress")
    if phases["publishing"] == "complete" or ready:
        return Look(Sight.FOUND, post_id(target, answer) or video_id, address_of(target, answer))
    works = state == "processing" or "in_progress" in (phases["processing"], phases["publishing"])
    return Wait(10.0) if works else Look(Sight.NOT_FOUND)


def status_of(answer: JSON) -> JSON:
    """The status of a video; takes whatever the platform sends."""
    status = answer.get("status")
    return status if isinstance(status, dict) else {}


def phase_of(status: JSON, name: str) -> str:
    """How far one phase is: not_started, in_progress, complete, error; empty where nothing is said."""
    phase = status.get(f"{name}_phase")
    return str(phase.get("status") or "") if isinstance(phase, dict) else ""


def post_id(target: Target, answer: JSON) -> str:
    """The id of the post that shows the video, with the Page's before it."""
    found = str(answer.get("post_id") or "")
    return found if not found or "_" in found else f"{target.remote_id}_{found}"


def address_of(target: Target, answer: JSON) -> str:
    """Where readers watch it: Facebook gives videos an address without its host."""
    address = str(answer.get("permalink_url") or "")
    return f"{config.DIALOG}{address}" if address.startswith("/") else address


def shown_by(target: Target, remote_id: str) -> str:
    """The video that a post shows; empty where it shows none, or Facebook does not say. An id without the Page's before it is a video's own."""
    if "_" not in remote_id:
        return remote_id
    answer = graph(target, "GET", quote(remote_id, safe="_"), phase=Phase.READ, params={"fields": "attachments{media_type,target{id}}"})
    attachments = answer.get("attachments") if not isinstance(answer, Failure) else None
    rows = attachments.get("data") if isinstance(attachments, dict) else None
    for row in rows or []:
        if isinstance(row, dict) and row.get("media_type") == "video" and isinstance(row.get("target"), dict):
            return str(row["target"].get("id") or "")
    return ""


def file_of(payload: Payload, media: Media) -> MediaFile | Failure:
    """The very file that was approved."""
    video = payload.body.get("video")
    try:
        file = media.file(video["key"]) if video else None
    except LookupError:
        file = None
    if file is None:
        return Failure(F.CONTENT, "no_video", sentence("no_video"))
    return file if file.size == payload.body["video"]["size"] else Failure(F.CONTENT, "video_changed", sentence("video_changed"))
