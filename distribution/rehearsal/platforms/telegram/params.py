"""The parameters of a method, wherever they came: query, form, multipart or JSON. In forms, what is no text is written as JSON."""

import json
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Request

from distribution.rehearsal.platforms.telegram.errors import bad
from distribution.rehearsal.templating import URL

TEXT, CAPTION, ENTITIES = 4096, 1024, 100


class Params:
    """Reads parameters once and gives them out typed; every refusal is a TelegramError."""

    def __init__(self, request: Request) -> None:
        """Raises TelegramError for a body that is no JSON object."""
        self.values: dict[str, Any] = dict(request.args.items())
        if request.mimetype == "application/json":
            try:
                body = json.loads(request.get_data() or b"{}")
                json.dumps(body, ensure_ascii=False).encode()  # half a surrogate pair is no text
            except (ValueError, RecursionError) as error:
                raise bad("can't parse JSON object") from error
            if not isinstance(body, dict):
                raise bad("can't parse JSON object")
            self.values.update(body)
        else:
            self.values.update(request.form.items())
        self._files = request.files

    def text(self, name: str) -> str:
        """A text, or empty."""
        value = self.values.get(name)
        return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""

    def data(self, name: str, default: Any) -> Any:
        """A list or an object."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        try:
            found = json.loads(value) if isinstance(value, str) else value
        except (ValueError, RecursionError) as error:
            raise bad(f"can't parse {name} JSON") from error
        if not isinstance(found, type(default)):
            raise bad(f"can't parse {name}: wrong type")
        return found

    def number(self, name: str) -> int:
        """A whole number. Raises TelegramError."""
        text = self.text(name)
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise bad(f"{name} is not specified" if name != "message_id" else "message identifier is not specified")
        return int(text)

    def file(self, name: str, value: str) -> FileStorage:
        """The upload that a field means: attach://name, or a part of the field's own name."""
        part = self._files.get(value.removeprefix("attach://")) if value.startswith("attach://") else self._files.get(name)
        if part is None:
            raise bad("wrong remote file identifier specified: Wrong padding in the string" if value else f"there is no {name} in the request")
        return part

    def words(self, name: str, source: dict[str, Any] | None = None) -> tuple[str, list[dict[str, Any]]]:
        """Text or caption with its entities, by the limit of its kind, in UTF-16 units. Raises TelegramError."""
        values = self.values if source is None else source
        if values.get("parse_mode"):
            raise bad("unsupported parse_mode: the rehearsal platform takes entities")
        if not isinstance(values.get(name) or "", str):
            raise bad(f'field "{name}" must be of type String')
        text, limit = str(values.get(name) or ""), TEXT if name == "text" else CAPTION
        if units(text) > limit:
            raise bad("message is too long" if name == "text" else "message caption is too long")
        entities = Params._entities(values.get("entities" if name == "text" else "caption_entities"), units(text))
        return text, entities

    @staticmethod
    def _entities(value: Any, length: int) -> list[dict[str, Any]]:
        try:
            found = json.loads(value) if isinstance(value, str) else (value or [])
            rows: list[dict[str, Any]] = [{"type": str(row["type"]), "offset": int(row["offset"]), "length": int(row["length"])} for row in found[:ENTITIES]]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise bad("can't parse MessageEntity") from error
        if any(row["offset"] < 0 or row["length"] < 1 or row["offset"] + row["length"] > length for row in rows):
            raise bad("entity is out of the text's bounds")
        return rows

    def for_log(self) -> dict[str, str]:
        """Texts for the call log."""
        return {name[:100]: str(value) for name, value in self.values.items()}


def units(text: str) -> int:
    """UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def addresses(text: str) -> list[dict[str, Any]]:
    """The entities that Telegram itself finds."""
    return [{"type": "url", "offset": units(text[: found.start()]), "length": units(found.group())} for found in URL.finditer(text)]
