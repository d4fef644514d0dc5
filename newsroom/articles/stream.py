"""Plain blocks of text as raw stream data: for the demo, the bulk writer and, later, the importers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from uuid import uuid4

from newsroom.common.text import nfc

RawBlock = dict[str, Any]


def stream_blocks(blocks: Iterable[Mapping[str, str]], *, images: Mapping[str, int] | None = None) -> list[RawBlock]:
    """Raw blocks of a story body from plain ones: {"paragraph": text}, {"heading": text}, {"quote": text, "by": speaker},
    {"box": heading, "text": text}, {"image": name, "caption": text}. A picture that is not among `images` (name → id) is left out.
    """
    raw = []
    for block in blocks:
        kind = next(iter(block))
        if kind == "image" and block["image"] not in (images or {}):
            continue
        raw.append({"type": kind, "value": _value(kind, block, images or {}), "id": str(uuid4())})
    return raw


def _value(kind: str, block: Mapping[str, str], images: Mapping[str, int]) -> Any:
    """The stored value of one block. Raises KeyError for a kind that does not exist."""
    text = nfc(block[kind])
    match kind:
        case "paragraph":
            return _rich(text)
        case "heading":
            return text
        case "quote":
            return {"text": text, "speaker": nfc(block.get("by", ""))}
        case "box":
            return {"heading": text, "text": _rich(nfc(block["text"]))}
        case "image":
            return {"image": images[block["image"]], "caption": nfc(block.get("caption", ""))}
    raise KeyError(kind)


def _rich(text: str) -> str:
    return f"<p>{escape(text, quote=False)}</p>"
