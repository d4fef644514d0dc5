"""Every string of our code and templates that goes through gettext, found without xgettext; the suite holds it against the catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize
from django.utils.translation.trans_real import DjangoTranslation

PACKAGES = ("newsroom", "publishing", "distribution")
# The rehearsal platforms speak for other companies: a process of their own, without Django and without a catalogue.
LEFT_OUT = ("migrations", "rehearsal", "node_modules", "tests")

# How many of a function's first arguments are strings, and is the first of them a context?
_FUNCTIONS = {
    "gettext": (1, False), "gettext_lazy": (1, False), "gettext_noop": (1, False), "ngettext": (2, False), "ngettext_lazy": (2, False),
    "pgettext": (2, True), "pgettext_lazy": (2, True), "npgettext": (3, True), "npgettext_lazy": (3, True),
}  # fmt: skip
_CALL = re.compile(r"\b(_|n?p?gettext(?:_lazy|_noop)?)\(")
_LITERAL = re.compile(r"\s*u?(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')\s*,?")


@dataclass(frozen=True, order=True)
class SourceString:
    """One string to translate and where it stands."""

    context: str
    msgid: str
    place: str


def source_strings(base: Path) -> list[SourceString]:
    """The strings of the Python code and Django templates of our packages under `base`."""
    code = _texts(base, PACKAGES, (".py",))
    templates = _texts(base, (*PACKAGES, "templates"), (".html", ".txt", ".xml"))
    found = [string for text, place in code for string in from_python(text, place)]
    return found + [string for text, place in templates for string in from_template(text, place)]


def script_strings(base: Path) -> list[SourceString]:
    """The strings of our own JavaScript (the djangojs domain)."""
    scripts = _texts(base, (*PACKAGES, "templates"), (".js",))
    return [string for text, place in scripts for string in _calls(text, place, underscore=False)]


def from_python(source: str, place: str) -> Iterator[SourceString]:
    """Strings in calls of gettext's functions, under whatever name. Raises ValueError for a call that cannot be extracted."""
    tree = ast.parse(source)
    names = dict(_imported(tree)) | {name: name for name in _FUNCTIONS}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = names.get(node.func.id) if isinstance(node.func, ast.Name) else getattr(node.func, "attr", None)
        if function in _FUNCTIONS:
            yield from _from_call(node, function, f"{place}:{node.lineno}")


def from_template(source: str, place: str) -> Iterator[SourceString]:
    """Strings of {% translate %}, {% blocktranslate %} and _() in a template, read by Django's own template reader."""
    yield from _calls(templatize(source, origin=place), place, underscore=True)


def _texts(base: Path, folders: Iterable[str], endings: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in sorted((base / folder).rglob("*")):
            if path.suffix in endings and not set(path.relative_to(base).parts) & set(LEFT_OUT):
                yield path.read_text(encoding="utf-8"), str(path.relative_to(base))


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            yield from ((alias.asname or alias.name, alias.name) for alias in node.names if alias.name in _FUNCTIONS)


def _from_call(node: ast.Call, function: str, place: str) -> Iterator[SourceString]:
    count, has_context = _FUNCTIONS[function]
    arguments = node.args[:count]
    strings = [argument.value for argument in arguments if isinstance(argument, ast.Constant) and isinstance(argument.value, str)]
    if any(isinstance(argument, ast.JoinedStr | ast.BinOp) for argument in arguments):
        raise ValueError(f"{place}: {function}() needs a plain string; fill in values after the translation")
    if len(strings) == count:
        yield _string(strings, has_context, place)


def _calls(text: str, place: str, *, underscore: bool) -> Iterator[SourceString]:
    for call in _CALL.finditer(text):
        name = call[1]
        if name == "_" and not underscore:
            continue
        count, has_context = _FUNCTIONS["gettext" if name == "_" else name]
        strings = list(_literals(text, call.end(), count))
        if len(strings) == count:
            yield _string(strings, has_context, place)


def _literals(text: str, position: int, count: int) -> Iterator[str]:
    for _number in range(count):
        literal = _LITERAL.match(text, position)
        if literal is None:
            return
        position = literal.end()
        yield ast.literal_eval(literal[1])


def _string(strings: list[str], has_context: bool, place: str) -> SourceString:
    return SourceString(strings[0], strings[1], place) if has_context else SourceString("", strings[0], place)


def known_below(active: DjangoTranslation) -> Callable[[str, str], bool]:
    """Is a string (context, msgid) translated in a loaded catalogue: ours and those of Django and Wagtail below it?"""
    catalog = active._catalog  # type: ignore[attr-defined]

    def known(context: str, msgid: str) -> bool:
        key = f"{context}\x04{msgid}" if context else msgid
        return any(catalog.get(form) for form in (key, (key, 0)))

    return known


def untranslated(strings: Iterable[SourceString], is_known: Callable[[str, str], bool]) -> list[SourceString]:
    """Those that the catalogue does not know, each once, with the first place that has it."""
    missing: dict[tuple[str, str], SourceString] = {}
    for string in strings:
        if string.msgid and not is_known(string.context, string.msgid):
            missing.setdefault((string.context, string.msgid), string)
    return sorted(missing.values())
