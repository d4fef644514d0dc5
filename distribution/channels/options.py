"""What can be set on an account: the options that its kind declares, and those that deliveries read of every account."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django.conf import settings as newsroom
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from distribution.channels.models import Account
from distribution.channels.selectors import connector_of, settings_of
from distribution.connectors.options import HasOptions, Option, Type
from distribution.connectors.registry import connectors

MISSING = object()


def options_of(account: Account) -> tuple[Option, ...]:
    """Everything that the account's page offers."""
    connector = connector_of(account) if account.kind in connectors else None
    own = connector.options if isinstance(connector, HasOptions) else ()
    return (*own, *_of_every_channel())


def _of_every_channel() -> tuple[Option, ...]:
    hours, minutes = newsroom.DELIVERY_FRESH_HOURS, newsroom.DELIVERY_REMIND_MINUTES
    return (
        Option("fresh_hours", Type.NUMBER, gettext_noop("A post is news for"), hours, gettext_noop("What could not go out until then expires and is not posted."), gettext_noop("hours"), 1, 720),
        Option("remind_minutes", Type.NUMBER, gettext_noop("Remind whoever runs the channel every"), minutes, gettext_noop("Of what waits for a person on the platform."), gettext_noop("minutes"), 1, 1440),
        Option("ask_when_late_minutes", Type.NUMBER, gettext_noop("Ask before posting what is late by"), 30, gettext_noop("Nothing late goes out without a person's word."), gettext_noop("minutes"), 1, 10_080),
    )


def value_at(found: dict[str, Any], option: Option) -> Any:
    """What the settings hold of an option; MISSING where they hold nothing."""
    value: Any = found
    for part in option.name.split("."):
        place = int(part) if part.isdigit() and isinstance(value, list | tuple) else part
        try:
            value = value[place]
        except (KeyError, IndexError, TypeError):
            return MISSING
    return value


def default_of(account: Account, option: Option) -> Any:
    """What holds where the account says nothing: as the newsroom is configured, else as the kind declares."""
    blank = Account(kind=account.kind, key=account.key, rehearsal=account.rehearsal, created_at=account.created_at)
    value = value_at(settings_of(blank), option)
    return option.default if value is MISSING else value


def with_values(found: dict[str, Any], values: list[tuple[Option, Any]]) -> dict[str, Any]:
    """The settings with other values; None takes one out, so that its default holds again. Whatever else is there stays."""
    changed = deepcopy(found)
    for option, value in values:
        top, _dot, inner = option.name.partition(".")
        if inner.isdigit():
            _put_in_list(changed, top, int(inner), option, value)
        elif inner:
            kept = changed[top] if isinstance(changed.get(top), dict) else {}
            changed[top] = _put(kept, inner, value)
            if not changed[top]:
                del changed[top]
        else:
            _put(changed, top, value)
    return changed


def _put(kept: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    if value is None:
        kept.pop(name, None)
    else:
        kept[name] = value
    return kept


def _put_in_list(changed: dict[str, Any], name: str, place: int, option: Option, value: Any) -> None:
    """A place in a list that is kept as a whole; with every place at its default it is not kept."""
    kept = list(changed[name]) if isinstance(changed.get(name), list | tuple) and len(changed[name]) == len(option.whole) else list(option.whole)
    kept[place] = option.whole[place] if value is None else value
    if kept == list(option.whole):
        changed.pop(name, None)
    else:
        changed[name] = kept


def in_words(option: Option, value: Any) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return _("nothing")
    if option.type == Type.YES_NO:
        return _("Yes") if value else _("No")
    if option.type == Type.CHOICE:
        return next((_(label) for key, label in option.choices if key == value), str(value))
    if option.type == Type.NUMBER and isinstance(value, int | float):
        return f"{number_format(value, decimal_pos=0 if float(value).is_integer() else None, force_grouping=True)} {_(option.unit) if option.unit else ''}".strip()
    return str(value)
