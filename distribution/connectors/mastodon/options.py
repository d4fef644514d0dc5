"""What a person may set on an account."""

from __future__ import annotations

from distribution.connectors.mastodon.config import MEDIA_PATIENCE
from distribution.connectors.options import Option, Type, gap, language


def _(sentence: str) -> str:
    """Mark for translation; connectors know no Django."""
    return sentence


MODES = (("link", _("The story's link with its card")), ("picture", _("One picture")), ("pictures", _("Several pictures")), ("video", _("The story's video where it has one")))
VISIBILITIES = (("public", _("Everybody, in all lists")), ("unlisted", _("Everybody, but not in public lists")), ("private", _("Followers only")))
OPTIONS = (
    Option("mode", Type.CHOICE, _("What a post shows"), "link", _("A story may choose otherwise."), choices=MODES),
    Option("visibility", Type.CHOICE, _("Who sees a post"), "public", choices=VISIBILITIES),
    language(),
    Option("processing_patience", Type.NUMBER, _("Wait for the server's processing of files at most"), int(MEDIA_PATIENCE), _("Then a person must look."), _("seconds"), 60, 7200),
    gap(0),
)
