"""What a person may set on an account."""

from __future__ import annotations

from distribution.connectors.options import Option, Type, gap
from distribution.connectors.telegram_channel.config import GAP_SECONDS, VIDEO_BYTES


def _(sentence: str) -> str:
    """Mark for translation; connectors know no Django."""
    return sentence


MODES = (("link", _("The story's link with its card")), ("picture", _("One picture")), ("pictures", _("Several pictures")), ("video", _("The story's video where it has one")))
OPTIONS = (
    Option("mode", Type.CHOICE, _("What a post shows"), "link", _("A story may choose otherwise."), choices=MODES),
    Option("silent", Type.YES_NO, _("Posts arrive without a sound"), False),
    Option("video_bytes", Type.NUMBER, _("Largest video"), VIDEO_BYTES, _("More than 50,000,000 only through a Bot API server of the newsroom's own."), _("bytes"), 1_000_000, 2_000_000_000),
    gap(int(GAP_SECONDS)),
)
