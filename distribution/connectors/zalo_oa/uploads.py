"""A video for the body of an article: sent once in a form, converted by Zalo, then known by its id (channels.md 3.2). Nobody sees it before an article shows it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator

from distribution.connectors.base import JSON, Failure, FailureClass, Media, MediaFile, Payload, Phase, Target, Wait
from distribution.connectors.files import Slice
from distribution.connectors.messages import sentence
from distribution.connectors.zalo_oa import config
from distribution.connectors.zalo_oa.api import zalo

F = FailureClass
READY, REFUSED = 1, frozenset({2, 4, 5})  # locked, failed, deleted; 0 and 3: Zalo works


class Form:
    """A form with one file, read in steps while it is sent: memory holds one step. Raises LookupError where the file has become shorter."""

    def __init__(self, file: MediaFile) -> None:
        boundary = secrets.token_hex(16)
        self.kind = f"multipart/form-data; boundary={boundary}"
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="video.mp4"\r\nContent-Type: video/mp4\r\n\r\n'
        self._head, self._tail = head.encode(), f"\r\n--{boundary}--\r\n".encode()
        self._file = file

    def __len__(self) -> int:
        return len(self._head) + self._file.size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        yield from Slice(self._file, start=0, length=self._file.size)
        yield self._tail


def step(target: Target, payload: Payload, handle: JSON, media: Media) -> Wait | Failure:
    """One step towards the video's id: send the file, or ask how far Zalo is."""
    if handle.get("video_token"):
        return _state(target, handle)
    try:
        file = media.file(payload.body["video"]["key"])
        if file.size != payload.body["video"]["size"]:
            return Failure(F.CONTENT, "video_changed", sentence("video_changed"))
        form = Form(file)
        data = zalo(target, "POST", "article/upload_video/preparevideo", phase=Phase.STAGE, raw=form, headers={"Content-Type": form.kind}, read_seconds=config.UPLOAD_READ_SECONDS)
    except LookupError:
        return Failure(F.CONTENT, "no_video", sentence("no_video"))
    if isinstance(data, Failure):
        return data
    token = str(data.get("token") or "")
    if not token:
        return Failure(F.TRANSIENT_SAFE, "unreadable", sentence("unreadable"), platform_message="preparevideo: no token")
    return Wait(0.0, {"video_token": token, "video_asked_at": time.time()})


def _state(target: Target, handle: JSON) -> Wait | Failure:
    data = zalo(target, "GET", "article/upload_video/verify", phase=Phase.READ, headers={"token": str(handle["video_token"])})
    if isinstance(data, Failure):
        return data
    status = data.get("status")
    if status == READY and data.get("video_id"):
        return Wait(0.0, {"video_id": str(data["video_id"])})
    if status in REFUSED:
        said = f"upload_video/verify: status {status}"
        return Failure(F.CONTENT, "video_refused_there", sentence("video_refused_there"), platform_message=said)
    asked_at = float(handle.get("video_asked_at") or time.time())
    if time.time() - asked_at > float(target.settings.get("stuck_seconds", config.STUCK_SECONDS)):
        return Failure(F.CONTENT, "article_stuck", sentence("article_stuck"))
    return Wait(config.pause(asked_at))
