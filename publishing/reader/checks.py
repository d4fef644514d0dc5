"""A paper whose imprint is incomplete breaks the law on every page: the check says what is missing."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError
from django.utils.translation import gettext as _

from publishing.reader import frame

REQUIRED = ("name", "governing_line", "governing_body", "licence_number", "licence_date", "licence_issuer", "editor_in_chief", "address", "phone", "email", "domain")


def missing_in_imprint() -> list[str]:
    """Fields of the masthead and imprint that are empty."""
    return [name for name in REQUIRED if not getattr(frame.load(), name)]


@register(Tags.database)
def imprint_is_complete(databases: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Warn while a required line of the imprint is empty (`manage.py check --database default`)."""
    if not databases:
        return []
    try:
        missing = missing_in_imprint()
    except DatabaseError:
        return []  # before the first migration there is no imprint to check
    if not missing:
        return []
    hint = _("Fill them in under Settings > Masthead and imprint.")
    return [Warning(_("The masthead and imprint lack: %s") % ", ".join(missing), hint=hint, id="reader.W001")]
