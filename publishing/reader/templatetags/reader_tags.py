"""Data and forms of time for the paper's templates. Tags return data; the markup stands in templates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.template import Context

from newsroom.articles.models import ArticlePage, SectionPage
from newsroom.common import clock, dates, text
from newsroom.media.models import NewsImage, NewsVideo
from publishing.reader import content, frame, pictures, structured, videos

register = template.Library()


@register.simple_tag(takes_context=True)
def front_view(context: Context) -> content.Front:
    """The front: that of the view, or read anew for a preview."""
    return context.get("front") or content.front(now=context.get("now") or clock.now())


@register.simple_tag(takes_context=True)
def section_view(context: Context) -> content.SectionView:
    """The section's page: that of the view, or the first one for a preview."""
    if view := context.get("view"):
        return view
    page: SectionPage = context["page"]
    known = frame.current().section(page.pk)
    link = frame.SectionLink(page.pk or 0, page.title, page.slug, page.description, known.parent_id if known else None, known.children if known else ())
    return content.section_view(link, page=1)


@register.simple_tag(takes_context=True)
def story_view(context: Context) -> content.StoryView:
    """The story's page: that of the view, or made from the page that is previewed."""
    if story := context.get("story"):
        return story
    article: ArticlePage = context["page"]
    return content.story_view(article)


@register.simple_tag
def ready_picture(image: NewsImage | None) -> pictures.Picture | None:
    """A picture of the body. The view has read all of them at once; elsewhere this one is read alone."""
    if image is None:
        return None
    ready: pictures.Picture | None = getattr(image, "ready_picture", None)
    return ready or pictures.build([image]).get(image.pk)


@register.simple_tag
def ready_film(video: NewsVideo | None) -> videos.Film | None:
    """A video of the body, read by the view with all others; elsewhere this one is read alone. None while it is not ready."""
    if video is None:
        return None
    if hasattr(video, "ready_film"):
        return video.ready_film
    return videos.build([video]).get(video.pk)


@register.simple_tag(takes_context=True)
def story_json(context: Context, story: content.StoryView) -> str:
    """NewsArticle as JSON-LD."""
    return structured.script_safe(structured.story_data(story, _paper(context)))


@register.simple_tag(takes_context=True)
def paper_json(context: Context) -> str:
    """The paper as JSON-LD."""
    return structured.script_safe(structured.paper_data(_paper(context)))


@register.simple_tag
def crumbs_json(trail: Any) -> str:
    """The way down to a section as JSON-LD."""
    return structured.script_safe(structured.crumbs(trail))


def _paper(context: Context) -> frame.Frame:
    return context.get("paper") or frame.current_or_last_known()


@register.filter
def no_break(value: Any) -> str:
    """Keep numbers with their nouns and titles with their names."""
    return text.no_break(str(value)) if value else ""


@register.filter
def absolute(path: str) -> str:
    """A path with the paper's address before it."""
    return content.absolute(path) if path.startswith("/") else path


@register.filter
def iso(moment: datetime | None) -> str:
    """2026-11-23T06:15:00+07:00, for machines."""
    return dates.local(moment).isoformat(timespec="seconds") if moment else ""


@register.filter
def ago(moment: datetime, now: datetime | str | None) -> str:
    """12 phút trước; the date for what is older."""
    return dates.relative(moment, now=now if isinstance(now, datetime) else clock.now())


@register.filter
def short_when(moment: datetime | None, now: datetime | str | None) -> str:
    """06:15 for today, 22/11 for older days: the narrow column of the timed list."""
    if moment is None:
        return ""
    today = dates.local(now if isinstance(now, datetime) else clock.now()).date()
    then = dates.local(moment)
    return f"{then:%H:%M}" if then.date() == today else f"{then:%d/%m}"


@register.filter
def full_line(moment: datetime) -> str:
    """Thứ Hai, 23/11/2026, 06:15 (GMT+7)."""
    return dates.full_line(moment)


@register.filter
def after(moment: datetime, first: datetime) -> str:
    """The time of an update: the hour alone when it is the same day."""
    return dates.clock_time(moment) if dates.local(moment).date() == dates.local(first).date() else dates.clock_and_date(moment)


@register.filter
def day(value: date | datetime) -> str:
    """23/11/2026."""
    return dates.short_date(value)


@register.filter
def host(address: str) -> str:
    """The site an address leads to."""
    return urlsplit(address).hostname or address
