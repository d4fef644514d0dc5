"""A table that higher layers fill in `AppConfig.ready()`; a second entry under one name is refused."""

from __future__ import annotations

from collections.abc import ItemsView
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Named things in the order in which they were added."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._entries: dict[str, T] = {}

    def add(self, key: str, value: T) -> T:
        """Add `value` under `key`. Raises ValueError where another value has that key already."""
        if self._entries.get(key, value) is not value:
            raise ValueError(f"{self._what} {key!r} is registered twice")
        self._entries[key] = value
        return value

    def get(self, key: str) -> T:
        """The value under `key`. Raises LookupError naming what there is."""
        try:
            return self._entries[key]
        except KeyError:
            raise LookupError(f"no {self._what} {key!r}; there is {', '.join(self._entries) or 'none'}") from None

    def remove(self, key: str) -> None:
        """Take an entry out again (tests of registries need it)."""
        self._entries.pop(key, None)

    def items(self) -> ItemsView[str, T]:
        """Names and values, in order."""
        return self._entries.items()

    def __contains__(self, key: str) -> bool:
        return key in self._entries
