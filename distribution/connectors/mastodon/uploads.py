"""Pictures and videos on their way to the server: sent before the post, with what they show, and waited for until they are ready."""

from __future__ import annotations

import time

from distribution.connectors.base import JSON, Failure, FailureClass, Media, Payload, Phase, Staged, Target, Wait
from distribution.connectors.files import FilePart, FormBody
from distribution.connectors.mastodon import config
from distribution.connectors.mastodon.api import mastodon, text_of
from distribution.connectors.mastodon.texts import number_of
from distribution.connectors.messages import sentence

F = FailureClass


def step(target: Target, payload: Payload, handle: JSON, media: Media) -> Staged | Wait | Failure:
    """One step: send what is missing or too old, or ask after what is not ready yet."""
    kept: JSON = dict(handle.get("media", {}))
    for item in payload.body["media"]:
        row = kept.get(item["key"])
        if row is not None and time.time() - row["at"] <= config.MEDIA_LIFE:
            if row["ready"]:
                continue
            outcome = _ask(target, row)
        else:
            outcome = _send(target, item, media)
        if isinstance(outcome, Failure):
            return outcome
        kept[item["key"]] = outcome
        return Wait(0.0 if outcome["ready"] else _pause(outcome), {"media": kept})
    return Staged({"media": kept})


def all_now(target: Target, payload: Payload, media: Media) -> list[str] | Failure:
    """Everything that a post shows, sent anew for an edit. One that is not ready at once is a failure that is tried again."""
    ids: list[str] = []
    for item in payload.body["media"]:
        outcome = _send(target, item, media)
        for pause in config.MEDIA_PAUSES[:3]:
            if isinstance(outcome, Failure) or outcome["ready"]:
                break
            time.sleep(pause)
            outcome = _ask(target, outcome)
        if isinstance(outcome, Failure):
            return outcome
        if not outcome["ready"]:
            return Failure(F.TRANSIENT_SAFE, "media_processing", sentence("media_processing"))
        ids.append(outcome["id"])
    return ids


def ids_of(payload: Payload, handle: JSON) -> list[str]:
    """The ids of what was sent, in the order in which the post shows it."""
    kept = handle.get("media", {})
    return [kept[item["key"]]["id"] for item in payload.body["media"] if item["key"] in kept]


def _pause(row: JSON) -> float:
    return config.MEDIA_PAUSES[min(row["asked"], len(config.MEDIA_PAUSES) - 1)]


def _send(target: Target, item: JSON, media: Media) -> JSON | Failure:
    part = _part(target, item, media)
    if isinstance(part, Failure):
        return part
    try:
        answer = mastodon(target, "POST", "api/v2/media", phase=Phase.STAGE, form=FormBody({"description": item["alt"]} if item["alt"] else {}, [part]))
    except LookupError:
        return Failure(F.CONTENT, "no_video", sentence("no_video"))
    if isinstance(answer, Failure):
        return answer
    if not text_of(answer, "id"):
        return Failure(F.TRANSIENT_SAFE, "unreadable", sentence("unreadable"))
    return {"id": text_of(answer, "id"), "ready": bool(answer.get("url")), "at": time.time(), "asked": 0}


def _part(target: Target, item: JSON, media: Media) -> FilePart | Failure:
    name, code = ("video", "no_video") if item["video"] else ("picture", "no_picture")
    try:
        if item["video"]:
            file = media.file(item["key"])
            if file.size != item["size"]:
                return Failure(F.CONTENT, "video_changed", sentence("video_changed"))
            return FilePart("file", "video.mp4", file.mime, file)
        content, mime = media.read(item["key"])
    except LookupError:
        return Failure(F.CONTENT, code, sentence(code))
    if len(content) > number_of(target.settings, "picture_bytes", config.PICTURE_BYTES):
        return Failure(F.CONTENT, "picture_too_big", sentence("picture_too_big"))
    return FilePart("file", f"{name}.jpg", mime, content)


def _ask(target: Target, row: JSON) -> JSON | Failure:
    """Whether the server is done with a file. One that it does not know (swept) is sent anew; one that it cannot use is a person's."""
    answer = mastodon(target, "GET", f"api/v1/media/{row['id']}", phase=Phase.READ)
    if isinstance(answer, Failure):
        if answer.kind == F.GONE:
            return {**row, "at": 0.0, "ready": False}
        return Failure(F.CONTENT, "media_rejected", sentence("media_rejected"), answer.platform_message, raw=answer.raw) if answer.kind == F.CONTENT else answer
    if not answer.get("url") and time.time() - row["at"] > float(target.settings.get("processing_patience", config.MEDIA_PATIENCE)):
        return Failure(F.CONTENT, "media_stuck", sentence("media_stuck"))
    return {**row, "ready": bool(answer.get("url")), "asked": row["asked"] + 1}
