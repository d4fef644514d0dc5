"""What layers above and beside add to what channels are told."""

from __future__ import annotations

from collections.abc import Callable

from newsroom.articles.models import ArticlePage
from newsroom.common.registry import Registry
from publishing.events.models import StoryEvent

# What a correction tells readers, first in the text of an edited copy: functions (story as of the version, its event) → sentence or "".
# None for the event: a preview, nothing is sent.
notices: Registry[Callable[[ArticlePage, StoryEvent | None], str]] = Registry("notice")


def notice_of(story: ArticlePage, event: StoryEvent | None) -> str:
    """All that there is to tell, each sentence once."""
    told = (tell(story, event).strip() for _name, tell in notices.items())
    return "\n".join(dict.fromkeys(sentence for sentence in told if sentence))
