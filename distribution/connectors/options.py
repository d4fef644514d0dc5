"""What a person may set on an account of a kind: plain data, from which the channel's page makes its form. Values stand in the account's `settings`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable


def _(sentence: str) -> str:
    """Mark for translation; connectors know no Django."""
    return sentence


class Type(StrEnum):
    """What a value is."""

    YES_NO = "yes_no"
    NUMBER = "number"  # a whole one
    CHOICE = "choice"
    TEXT = "text"
    ADDRESS = "address"  # of the web, https


@dataclass(frozen=True)
class Option:
    """One setting. `label`, `help` and `unit` are English source sentences. Left empty in the form, the account has the default.

    `name` is its key in the settings; a dot leads into a dictionary, a number after it to a place in a list ("photos.address", "hours.0"), the whole of
    which is then `whole` while only a part is set. `above`: the option that this one must be larger than.
    """

    name: str
    type: Type
    label: str
    default: Any = ""
    help: str = ""
    unit: str = ""
    least: int = 0
    most: int = 0
    choices: tuple[tuple[str, str], ...] = ()
    pattern: str = ""  # of a text
    longest: int = 200
    whole: tuple[Any, ...] = ()
    above: str = ""


@runtime_checkable
class HasOptions(Protocol):
    """A connector whose accounts can be set up."""

    options: tuple[Option, ...]


def gap(default: int) -> Option:
    """The pause between two posts of one account, which every kind can have."""
    return Option(
        "minimum_gap", Type.NUMBER, _("Shortest pause between two posts"), default, _("What comes sooner waits its turn. Take-downs and corrections do not wait."), _("seconds"), 0, 86_400
    )


def language(default: str = "vi") -> Option:
    """The language that the platform is told."""
    return Option("language", Type.TEXT, _("Language of the posts"), default, _("Two or three small letters, for example vi or en."), pattern=r"[a-z]{2,3}", longest=3)
