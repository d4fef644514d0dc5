"""The resumable upload (channels.md 2.2). Its session address is kept in the handle: whoever comes next asks it what has arrived.

The platform's own count is the truth: every step begins with that question, so that a killed worker costs at most one chunk.
The address is a key in itself: it is never logged.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from distribution.connectors.base import JSON, Failure, FailureClass, MediaFile, Payload, Phase, Target, Wait
from distribution.connectors.files import Slice
from distribution.connectors.messages import sentence
from distribution.connectors.youtube import config
from distribution.connectors.youtube.api import clock, is_platform_address, send
from distribution.connectors.youtube.errors import classify
from distribution.connectors.youtube.texts import snippet_of, status_of
from newsroom.common.http import Answer, NoAnswer


@dataclass(frozen=True)
class Received:
    """So many bytes are there. None: the answer did not say."""

    count: int | None


@dataclass(frozen=True)
class Complete:
    """All is there; the video has this id."""

    video_id: str


@dataclass(frozen=True)
class Expired:
    """The session is not known any more."""


State = Received | Complete | Expired | Failure


def open_session(target: Target, payload: Payload) -> str | Failure:
    """Open an upload of a private video; the session's address. Nothing exists until the last byte."""
    video = payload.body["video"]
    outcome = send(
        target, "POST", f"{target.address.rstrip('/')}/upload/youtube/v3/videos", cost="videos.insert",
        params={"uploadType": "resumable", "part": "snippet,status", "notifySubscribers": "true" if payload.body.get("notify", True) else "false"},
        body={"snippet": snippet_of(payload), "status": status_of(payload, shown=False)},
        headers={"X-Upload-Content-Length": str(video["size"]), "X-Upload-Content-Type": "video/mp4"},
    )  # fmt: skip
    if isinstance(outcome, Failure):
        return outcome
    if isinstance(outcome, Answer) and outcome.status in (200, 201):
        session = header(outcome, "location")
        if session and is_platform_address(target, session):
            return session
    return classify(outcome, phase=Phase.STAGE, now=clock())


def ask(target: Target, session: str, size: int) -> State:
    """What has arrived."""
    return _state(send(target, "PUT", session, headers={"Content-Range": f"bytes */{size}"}))


class Part(Slice):
    """A chunk of the file, read in steps while it is sent."""


def send_chunk(target: Target, session: str, file: MediaFile, *, start: int, size: int) -> State:
    """The next bytes from `start`, as many as a chunk holds."""
    length = min(chunk_bytes(target), size - start)
    place = {"Content-Range": f"bytes {start}-{start + length - 1}/{size}"}
    content = (Part(file, start=start, length=length), "video/mp4")
    state = _state(send(target, "PUT", session, content=content, headers=place, read_seconds=config.CHUNK_READ_SECONDS))
    return ask(target, session, size) if isinstance(state, Received) and state.count is None else state


def _state(outcome: Answer | NoAnswer | Failure) -> State:
    if isinstance(outcome, Failure):
        return outcome
    if isinstance(outcome, Answer):
        if outcome.status == 308:
            return Received(_count(header(outcome, "range")))
        if outcome.status in (404, 410):
            return Expired()
        body = outcome.json()
        if outcome.status in (200, 201) and isinstance(body, dict) and body.get("id"):
            return Complete(str(body["id"]))
    return classify(outcome, phase=Phase.STAGE, now=clock())


def _count(text: str) -> int | None:
    last = text.removeprefix("bytes=0-")
    return int(last) + 1 if text.startswith("bytes=0-") and last.isascii() and last.isdigit() else None


def header(answer: Answer, name: str) -> str:
    """A header, whatever its letters."""
    return next((value for key, value in answer.headers.items() if key.lower() == name), "")


def step(target: Target, payload: Payload, handle: JSON, file: MediaFile) -> Wait | Failure:
    """Send chunks for some seconds. The handle that comes back says how far it got, holds the video's id once all is there,
    and has no session where it expired."""
    session, size, before = handle["session"], payload.body["video"]["size"], int(handle.get("sent", 0))
    until, stalls, sent, chunks = time.monotonic() + float(target.settings.get("slice_seconds", config.SLICE_SECONDS)), 0, 0, 0
    state = ask(target, session, size)
    while isinstance(state, Received):
        reached = state.count or 0
        stalls = 0 if reached > sent else stalls + 1
        sent = reached
        if stalls > config.STALLS:
            state = Failure(FailureClass.TRANSIENT_SAFE, "platform_down", sentence("platform_down"))
        elif sent >= size:
            return Wait(2.0, {"sent": sent})  # all is there; the platform is about to make a video of it
        elif chunks and time.monotonic() > until:
            return Wait(0.0, {"sent": sent})
        else:
            chunks += 1
            state = send_chunk(target, session, file, start=sent, size=size)
    return _end(state, sent=sent, before=before, size=size)


def _end(state: Complete | Expired | Failure, *, sent: int, before: int, size: int) -> Wait | Failure:
    if isinstance(state, Complete):
        return Wait(0.0, {"video_id": state.video_id, "session": "", "sent": size, "uploaded_at": time.time()})
    if isinstance(state, Expired):
        return Wait(0.0, {"session": "", "sent": 0})
    if state.kind == FailureClass.TRANSIENT_SAFE and sent > before:
        return Wait(2.0, {"sent": sent})  # it moves: a bad line uses up no try
    return state


def chunk_bytes(target: Target) -> int:
    """Size of a chunk: the account's setting, made a multiple of 256 KiB."""
    wanted = int(target.settings.get("chunk_bytes", config.CHUNK_BYTES))
    return max(1, wanted // config.STEP) * config.STEP
