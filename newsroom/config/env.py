"""The one place that reads the environment.

Every reader is strict: a value it cannot understand stops the start with a sentence that names the variable, the value
and what was expected. Each call also records the variable, so that `docs/configuration.md` can be held against the code.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
SHORT_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


class BadSetting(ValueError):
    """A variable of the environment has a value that cannot be used. Two sentences: Vietnamese, then English."""

    def __init__(self, vietnamese: str, english: str) -> None:
        super().__init__(f"{vietnamese}\n{english}")
        self.vietnamese, self.english = vietnamese, english


@dataclass(frozen=True)
class Variable:
    """What `docs/configuration.md` says of one variable."""

    name: str
    kind: str
    default: str
    doc: str
    secret: bool = False


VARIABLES: dict[str, Variable] = {}
_source: Mapping[str, str] = os.environ


def _read(name: str, kind: str, default: T, doc: str, parse: Callable[[str], T], *, secret: bool = False) -> T:
    VARIABLES[name] = Variable(name, kind, "" if default is None else str(default), doc, secret)
    raw = (_secret_file(name) if secret else "") or _source.get(name, "").strip()
    if not raw:
        return default
    try:
        return parse(raw)
    except BadSetting as error:
        shown = "…" if secret else repr(raw)
        raise BadSetting(
            f"Biến môi trường {name}={shown} không dùng được: {error.vietnamese}.", f"The environment variable {name}={shown} cannot be used: {error.english}."
        ) from None


def _secret_file(name: str) -> str:
    """The content of the file that NAME_FILE names: the way containers hand over secrets."""
    path = _source.get(f"{name}_FILE")
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(
            f"Biến môi trường {name}_FILE={path!r} không dùng được: không đọc được tệp.",
            f"The environment variable {name}_FILE={path!r} cannot be used: the file cannot be read ({getattr(error, 'strerror', None) or error}).",
        ) from None


def text(name: str, *, default: str = "", doc: str, secret: bool = False) -> str:
    """Read a text. Like every reader, a secret one also takes NAME_FILE."""
    return _read(name, "text", default, doc, str, secret=secret)


def flag(name: str, *, default: bool = False, doc: str) -> bool:
    """Read a yes or no: 1/true/yes/on or 0/false/no/off."""

    def parse(raw: str) -> bool:
        if raw.lower() in TRUE | FALSE:
            return raw.lower() in TRUE
        raise BadSetting("cần true hoặc false", "expected true or false")

    return _read(name, "flag", default, doc, parse)


def number(name: str, *, default: int, low: int = 0, high: int = 2**31, doc: str) -> int:
    """Read a whole number between low and high, both included."""

    def parse(raw: str) -> int:
        try:
            value = int(raw)
        except ValueError:
            raise BadSetting("cần một số nguyên", "expected a whole number") from None
        if not low <= value <= high:
            raise BadSetting(f"cần một số từ {low} đến {high}", f"expected a number from {low} to {high}")
        return value

    return _read(name, "number", default, doc, parse)


def numbers(name: str, *, default: str, low: int = 0, high: int = 2**31, doc: str) -> tuple[int, ...]:
    """Read whole numbers by commas, each between low and high, each larger than the one before."""

    def parse(raw: str) -> tuple[int, ...]:
        words = [word.strip() for word in raw.split(",")]
        if not all(word.isascii() and word.isdigit() and low <= int(word[:12]) <= high for word in words):
            raise BadSetting(f"cần các số từ {low} đến {high}, cách nhau bằng dấu phẩy", f"expected numbers from {low} to {high} by commas")
        found = tuple(int(word) for word in words)
        if list(found) != sorted(set(found)):
            raise BadSetting("mỗi số phải lớn hơn số trước", "expected each number larger than the one before")
        return found

    read = _read(name, "list", default, doc, lambda raw: ",".join(str(number) for number in parse(raw)))
    return parse(read)


def choice(name: str, *, default: str, among: tuple[str, ...], doc: str) -> str:
    """Read one of a few words, in capitals or not."""

    def parse(raw: str) -> str:
        if raw.upper() in among:
            return raw.upper()
        raise BadSetting(f"cần một trong: {', '.join(among)}", f"expected one of {', '.join(among)}")

    return _read(name, "choice", default, doc, parse)


def name(name: str, *, default: str, doc: str) -> str:
    """Read a short name of small letters, digits and dashes that begins with a letter."""

    def parse(raw: str) -> str:
        if SHORT_NAME.fullmatch(raw):
            return raw
        raise BadSetting(
            "cần một tên ngắn bắt đầu bằng chữ cái, gồm chữ thường không dấu, chữ số và dấu gạch nối",
            "expected a short name that begins with a letter, of small letters, digits and dashes",
        )

    return _read(name, "name", default, doc, parse)


def url(name: str, *, default: str = "", schemes: tuple[str, ...], doc: str, secret: bool = False, with_port: bool = False) -> str:
    """Read an address whose scheme is one of `schemes`; `with_port`: that names its host and port."""

    def parse(raw: str) -> str:
        starts = [f"{scheme}://" for scheme in schemes]
        if urlsplit(raw).scheme not in schemes:
            raise BadSetting(f"cần địa chỉ bắt đầu bằng {' hoặc '.join(starts)}", f"expected an address that starts with {' or '.join(starts)}")
        if with_port and not _names_port(raw):
            raise BadSetting("cần cả tên máy và cổng, như http://elasticsearch:9200", "expected a host and a port, as in http://elasticsearch:9200")
        return raw

    return _read(name, "url", default, doc, parse, secret=secret)


def base(name: str, *, default: str, doc: str) -> str:
    """Read the base address of another machine's interface: scheme, host, perhaps a port and a path, nothing more."""

    def parse(raw: str) -> str:
        if not _is_base(raw):
            raise BadSetting(
                "cần địa chỉ gốc như https://graph.facebook.com, không có tên đăng nhập, dấu ? hay dấu #",
                "expected a base address such as https://graph.facebook.com, without a user name, ? or #",
            )
        return raw if raw == default else raw.rstrip("/")

    return _read(name, "url", default, doc, parse)


