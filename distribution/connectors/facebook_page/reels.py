"""Reels (channels.md 1.4): start, bytes to the upload address, look until they are there, finish. The finish is the commit.

How many bytes have arrived is the platform's own count, asked before every sending: a killed worker costs what was on the line.
"""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from distribution.connectors.base import JSON, Failure, FailureClass, MediaFile, Payload, Phase, Published, Staged, Target, Wait
from distribution.connectors.facebook_page import config, videos
from distribution.connectors.facebook_page.errors import classify, number
from distribution.connectors.facebook_page.graph import graph
from distribution.connectors.messages import sentence
from newsroom.common.http import Answer, NoAnswer, call

F = FailureClass


def step(target: Target, handle: JSON, file: MediaFile) -> Staged | Wait | Failure:
    """Open the upload, or send what is missing and look whether all is there."""
    if not handle.get("upload_url"):
        return _open(target, handle)
    stalls, sent, tries, until = 0, -1, 0, time.monotonic() + float(target.settings.get("slice_seconds", config.SLICE_SECONDS))
    while True:
        answer = graph(target, "GET", str(handle["video_id"]), phase=Phase.READ, params={"fields": "status"})
        if isinstance(answer, Failure):
            return Wait(0.0, dict(videos.NEW)) if answer.kind == F.GONE else answer
        status = videos.status_of(answer)
        phase = status.get("uploading_phase")
        reached = number(phase.get("bytes_transferred")) if isinstance(phase, dict) else 0
        if videos.phase_of(status, "uploading") == "complete" or reached >= file.size:
            return Staged({"sent": file.size})
        stalls, sent = (0 if reached > sent else stalls + 1), reached
        if stalls > config.STALLS:
            return Failure(F.TRANSIENT_SAFE, "platform_down", sentence("platform_down"))
        if tries and stalls == 0 and time.monotonic() > until:
            return Wait(0.0, {"sent": sent})
        tries += 1
        if failure := _bytes(target, str(handle["upload_url"]), file, sent):
            return Wait(2.0, {"sent": sent}) if failure.kind == F.TRANSIENT_SAFE and sent > int(handle.get("sent", 0)) else failure


def _open(target: Target, handle: JSON) -> Wait | Failure:
    opened = int(handle.get("opened", 0))
    if opened >= config.MOST_SESSIONS:
        return Failure(F.CONTENT, "facebook_video_rejected", sentence("facebook_video_rejected"))
    answer = graph(target, "POST", f"{target.remote_id}/video_reels", phase=Phase.STAGE, data={"upload_phase": "start"})
    if isinstance(answer, Failure):
        return answer
    video_id, url = str(answer.get("video_id") or ""), str(answer.get("upload_url") or "")
    if not video_id or not url:
        return Failure(F.TRANSIENT_SAFE, "unreadable", sentence("unreadable"))
    if not is_platform_address(target, url):
        return Failure(F.CONFIG, "facebook_foreign_upload", sentence("facebook_foreign_upload"))
    return Wait(0.0, {"video_id": video_id, "upload_url": url, "sent": 0, "opened": opened + 1})


def is_platform_address(target: Target, url: str) -> bool:
    """Whether the upload address is Facebook's own: the Page's key goes nowhere else."""
    given, own = urlsplit(url), urlsplit(target.address)
    return (given.scheme, given.netloc) in ((own.scheme, own.netloc), ("https", config.REEL_HOST))


def _bytes(target: Target, url: str, file: MediaFile, start: int) -> Failure | None:
    """Everything from `start`; None: the platform took it."""
    headers = {"Authorization": f"OAuth {target.credential.token}", "offset": str(start), "file_size": str(file.size), "Content-Type": "application/octet-stream"}
    outcome = call(
        "POST", url, data=videos.Part(file, start=start, length=file.size - start), headers=headers, allowed_origins=target.settings.get("allowed_origins", ()),
        read_seconds=float(target.settings.get("read_seconds", config.CHUNK_READ_SECONDS)), deadline_seconds=180.0,
    )  # fmt: skip
    return None if isinstance(outcome, Answer) and outcome.status < 300 else _refused(outcome)


def _refused(outcome: Answer | NoAnswer) -> Failure:
    """The upload host answers in a shape of its own: {"debug_info": {"retriable", "type", "message"}}."""
    body = outcome.json() if isinstance(outcome, Answer) else None
    about = body.get("debug_info") if isinstance(body, dict) else None
    if isinstance(about, dict) and about.get("retriable") is True and isinstance(outcome, Answer):
        return Failure(F.TRANSIENT_SAFE, "platform_down", sentence("platform_down"), platform_message=str(about.get("message", ""))[:500], raw=outcome.kept)
    return classify(outcome, phase=Phase.STAGE)


def finish(target: Target, payload: Payload, handle: JSON) -> Published | Wait | Failure:
    """The one call after which readers will see the reel."""
    data: JSON = {
        "upload_phase": "finish", "video_id": handle["video_id"], "video_state": "PUBLISHED", "description": payload.body["message"], "title": payload.body["title"],
    }  # fmt: skip
    return videos.after_finish(target, handle, graph(target, "POST", f"{target.remote_id}/video_reels", phase=Phase.COMMIT, data=data))
