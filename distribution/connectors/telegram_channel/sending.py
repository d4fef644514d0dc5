"""Messages as the Bot API takes them: words, a picture, an album, a video; and the same for edits. Files are read in the one call that sends them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from distribution.connectors.base import JSON, Failure, FailureClass, Media, Payload, Phase, Target
from distribution.connectors.files import FilePart
from distribution.connectors.messages import sentence
from distribution.connectors.telegram_channel import config
from distribution.connectors.telegram_channel.api import telegram
from distribution.connectors.telegram_channel.texts import caption_of, message_of

F = FailureClass


def send(target: Target, payload: Payload) -> Any:
    """The one call that readers see: its result, or a Failure. A file that cannot be read is told before anything is sent."""
    fields: JSON = {"chat_id": target.remote_id, "disable_notification": payload.body["silent"]}
    if payload.kind == "text":
        return telegram(target, "sendMessage", {**fields, **message_of(payload)}, phase=Phase.COMMIT)
    parts = parts_of(target, payload)
    if isinstance(parts, Failure):
        return parts
    if payload.kind == "album":
        return _call(target, "sendMediaGroup", {**fields, "media": _album(payload, parts)}, parts, phase=Phase.COMMIT)
    method, name = ("sendVideo", "video") if payload.kind == "video" else ("sendPhoto", "photo")
    about = _shape(payload.body["media"][0])
    return _call(target, method, {**fields, **caption_of(payload), **about}, [replace(parts[0], name=name)], phase=Phase.COMMIT)


def _album(payload: Payload, parts: list[FilePart]) -> list[JSON]:
    """The first picture carries the words."""
    return [{"type": "photo", "media": f"attach://{part.name}", **(caption_of(payload) if number == 0 else {})} for number, part in enumerate(parts)]


def _shape(item: JSON) -> JSON:
    if not item["video"]:
        return {}
    return {"width": item["width"], "height": item["height"], "duration": item["duration"], "supports_streaming": True}


def edit_words(target: Target, payload: Payload, message_id: str) -> Any:
    """New words of a message, or under its picture."""
    where: JSON = {"chat_id": target.remote_id, "message_id": int(message_id)}
    if payload.kind == "text":
        return telegram(target, "editMessageText", {**where, **message_of(payload)}, phase=Phase.STAGE)
    return telegram(target, "editMessageCaption", {**where, **caption_of(payload)}, phase=Phase.STAGE)


def edit_media(target: Target, payload: Payload, ids: list[str]) -> Any:
    """Other pictures, or another video, in the place of those that are there; the words go with the first."""
    parts = parts_of(target, payload)
    if isinstance(parts, Failure):
        return parts
    for number, (message_id, item, part) in enumerate(zip(ids, payload.body["media"], parts, strict=True)):
        media: JSON = {"type": "video" if item["video"] else "photo", "media": f"attach://{part.name}", **_shape(item), **(caption_of(payload) if number == 0 else {})}
        found = _call(target, "editMessageMedia", {"chat_id": target.remote_id, "message_id": int(message_id), "media": media}, [part], phase=Phase.STAGE)
        if isinstance(found, Failure) and found.code != "not_modified":
            return found
    return True


def parts_of(target: Target, payload: Payload) -> list[FilePart] | Failure:
    """The files of a post. Pictures are light (under 4 MB); a video is read while it is sent."""
    media = target.job.media if target.job else None
    if media is None:
        return Failure(F.TRANSIENT_SAFE, "no_picture", sentence("no_picture"))
    found: list[FilePart] = []
    for number, item in enumerate(payload.body["media"]):
        part = _part(media, item, name=f"file{number}")
        if isinstance(part, Failure):
            return part
        found.append(part)
    return found


def _part(media: Media, item: JSON, *, name: str) -> FilePart | Failure:
    try:
        if item["video"]:
            file = media.file(item["key"])
            if file.size != item["size"]:
                return Failure(F.CONTENT, "video_changed", sentence("video_changed"))
            return FilePart(name, "video.mp4", file.mime, file)
        content, mime = media.read(item["key"])
    except LookupError:
        code = "no_video" if item["video"] else "no_picture"
        return Failure(F.CONTENT, code, sentence(code))
    if len(content) > config.PHOTO_BYTES:
        return Failure(F.CONTENT, "picture_too_big", sentence("picture_too_big"))
    return FilePart(name, "picture.jpg", mime, content)


def _call(target: Target, method: str, fields: JSON, parts: list[FilePart], *, phase: Phase) -> Any:
    try:
        return telegram(target, method, fields, phase=phase, files=parts)
    except LookupError:  # the file ended in the middle: Telegram got no whole request, so there is no message
        return Failure(F.CONTENT, "no_video", sentence("no_video"))
