"""What belongs to a video beside its words: thumbnail, captions, playlist. Done while nobody sees the video; none of them ever keeps it back."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator

from distribution.connectors.base import JSON, Failure, FailureClass, Media, Payload, Phase, Target, Wait
from distribution.connectors.messages import sentence
from distribution.connectors.youtube.api import google, items
from distribution.connectors.youtube.config import THUMBNAIL_BYTES

F = FailureClass
TRIES = 3
# These stop everything that is to come as well: the delivery waits, the extra is not given up.
STOP = frozenset({F.QUOTA, F.RATE, F.AUTH_REFRESHABLE, F.CONFIG, F.HOLD})
Act = Callable[[], JSON | Failure]


def step(target: Target, payload: Payload, handle: JSON, media: Media) -> Wait | Failure | None:
    """Do the next one that is not done; None: nothing is left. `handle["extras"]` says what came of each."""
    done: JSON = dict(handle.get("extras") or {})
    for name, act in _wanted(target, payload, handle["video_id"], media):
        state = done.get(name)
        if isinstance(state, str):
            continue
        outcome = act()
        if not isinstance(outcome, Failure):
            return Wait(0.0, {"extras": {**done, name: "done"}})
        if outcome.kind in STOP or (outcome.kind == F.AUTH_DEAD and outcome.code != "missing_permission"):
            return outcome
        tries = int(state or 0) + 1
        if outcome.kind == F.TRANSIENT_SAFE and tries < TRIES:
            return Wait(2.0, {"extras": {**done, name: tries}})
        return Wait(0.0, {"extras": {**done, name: f"left out: {outcome.platform_message or outcome.code}"[:200]}})
    return None


def _wanted(target: Target, payload: Payload, video_id: str, media: Media) -> Iterator[tuple[str, Act]]:
    video = payload.body["video"]
    if video.get("poster"):
        yield "thumbnail", lambda: set_thumbnail(target, video_id, video["poster"]["key"], media)
    for caption in video.get("captions") or []:
        yield f"captions:{caption['language']}", lambda caption=caption: insert_captions(target, video_id, caption)  # type: ignore[misc]
    if payload.body.get("playlist"):
        yield "playlist", lambda: add_to_playlist(target, video_id, payload.body["playlist"])


def set_thumbnail(target: Target, video_id: str, key: str, media: Media) -> JSON | Failure:
    """The poster as the video's picture. May be repeated."""
    try:
        content, mime = media.read(key)
    except LookupError:
        return Failure(F.CONTENT, "no_picture", sentence("no_picture"))
    if len(content) > THUMBNAIL_BYTES:
        return Failure(F.CONTENT, "picture_too_big", sentence("picture_too_big"))
    params = {"videoId": video_id, "uploadType": "media"}
    return google(target, "POST", "upload/youtube/v3/thumbnails/set", cost="thumbnails.set", phase=Phase.STAGE, params=params, content=(content, mime))


def insert_captions(target: Target, video_id: str, caption: JSON) -> JSON | Failure:
    """Captions in one language; those that are there already are as good."""
    about: JSON = {"snippet": {"videoId": video_id, "language": caption["language"], "name": caption["name"], "isDraft": False}}
    content = _related(about, caption["text"].encode(), "text/vtt")
    params = {"part": "snippet", "uploadType": "multipart"}
    answer = google(target, "POST", "upload/youtube/v3/captions", cost="captions.insert", phase=Phase.STAGE, params=params, content=content)
    if isinstance(answer, Failure) and "captionExists" in answer.raw:
        return {}
    return answer


def add_to_playlist(target: Target, video_id: str, playlist: str) -> JSON | Failure:
    """The video in the account's playlist, once."""
    there = google(
        target, "GET", "youtube/v3/playlistItems", cost="playlistItems.list", phase=Phase.READ, params={"part": "id", "playlistId": playlist, "videoId": video_id}
    )
    if isinstance(there, Failure) or items(there):
        return there
    body: JSON = {"snippet": {"playlistId": playlist, "resourceId": {"kind": "youtube#video", "videoId": video_id}}}
    return google(target, "POST", "youtube/v3/playlistItems", cost="playlistItems.insert", phase=Phase.STAGE, params={"part": "snippet"}, body=body)


def _related(about: JSON, content: bytes, mime: str) -> tuple[bytes, str]:
    """multipart/related: the resource, then its bytes."""
    edge = secrets.token_hex(16)
    head = f"--{edge}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{json.dumps(about, ensure_ascii=False)}\r\n--{edge}\r\nContent-Type: {mime}\r\n\r\n"
    return head.encode() + content + f"\r\n--{edge}--\r\n".encode(), f"multipart/related; boundary={edge}"
