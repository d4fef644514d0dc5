"""RSS 2.0: the whole paper and each section, the newest thirty."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.feedgenerator import Enclosure, Rss201rev2Feed
from django.utils.html import format_html

from newsroom.articles.models import ArticlePage
from newsroom.common.dates import local
from publishing.corrections.selectors import latest_shown, plain_notice
from publishing.reader import collected, content, frame, stories
from publishing.reader.plain import plain
from publishing.reader.views import reader_page

ITEMS = 30
TTL_MINUTES = "5"


class Feed(Rss201rev2Feed):
    """RSS with the channel's picture; its date is that of the newest story, so that an unchanged feed stays the same bytes."""

    content_type = "application/rss+xml; charset=utf-8"

    def __init__(self, *, moment: datetime | None, icon: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.moment, self.icon = moment, icon

    def latest_post_date(self) -> datetime:
        """When the newest story came out."""
        return local(self.moment) if self.moment else super().latest_post_date()

    def add_root_elements(self, handler: Any) -> None:
        """The channel, the hubs that tell of its changes (WebSub), its picture."""
        super().add_root_elements(handler)
        for hub in settings.WEBSUB_HUBS:
            handler.addQuickElement("atom:link", None, {"rel": "hub", "href": hub})
        handler.startElement("image", {})
        for name, value in (("url", self.icon), ("title", self.feed["title"]), ("link", self.feed["link"])):
            handler.addQuickElement(name, value)
        handler.endElement("image")


@reader_page
def paper_feed(request: HttpRequest) -> HttpResponse:
    """The newest of the whole paper."""
    collected.note(collected.NEWEST)
    around = frame.current()
    return _answer(around, ids=stories.newest_ids(ITEMS), title=around.name, path="/", own_path="/rss.xml", description=around.governing_line)


@reader_page
def section_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest of a section and of those under it."""
    around = frame.current()
    section = next((s for s in around.by_id.values() if s.slug == slug), None)
    if section is None:
        raise Http404
    collected.note(*(collected.section(i) for i in around.with_children(section)))
    ids = stories.section_ids(around.with_children(section), page=1, size=ITEMS)[0]
    title = f"{section.title} - {around.name}"
    return _answer(around, ids=ids, title=title, path=section.path, own_path=f"/rss/{slug}.rss", description=section.description or title)


def feed_addresses(story: ArticlePage) -> list[str]:
    """Paths of the feeds that a story stands in: the paper's, and those of its sections and the ones above them."""
    around = frame.current()
    ids = [story.main_section_id, *(section.pk for section in story.other_sections.all())]
    slugs = dict.fromkeys(above.slug for section_id in ids for above in around.trail(section_id))
    return ["/rss.xml", *(f"/rss/{slug}.rss" for slug in slugs)]


def _answer(around: frame.Frame, *, ids: list[int], title: str, path: str, own_path: str, description: str) -> HttpResponse:
    cards = content.cards(ids)
    newest = max((c.published_at for c in cards if c.published_at), default=None)
    feed = Feed(
        moment=newest, icon=content.icon_address(), title=plain(title) or "RSS", link=content.absolute(path), description=plain(description) or plain(title),
        language="vi", feed_url=content.absolute(own_path), ttl=TTL_MINUTES, feed_copyright=plain(around.name),
    )
    corrected = latest_shown(ids)
    for card in cards:
        feed.add_item(**_item(card, notice=plain_notice(corrected[card.id]) if card.id in corrected else ""))
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    return response


def _item(card: content.Card, *, notice: str) -> dict[str, Any]:
    item: dict[str, Any] = {
        "title": plain(card.headline), "link": card.address, "description": _description(card, notice=notice), "unique_id": content.absolute(f"/a{card.id}"), "unique_id_is_permalink": False,
        "pubdate": local(card.published_at) if card.published_at else None, "author_name": ", ".join(name.name for name in card.names) or None,
        "categories": [card.section.title] if card.section else [],
    }
    if card.picture and card.picture.shared:
        item["enclosures"] = [Enclosure(content.absolute(card.picture.shared), "0", "image/jpeg")]
    return item


def _description(card: content.Card, *, notice: str) -> str:
    """The lead, after the picture where there is one, as the papers' feeds do it; before it a notice of correction."""
    lead = plain(f"{notice} – {card.lead}" if notice else card.lead)
    if card.picture is None:
        return format_html("{}", lead)
    return format_html(
        '<a href="{}"><img src="{}" width="{}" height="{}" alt="{}"></a><br>{}', card.address, content.absolute(card.picture.src), card.picture.width, card.picture.height,
        plain(card.picture.alt), lead,
    )
