"""Parts of the reader's addresses, bounded, so that a hostile address costs nothing."""

from __future__ import annotations


class Words:
    """The readable part of an address."""

    regex = r"[-\w]{1,255}"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


class PerhapsWords(Words):
    """The same, where it may be missing."""

    regex = r"[-\w]{0,255}"


class Whole:
    """A whole number of at most 18 digits."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Its digits."""
        return str(value)
