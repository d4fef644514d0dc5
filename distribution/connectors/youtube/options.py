"""What a person may set on an account."""

from __future__ import annotations

from distribution.connectors.options import Option, Type, gap, language
from distribution.connectors.youtube.config import CATEGORY, LONGEST_MINUTES, PROCESSING_PATIENCE


def _(sentence: str) -> str:
    """Mark for translation; connectors know no Django."""
    return sentence


PRIVACIES = (("public", _("Everybody sees it")), ("unlisted", _("Whoever has the link sees it")), ("private", _("Only the channel sees it")))
OPTIONS = (
    Option("privacy", Type.CHOICE, _("Who sees a video"), "public", _("A story may choose otherwise."), choices=PRIVACIES),
    Option("notify", Type.YES_NO, _("Tell subscribers of new videos"), True),
    Option("shorts_hashtag", Type.YES_NO, _("Add #Shorts to upright, short videos"), True),
    Option("publish_delay_minutes", Type.NUMBER, _("Public after the paper by"), 0, _("0: at once. YouTube's own clock makes the video public."), _("minutes"), 0, 10_080),
    Option("playlist", Type.TEXT, _("Playlist"), "", _("Id of a playlist of the channel that new videos are added to."), pattern=r"[A-Za-z0-9_-]{10,60}", longest=60),
    Option("category", Type.TEXT, _("Category"), CATEGORY, _("YouTube's number of it; 25 is news and politics."), pattern=r"\d{1,3}", longest=3),
    language(),
    Option("longest_minutes", Type.NUMBER, _("Longest video"), LONGEST_MINUTES, _("15 for a channel that YouTube has not verified."), _("minutes"), 1, LONGEST_MINUTES),
    Option("processing_patience", Type.NUMBER, _("Wait for YouTube's processing at most"), int(PROCESSING_PATIENCE), _("Then the video is published as it is."), _("seconds"), 0, 7200),
    gap(0),
)
