"""The upload of a video (channels.md 3b.2): opened by an init, sent in chunks. Every chunk but the last is staging; the last one is the commit.

TikTok's own count is the truth: every step begins with the question what has arrived. The upload address is a key in itself: it is never
logged, never sent to a host that is not TikTok's, and forgotten once it is of no more use.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from distribution.connectors.base import JSON, Failure, FailureClass, MediaFile, Payload, Phase, Staged, Target, Wait
from distribution.connectors.files import Slice
from distribution.connectors.messages import sentence
from distribution.connectors.tiktok import config
from distribution.connectors.tiktok.api import is_platform_address, state_of, tiktok
from distribution.connectors.tiktok.errors import RETRYABLE, classify, failed
from distribution.connectors.tiktok.texts import post_info
from newsroom.common.http import Answer, NoAnswer, call

F = FailureClass
NEW: JSON = {"publish_id": "", "upload_url": "", "complete": False}
_PLACE = re.compile(r"bytes (?:0-(\d{1,15})|\*)/\d+\Z")


@dataclass(frozen=True)
class Plan:
    """How a file is cut. `count` chunks of `chunk` bytes; what remains goes with the last."""

    size: int
    chunk: int
    count: int

    @property
    def last_start(self) -> int:
        """Where the last chunk begins."""
        return self.chunk * (self.count - 1)

    def end_after(self, position: int) -> int:
        """End of the chunk that a byte belongs to."""
        number = min(position // self.chunk, self.count - 1)
        return self.size if number == self.count - 1 else self.chunk * (number + 1)


def plan_of(size: int, settings: JSON) -> Plan:
    """The safe plan: one chunk up to 64 MB, else ten million bytes each with the floor of the count."""
    if size <= int(settings.get("whole_bytes", config.WHOLE_BYTES)):
        return Plan(size, size, 1)
    chunk = int(settings.get("chunk_bytes", config.CHUNK_BYTES))
    return Plan(size, chunk, max(1, size // chunk))


def open_upload(target: Target, payload: Payload, handle: JSON) -> Wait | Failure:
    """Open an upload. Nothing can appear before the last byte, so a lost answer may be asked for anew."""
    plan = plan_of(payload.body["video"]["size"], target.settings)
    source: JSON = {"source": "FILE_UPLOAD", "video_size": plan.size, "chunk_size": plan.chunk, "total_chunk_count": plan.count}
    direct = payload.body["mode"] == "direct"
    body: JSON = {"source_info": source, **({"post_info": post_info(payload)} if direct else {})}
    data = tiktok(target, "v2/post/publish/video/init/" if direct else "v2/post/publish/inbox/video/init/", body, phase=Phase.STAGE)
    if isinstance(data, Failure):
        return data
    publish_id, url = str(data.get("publish_id") or ""), str(data.get("upload_url") or "")
    if not publish_id or not url:
        return Failure(F.TRANSIENT_SAFE, "unreadable", sentence("unreadable"))
    if not is_platform_address(target, url):
        return Failure(F.CONFIG, "foreign_upload", sentence("foreign_upload"))
    kept = [*handle.get("publish_ids", []), publish_id]
    cut: JSON = {"size": plan.size, "chunk": plan.chunk, "count": plan.count}
    about: JSON = {"mode": payload.body["mode"], "public": payload.body.get("privacy", "") in ("", "PUBLIC_TO_EVERYONE"), "opened_at": time.time()}
    return Wait(0.0, {"publish_id": publish_id, "publish_ids": kept, "upload_url": url, "complete": False, "plan": cut, **about})


def step(target: Target, handle: JSON, file: MediaFile) -> Staged | Wait | Failure:
    """Send chunks for some seconds, up to the beginning of the last one."""
    plan = Plan(**handle["plan"])
    state = state_of(target, handle["publish_id"])
    if isinstance(state, Failure):
        return state
    if state.failed:
        return Wait(0.0, dict(NEW)) if state.reason in (*RETRYABLE, "") else failed(state.reason)
    if state.accepted(plan.size):
        return Staged({"complete": True})
    if not handle.get("upload_url") or time.time() - float(handle.get("opened_at", 0)) > config.URL_SECONDS:
        return Wait(0.0, dict(NEW))  # the last byte was never sent
    return _send(target, handle, file, plan, state.uploaded)


def _send(target: Target, handle: JSON, file: MediaFile, plan: Plan, position: int) -> Staged | Wait | Failure:
    until, stalls, began = time.monotonic() + float(target.settings.get("slice_seconds", config.SLICE_SECONDS)), 0, position
    while position < plan.last_start:
        outcome = send_chunk(target, handle["upload_url"], file, plan, start=position)
        reached = _reached(outcome, plan, position)
        if isinstance(reached, Failure):
            return Wait(2.0, {"sent": position}) if reached.kind == F.TRANSIENT_SAFE and position > began else reached
        if reached is None:
            return Wait(0.0, dict(NEW))
        stalls = 0 if reached > position else stalls + 1
        position = reached
        if stalls > config.STALLS:
            return Failure(F.TRANSIENT_SAFE, "platform_down", sentence("platform_down"))
        if time.monotonic() > until and position < plan.last_start:
            return Wait(0.0, {"sent": position})
    return Staged({"sent": position})


def send_chunk(target: Target, url: str, file: MediaFile, plan: Plan, *, start: int) -> Answer | NoAnswer:
    """From `start` to the end of its chunk. Without our token: the address carries its own."""
    end = plan.end_after(start)
    return call(
        "PUT", url, data=Slice(file, start=start, length=end - start), headers={"Content-Type": "video/mp4", "Content-Range": f"bytes {start}-{end - 1}/{plan.size}"},
        allowed_origins=target.settings.get("allowed_origins", ()), read_seconds=float(target.settings.get("read_seconds", config.CHUNK_READ_SECONDS)), deadline_seconds=180.0,
    )  # fmt: skip


def _reached(outcome: Answer | NoAnswer, plan: Plan, position: int) -> int | Failure | None:
    """How far the file got with a chunk that is not the last; None: the address is over."""
    if isinstance(outcome, NoAnswer):
        return classify(outcome, phase=Phase.STAGE)
    if outcome.status == 206:
        return plan.end_after(position)
    if outcome.status == 416:
        held = held_of(outcome)
        return classify(outcome, phase=Phase.STAGE) if held is None else held
    if outcome.status in (403, 404):
        return None
    return classify(outcome, phase=Phase.STAGE)


def held_of(answer: Answer) -> int | None:
    """How many bytes the answer says are there."""
    text = next((value for name, value in answer.headers.items() if name.lower() == "content-range"), "")
    found = _PLACE.match(text)
    return None if found is None else int(found[1]) + 1 if found[1] else 0


def finish(target: Target, handle: JSON, file: MediaFile) -> Failure | None:
    """The last chunk: the one call after which there is a post. None: TikTok has it all."""
    plan = Plan(**handle["plan"])
    outcome = send_chunk(target, handle["upload_url"], file, plan, start=plan.last_start)
    if isinstance(outcome, Answer) and outcome.status == 416 and plan.last_start < (held := held_of(outcome) or 0) < plan.size:
        outcome = send_chunk(target, handle["upload_url"], file, plan, start=held)  # half of it had arrived before
    if isinstance(outcome, Answer) and outcome.status == 201:
        return None
    if isinstance(outcome, Answer) and outcome.status in (403, 404, 416, 206):
        return _refused(target, handle, plan)
    return classify(outcome, phase=Phase.COMMIT)


def _refused(target: Target, handle: JSON, plan: Plan) -> Failure | None:
    """The address is over or the place was wrong: what TikTok itself says of the upload decides."""
    state = state_of(target, handle["publish_id"])
    if isinstance(state, Failure):
        return Failure(F.AMBIGUOUS, "lost_answer", sentence("lost_answer"), platform_message=state.platform_message, raw=state.raw)
    if state.accepted(plan.size):
        return None
    return Failure(F.TRANSIENT_SAFE, "upload_expired", sentence("upload_expired"))  # staging opens a new one
