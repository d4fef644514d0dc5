"""When a story is due on one channel: chosen with its text, signed with it."""

from __future__ import annotations

from datetime import datetime, timedelta

from newsroom.articles.enums import ChannelTiming
from newsroom.articles.models import ChannelText


def due_at(channel: ChannelText, *, with_story: datetime) -> datetime:
    """With the story, some minutes after it, or at a time of its own; never before readers see the story."""
    if channel.timing == ChannelTiming.AFTER and channel.after_minutes:
        return with_story + timedelta(minutes=channel.after_minutes)
    if channel.timing == ChannelTiming.AT and channel.at is not None:
        return max(channel.at, with_story)
    return with_story
