"""The fields of ninjs 3.1 (IPTC) that we send, as a JSON schema of our own: names, types and the words allowed, as the standard has them.

Like the standard's own schema it allows no field that it does not name.
"""

from __future__ import annotations

from typing import Any

TEXT, URI, MOMENT = {"type": "string", "minLength": 1}, {"type": "string", "format": "uri", "pattern": "^https?://"}, {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT.+(Z|[+-]\d\d:\d\d)$"}


def rows(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """A list of objects."""
    return {"type": "array", "minItems": 1, "items": {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}}


WORDS = rows({"role": TEXT, "contentType": TEXT, "value": TEXT}, "value")
RENDITIONS = rows({"name": TEXT, "href": URI, "contentType": TEXT, "width": {"type": "integer"}, "height": {"type": "integer"}}, "name")
ITEM: dict[str, Any] = {
    "uri": URI,
    "standard": {"type": "object", "properties": {"name": {"const": "ninjs"}, "version": {"const": "3.1"}, "schema": URI}, "additionalProperties": False},
    "type": {"enum": ["text", "audio", "video", "picture", "graphic", "composite", "component", "event", "planning"]},
    "pubStatus": {"enum": ["usable", "withheld", "canceled"]},
    "version": {"type": "string", "pattern": r"^\d+$"},
    "firstCreated": MOMENT,
    "versionCreated": MOMENT,
    "language": TEXT,
    "edNote": TEXT,
    "by": TEXT,
    "headlines": WORDS,
    "descriptions": WORDS,
    "bodies": WORDS,
    "subjects": rows({"name": TEXT}),
    "renditions": RENDITIONS,
}
ASSOCIATIONS = rows({**ITEM, "name": TEXT}, "name", "uri")
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {**ITEM, "associations": ASSOCIATIONS}, "required": ["uri"], "additionalProperties": False,
}  # fmt: skip
