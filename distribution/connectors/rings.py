"""What platforms ask of us by themselves: calls that something happened, and pictures that they fetch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from distribution.connectors.base import JSON, Payload


@dataclass(frozen=True)
class Ring:
    """A platform called: something became of `value`, which handles keep under `name`. Empty: of the account itself."""

    account_id: str
    name: str = ""
    value: str = ""


@runtime_checkable
class Rings(Protocol):
    """A connector whose platform calls us. What it says is never believed: it only makes us look sooner."""

    def heard(self, *, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Ring | None:
        """What a signed call is about; None where the signature is wrong, too old, or the words cannot be read. Header names in lower case."""


@runtime_checkable
class FetchesPictures(Protocol):
    """A connector whose platform fetches pictures from us, from addresses that nobody guesses."""

    def picture_at(self, *, payload: Payload, key: str, proof: str, settings: JSON) -> tuple[int, int] | None:
        """The box (width, height) into which the picture must fit; None for what the platform was never told."""

    def may_fetch(self, handle: JSON) -> bool:
        """Whether the call that named the addresses is written down as answered: before that nothing is given out."""
