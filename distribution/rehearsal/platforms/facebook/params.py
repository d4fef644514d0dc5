"""The parameters of a Graph call, wherever they came: query, form, multipart or JSON body."""

import json
import re
from typing import Any

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request

from distribution.rehearsal.platforms.facebook.errors import GraphError, bad_parameter

_TRUE, _FALSE = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})
_MEDIA = re.compile(r"attached_media\[(\d{1,4})\]\Z")


class Params:
    """Reads parameters once and gives them out typed; every refusal is a GraphError."""

    def __init__(self, request: Request) -> None:
        """Raises GraphError for a body that is too large or no JSON object."""
        try:
            self._values: dict[str, Any] = dict(request.args.items())
            self._values.update(_json_body(request) if request.mimetype == "application/json" else dict(request.form.items()))
            self._files = request.files
        except RequestEntityTooLarge as error:
            raise GraphError("The request is too large.", code=100, status=413) from error
        self._header = request.headers.get("Authorization", "")

    @property
    def token(self) -> str:
        """The access token: parameter first, then the Authorization header."""
        scheme, _, value = self._header.partition(" ")
        return self.text("access_token") or (value.strip() if scheme.lower() in ("bearer", "oauth") else "")

    def has(self, name: str) -> bool:
        """Was it sent at all?"""
        return name in self._values

    def text(self, name: str, *, longest: int = 1_000_000) -> str:
        """A text without control characters, or empty."""
        value = self._values.get(name, "")
        if value is None or isinstance(value, (dict, list)):
            raise bad_parameter(f"param {name} must be a string.")
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise bad_parameter(f"param {name} must be a valid UTF-8 string.") from error
        if len(text) > longest:
            raise bad_parameter(f"param {name} must not be longer than {longest} characters.")
        return "".join(letter for letter in text if letter >= " " or letter in "\n\r\t")

    def flag(self, name: str, *, default: bool) -> bool:
        """A boolean as form fields and JSON write it."""
        if not self.has(name):
            return default
        text = self.text(name).lower()
        if text not in _TRUE | _FALSE:
            raise bad_parameter(f"param {name} must be a boolean.")
        return text in _TRUE

    def number(self, name: str, *, default: int, least: int, most: int) -> int:
        """A whole number; one above `most` is taken as `most`, as Graph does with limit."""
        text = self.text(name) if self.has(name) else ""
        if not text:
            return default
        if not re.fullmatch(r"[0-9]{1,18}", text) or int(text) < least:
            raise bad_parameter(f"param {name} must be an integer not below {least}.")
        return min(int(text), most)

    def names(self, name: str) -> list[str]:
        """Several names: with commas between, or as the JSON list that Facebook's own client sends."""
        text = self.text(name, longest=4_000).strip()
        found = _as_list(text) if text.startswith("[") else text.split(",")
        return [str(item).strip() for item in found if str(item).strip()]

    def attached_media(self) -> list[str]:
        """Photo ids in order, from a JSON list or from attached_media[0], attached_media[1]…"""
        indexed = sorted((int(found.group(1)), name) for name in self._values if (found := _MEDIA.match(name)))
        items = [self._values[name] for _, name in indexed] or _as_list(self._values.get("attached_media"))
        ids = []
        for item in items:
            item = _loads(item) if isinstance(item, str) else item
            media_id = item.get("media_fbid") if isinstance(item, dict) else None
            if not isinstance(media_id, (str, int)) or isinstance(media_id, bool) or not str(media_id):
                raise bad_parameter("param attached_media must be an array of {media_fbid}.")
            ids.append(str(media_id)[:100])
        return ids

    def upload(self, name: str = "") -> bytes | None:
        """The bytes of the first uploaded file, or of the one with this name; None where there is none."""
        for found, storage in self._files.items():
            if name in ("", found):
                return storage.read()
        return None

    def for_log(self) -> dict[str, str]:
        """Texts for the call log."""
        return {_storable(name)[:100]: _storable(str(value)) for name, value in self._values.items()}


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _json_body(request: Request) -> dict[str, Any]:
    data = request.get_data()
    if not data.strip():
        return {}
    body = _loads(data)
    if not isinstance(body, dict):
        raise bad_parameter("The request body must be a JSON object.")
    return body


def _loads(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise bad_parameter("Invalid JSON.") from error


def _as_list(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    value = _loads(value) if isinstance(value, str) else value
    if not isinstance(value, list):
        raise bad_parameter("param attached_media must be an array.")
    return value