def _is_base(raw: str) -> bool:
    try:
        parts = urlsplit(raw)
        plain = parts.port != 0 and parts.username is None and not any(letter.isspace() for letter in raw)
    except ValueError:
        return False
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname) and not any(mark in raw for mark in "?#")


def _names_port(raw: str) -> bool:
    try:
        return bool(urlsplit(raw).hostname and urlsplit(raw).port)
    except ValueError:
        return False


def words(name: str, *, default: str = "", doc: str, secret: bool = False) -> list[str]:
    """Read a comma-separated list."""
    raw = _read(name, "list", default, doc, str, secret=secret)
    return [word.strip() for word in raw.split(",") if word.strip()]


def urls(name: str, *, schemes: tuple[str, ...], doc: str) -> list[str]:
    """Read a comma-separated list of addresses, each with a host."""

    def parse(raw: str) -> str:
        for word in filter(None, map(str.strip, raw.split(","))):
            if urlsplit(word).scheme not in schemes or not urlsplit(word).hostname:
                raise BadSetting(f"{word} không phải địa chỉ {' hoặc '.join(schemes)}", f"{word} is no address of {' or '.join(schemes)}")
        return raw

    return [word.strip() for word in _read(name, "list", "", doc, parse).split(",") if word.strip()]


def pattern(name: str, *, pattern: str, meaning: tuple[str, str], doc: str) -> str:
    """Read a text that matches a pattern, or nothing; `meaning` says in Vietnamese and English what is expected."""

    def parse(raw: str) -> str:
        if re.fullmatch(pattern, raw):
            return raw
        raise BadSetting(f"cần {meaning[0]}", f"expected {meaning[1]}")

    return _read(name, "text", "", doc, parse)
