"""What the article API refuses, field by field (channels.md 3.2). A field that it does not know is refused too: the real one ignores some, which hides mistakes."""

import json
from typing import Any
from urllib.parse import urlsplit

from werkzeug.wrappers import Request

from distribution.rehearsal.platforms.zalo.errors import INVALID, UNSUPPORTED, ZaloError

_ARTICLE = {"type", "title", "author", "cover", "description", "body", "status", "comment", "related_medias", "tracking_link"}
_BLOCKS = {"text": {"type", "content"}, "image": {"type", "url", "caption"}, "video": {"type", "video_id", "thumb"}}
MOST_ELEMENTS = 5


def invalid(message: str) -> ZaloError:
    """-201: the message names the parameter."""
    return ZaloError(INVALID, message)


def body_of(request: Request, known: set[str]) -> dict[str, Any]:
    """The JSON object of a call. Raises ZaloError."""
    if request.mimetype != "application/json":
        raise invalid("Content-Type must be application/json")
    try:
        body = json.loads(request.get_data() or b"{}")
    except (ValueError, RecursionError) as error:
        raise invalid("The body is no valid JSON") from error
    return part(body, known, "body")


def part(value: Any, known: set[str], name: str) -> dict[str, Any]:
    """An object with nothing unknown in it. Raises ZaloError."""
    if not isinstance(value, dict):
        raise invalid(f"{name} must be an object")
    if unknown := set(value) - known:
        raise invalid(f"{name} has unknown fields: {', '.join(sorted(unknown))[:200]}")
    return value


def article(request: Request, *, update: bool) -> tuple[str, dict[str, Any]]:
    """Id (of an update) and content of an article, its defaults filled in. Raises ZaloError."""
    content = body_of(request, _ARTICLE | ({"id"} if update else set()))
    found = content.pop("id", "") if update else ""
    if content.get("type") != "normal":
        raise ZaloError(UNSUPPORTED, "type must be normal here: video articles need an upload that this platform does not keep")
    _text(content, "title", 150, required=True)
    _text(content, "author", 50)
    _text(content, "description", 300)
    _cover(content.get("cover"))
    _blocks(content.get("body"))
    for name, default in (("status", "hide"), ("comment", "show")):
        content.setdefault(name, default)
        if content[name] not in ("show", "hide"):
            raise invalid(f"{name} must be show or hide")
    if not isinstance(content.get("related_medias", []), list):
        raise invalid("related_medias must be a list")
    if content.get("tracking_link"):
        address(content["tracking_link"], "tracking_link")
    return str(found), content


def _text(content: dict[str, Any], name: str, most: int, *, required: bool = False) -> None:
    value = content.get(name, "")
    if not isinstance(value, str) or len(value) > most or (required and not value.strip()):
        raise invalid(f"{name} must be a text of at most {most} characters")


def _cover(value: Any) -> None:
    cover = part(value, {"cover_type", "photo_url", "status"}, "cover")
    if cover.get("cover_type") != "photo":
        raise ZaloError(UNSUPPORTED, "cover_type must be photo here")
    address(cover.get("photo_url"), "cover.photo_url")
    if cover.get("status", "show") not in ("show", "hide"):
        raise invalid("cover.status must be show or hide")


def _blocks(value: Any) -> None:
    if not isinstance(value, list) or not value:
        raise invalid("body must be a list of blocks")
    for block in value:
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in _BLOCKS:
            raise ZaloError(UNSUPPORTED, "body.type must be text, image or video here")
        part(block, _BLOCKS[kind], "body")
        if kind == "image":
            address(block.get("url"), "body.url")
        elif kind == "video":
            address(block.get("thumb"), "body.thumb")
        elif not isinstance(block.get("content"), str) or not block["content"].strip():
            raise invalid("body.content must be a text")


def address(value: Any, name: str) -> None:
    """Raises ZaloError for what is no address."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or len(value) > 2048:
        raise invalid(f"{name} must be an address")


def message(request: Request) -> tuple[list[str], dict[str, Any]]:
    """The articles of a message to followers, and to whom it goes (3.2, broadcast). Raises ZaloError."""
    body = body_of(request, {"recipient", "message"})
    target = part(part(body.get("recipient"), {"target"}, "recipient").get("target"), {"ages", "gender", "locations", "cities", "platform"}, "recipient.target")
    attachment = part(part(body.get("message"), {"attachment"}, "message").get("attachment"), {"type", "payload"}, "message.attachment")
    payload = part(attachment.get("payload"), {"template_type", "elements"}, "payload")
    elements = payload.get("elements")
    if attachment.get("type") != "template" or payload.get("template_type") != "media" or not isinstance(elements, list) or not 1 <= len(elements) <= MOST_ELEMENTS:
        raise invalid("message must be a template of media with 1 to 5 elements")
    ids = [part(element, {"media_type", "attachment_id"}, "elements") for element in elements]
    if any(one.get("media_type") != "article" or not isinstance(one.get("attachment_id"), str) for one in ids):
        raise invalid("elements must be articles")
    return [one["attachment_id"] for one in ids], target
