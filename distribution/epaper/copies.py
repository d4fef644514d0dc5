"""The paper's own copy of a story and the feeds that carry it, for whoever corrects it or decides on a take-down."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from distribution.epaper.enums import PingState
from distribution.epaper.models import Ping
from distribution.epaper.selectors import copy_lines
from newsroom.articles.addresses import story_path
from newsroom.articles.models import ArticlePage
from publishing.corrections.registry import Copy
from publishing.reader.content import absolute
from publishing.reader.feeds import feed_addresses
from publishing.reader.pages.selectors import waits

PING_TONES = {PingState.DONE: "good", PingState.FAILED: "late"}


def copies_of(story: ArticlePage) -> list[Copy]:
    """The page as readers get it, then the feeds and the hubs and search engines that were told."""
    line = copy_lines([story.pk]).get(story.pk)
    if line is None:  # it came in with an archive: nobody looks at its page
        page = Copy(_("E-newspaper"), pgettext("copy on the paper", "On the paper") if story.live else _("Taken off the paper"), absolute(story_path(story)) if story.live else "")
    else:
        page = Copy(_("E-newspaper"), line.state, line.link, line.tone, line.reason)
    told = [_of_ping(ping) for ping in line.pings] if line else []
    return [page, _feeds(story), *told]


def _feeds(story: ArticlePage) -> Copy:
    """Feeds are made of what readers see: they follow once they are rendered anew."""
    addresses = feed_addresses(story)
    state, tone = (_("Being made anew"), "soon") if waits(addresses) else (_("As the paper"), "good")
    return Copy(_("RSS feeds"), state, absolute(addresses[0]) if addresses else "", tone)


def _of_ping(ping: Ping) -> Copy:
    return Copy(f"{ping.get_kind_display()} ({ping.target})", ping.get_state_display(), tone=PING_TONES.get(PingState(ping.state), "soon"), note=ping.said)
