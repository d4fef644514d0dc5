"""What a person may set on an account."""

from __future__ import annotations

from distribution.connectors.facebook_page.config import LONGEST_MINUTES
from distribution.connectors.options import Option, Type, gap


def _(sentence: str) -> str:
    """Mark for translation; connectors know no Django."""
    return sentence


MODES = (("link", _("The story's link with its card")), ("photos", _("Several pictures")), ("text", _("Words only")), ("video", _("The story's video where it has one")))
OPTIONS = (
    Option("mode", Type.CHOICE, _("What a post shows"), "link", _("A story may choose otherwise."), choices=MODES),
    Option("reels", Type.YES_NO, _("Upright, short videos as reels"), True),
    Option("longest_minutes", Type.NUMBER, _("Longest video"), LONGEST_MINUTES, unit=_("minutes"), least=1, most=1440),
    gap(180),
)
