"""Graph's `fields` language: id,message,attachments{unshimmed_url,media{image}},comments.limit(0).summary(true)."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

from distribution.rehearsal.platforms.facebook.errors import GraphError, bad_parameter

MAX_LENGTH, MAX_DEPTH = 4000, 8
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


@dataclass(frozen=True)
class Field:
    """One wanted field with its modifiers and the fields wanted below it."""

    name: str
    modifiers: dict[str, str]
    children: tuple["Field", ...]


def parse(text: str) -> tuple[Field, ...]:
    """The wanted fields. Raises GraphError 2500 for bad syntax."""
    if len(text) > MAX_LENGTH:
        raise _syntax("too long")
    found, rest = _several(text, 0)
    if rest != len(text):
        raise _syntax(f'Expected end of string instead of "{text[rest : rest + 10]}".')
    return found


def _several(text: str, depth: int) -> tuple[tuple[Field, ...], int]:
    if depth > MAX_DEPTH:
        raise _syntax("nested too deep")
    fields: list[Field] = []
    at = 0
    while at < len(text) and text[at] != "}":
        if text[at] in ", \n\t":
            at += 1
            continue
        field, used = _one(text[at:], depth)
        fields.append(field)
        at += used
    return tuple(fields), at


def _one(text: str, depth: int) -> tuple[Field, int]:
    name, at = _word(text, 0)
    modifiers: dict[str, str] = {}
    while text[at : at + 1] == ".":
        modifier, at = _word(text, at + 1)
        close = text.find(")", at)
        if text[at : at + 1] != "(" or close < 0:
            raise _syntax(f"modifier {modifier} needs a value in brackets")
        modifiers[modifier], at = text[at + 1 : close], close + 1
    children: tuple[Field, ...] = ()
    if text[at : at + 1] == "{":
        children, used = _several(text[at + 1 :], depth + 1)
        at += 1 + used
        if text[at : at + 1] != "}":
            raise _syntax("missing }")
        at += 1
    return Field(name=name, modifiers=modifiers, children=children), at


def _word(text: str, start: int) -> tuple[str, int]:
    at = start
    while at < len(text) and text[at] in _NAME:
        at += 1
    if at == start:
        raise _syntax(f'Unexpected "{text[start : start + 10]}".')
    return text[start:at], at


def _syntax(reason: str) -> GraphError:
    return GraphError(f"Syntax error in fields: {reason}", code=2500)


def require_known(wanted: tuple[Field, ...], known: Container[str], *, node: str) -> None:
    """Refuse a field that the node does not have. Raises GraphError."""
    for field in wanted:
        if field.name not in known:
            raise bad_parameter(f"Tried accessing nonexisting field ({field.name}) on node type ({node})")


def render(wanted: tuple[Field, ...], makers: Mapping[str, Callable[[Field], Any]], *, node: str) -> dict[str, Any]:
    """The node with just the wanted fields; a maker's None is left out, as Graph does. Raises GraphError for unknown fields."""
    require_known(wanted, makers, node=node)
    out: dict[str, Any] = {}
    for field in wanted:
        value = makers[field.name](field)
        if value is not None:
            out[field.name] = _narrow(value, field.children)
    if "id" in makers and "id" not in out:
        out["id"] = makers["id"](Field("id", {}, ()))
    return out


def _narrow(value: Any, children: tuple[Field, ...]) -> Any:
    if not children:
        return value
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        return {**value, "data": [_narrow(item, children) for item in value["data"]]}
    if isinstance(value, dict):
        return {child.name: _narrow(value[child.name], child.children) for child in children if child.name in value}
    return value
