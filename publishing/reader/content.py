"""What the templates show, as plain data: cards, a story, the front. Everything a page needs is read here, pictures in one query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import pgettext_lazy

from newsroom.articles.addresses import author_path, story_path
from newsroom.articles.enums import AiUse, BylineRole
from newsroom.articles.models import ArticlePage
from newsroom.articles.selectors import body_videos
from newsroom.contributors.models import PenName
from newsroom.media.models import NewsImage
from publishing.corrections.selectors import correction_column, shown_notices
from publishing.fronts.selectors import front_order, picked_story_ids
from publishing.reader import collected, frame, memory, notices, pictures, stories, videos
from publishing.reader.frame import Frame, SectionLink
from publishing.reader.notices import NoticeView
from publishing.reader.pictures import Picture
from publishing.reader.version_mark import version_mark
from publishing.reader.videos import Film

TOP = 6
TIMED = 7
LOOK_BACK = 600
BIG_BAND = 5
SMALL_BAND = 3
RAIL = 6
RELATED = 3
FRESH_PAGES = 2  # deeper pages of a section follow within ten minutes: each new story moves all of them
# The words before names in a byline: shorter than the labels of the editor's form.
ROLE_WORDS = {
    BylineRole.TEXT: pgettext_lazy("byline", "By"),
    BylineRole.PHOTO: pgettext_lazy("byline", "Photo"),
    BylineRole.ILLUSTRATION: pgettext_lazy("byline", "Illustration"),
    BylineRole.VIDEO: pgettext_lazy("byline", "Video"),
    BylineRole.TRANSLATION: pgettext_lazy("byline", "Translation"),
}
UPDATED_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class Name:
    """A pen name as readers see it."""

    name: str
    path: str
    role: str
    role_label: str


@dataclass(frozen=True)
class Card:
    """A story in a list."""

    id: int
    path: str
    headline: str
    short: str
    kicker: str
    lead: str
    section: SectionLink | None
    names: tuple[Name, ...]
    published_at: datetime | None
    picture: Picture | None

    @property
    def address(self) -> str:
        """Absolute, for feeds and other machines."""
        return absolute(self.path)


@dataclass(frozen=True)
class Band:
    """A section on the front with its newest stories."""

    section: SectionLink
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Front:
    """The front from the top down; no story stands in it twice."""

    lead: Card | None
    beside: tuple[Card, ...]
    timed: tuple[Card, ...]
    first_band: Band | None
    bands: tuple[Band, ...]
    corrections: tuple[NoticeView, ...] = ()

    @property
    def rows(self) -> list[tuple[Band, ...]]:
        """The smaller bands, three to a row."""
        return [self.bands[i : i + 3] for i in range(0, len(self.bands), 3)]


@dataclass(frozen=True)
class StoryView:
    """A story's page."""

    article: ArticlePage
    card: Card
    trail: tuple[SectionLink, ...]
    updated_at: datetime | None
    caption: str
    credit: str
    ai_use: str
    signature: str
    page_title: str
    social_title: str
    latest: tuple[Card, ...]
    related: tuple[Card, ...]
    video: Film | None = None
    films: tuple[Film, ...] = ()
    notices: tuple[NoticeView, ...] = ()
    version_mark: str = ""

    @property
    def shared(self) -> str:
        """The picture for a link card: the story's own, else the poster of its video."""
        picture = self.card.picture
        return (picture.shared or picture.src) if picture else self.video.poster if self.video else ""

    @property
    def shared_alt(self) -> str:
        """What that picture shows."""
        return self.card.picture.alt if self.card.picture else self.video.title if self.video else ""


def absolute(path: str) -> str:
    """A path as readers on other sites need it."""
    return f"{settings.PAPER_ADDRESS.rstrip('/')}{path}"


def icon_address() -> str:
    """The paper's mark, absolute."""
    return absolute(static("paper/icon-180.png"))


def names_of(story: ArticlePage) -> tuple[Name, ...]:
    """The byline: pen names only, in order. The real author has no place here."""
    return tuple(
        Name(line.pen_name.name, author_path(line.pen_name) if line.pen_name_id else "", line.role, str(ROLE_WORDS[BylineRole(line.role)]))
        for line in story.bylines.all()
        if line.pen_name_id
    )


def card(story: ArticlePage, *, around: Frame, found: dict[int, Picture]) -> Card:
    """A story as a card; `found` holds the pictures of the page."""
    section = around.section(story.main_section_id)
    _note(story)
    return Card(
        id=story.pk, path=story_path(story) if story.pk else "", headline=story.title, short=story.short_headline or story.title, kicker=story.kicker,
        lead=story.lead, section=section, names=names_of(story), published_at=story.first_published_at,
        picture=found.get(story.main_image_id) if story.main_image_id else None,
    )


def _note(story: ArticlePage) -> None:
    """Tell what a card shows."""
    names = [collected.pen_name(line.pen_name_id) for line in story.bylines.all() if line.pen_name_id]
    collected.note(collected.story(story.pk), *names, *([collected.image(story.main_image_id)] if story.main_image_id else []))


def cards(ids: Iterable[int]) -> list[Card]:
    """Live stories as cards, in the order of `ids`. One query where they were shown a moment ago, else five, whatever their number."""
    wanted = list(dict.fromkeys(ids))
    keys = stories.live_keys(wanted)
    known: dict[int, Any] = memory.recall(keys.items())
    if missing := [pk for pk in wanted if pk in keys and pk not in known]:
        known |= _made(missing, keys)
    return [known[pk] for pk in wanted if pk in known]


def _made(ids: list[int], keys: dict[int, int | None]) -> dict[int, Card]:
    loaded = stories.load(ids)
    found = pictures.build(story.main_image for story in loaded)
    around = frame.current()
    made = {story.pk: card(story, around=around, found=found) for story in loaded}
    memory.remember({(story.pk, story.live_revision_id): made[story.pk] for story in loaded if story.live_revision_id == keys[story.pk]})
    return made


def front(*, now: datetime) -> Front:
    """The front at `now`: chosen stories in their places, then the newest, then each section's newest."""
    collected.note(collected.FRONT)
    around = frame.current()
    picked = picked_story_ids(now=now)
    recent = stories.newest_with_sections(LOOK_BACK)
    order = front_order(picked=picked, newest=[story_id for story_id, _section in recent])
    top, timed = order[:TOP], order[TOP : TOP + TIMED]
    bands = _band_ids(around, recent, taken={*top, *timed})
    by_id = {c.id: c for c in cards([*top, *timed, *(i for _s, ids in bands for i in ids)])}
    shown = [Band(section, _picture_first([by_id[i] for i in ids if i in by_id])) for section, ids in bands]
    shown = [band for band in shown if band.cards]
    first = shown[0] if shown else None
    tops = [by_id[i] for i in top if i in by_id]
    return Front(
        lead=tops[0] if tops else None, beside=tuple(tops[1:]), timed=tuple(by_id[i] for i in timed if i in by_id), first_band=first,
        bands=tuple(Band(band.section, band.cards[:SMALL_BAND]) for band in shown[1:]),
        corrections=tuple(notices.view(notice) for notice in correction_column(now=now)),
    )


def _picture_first(found: list[Card]) -> tuple[Card, ...]:
    """The newest story with a picture opens its section; a section without any goes without."""
    first = next((c for c in found if c.picture), None)
    return tuple(sorted(found, key=lambda c: c is not first))


def _band_ids(around: Frame, recent: Sequence[tuple[int, int | None]], *, taken: set[int]) -> list[tuple[SectionLink, list[int]]]:
    top_of = {i: section.id for section in around.sections for i in around.with_children(section)}
    found: dict[int, list[int]] = {section.id: [] for section in around.sections}
    for story_id, section_id in recent:
        home = found.get(top_of.get(section_id or 0, 0))
        if home is not None and story_id not in taken and len(home) < BIG_BAND:
            home.append(story_id)
    quiet = [i for i, top_id in top_of.items() if len(found[top_id]) < SMALL_BAND]
    for story_id, section_id in stories.newest_of_sections(quiet, count=SMALL_BAND + len(taken)):
        home = found[top_of[section_id]]
        if story_id not in taken and story_id not in home:
            home.append(story_id)
    return [(section, found[section.id][:BIG_BAND]) for section in around.sections]


def story_view(article: ArticlePage) -> StoryView:
    """A story's page, live or in preview. Its lists show live stories only."""
    around = frame.current()
    latest = memory.story_ids(0, lambda: stories.newest_ids(RAIL + RELATED + 1))
    related = memory.story_ids(article.main_section_id or -1, lambda: stories.same_section_ids(article, count=RELATED + 1))
    related = [i for i in related if i != article.pk][:RELATED]
    latest = [i for i in latest if i != article.pk and i not in related][:RAIL]
    body_images = images_in(article)
    found = pictures.build([article.main_image, *body_images])
    for image in body_images:
        image.ready_picture = found.get(image.pk)
    films = _films(article)
    collected.note(*(collected.image(image.pk) for image in body_images))
    with collected.around():
        around_cards = {c.id: c for c in cards([*latest, *related])}
    names = names_of(article)
    published, touched = article.first_published_at, article.last_published_at
    return StoryView(
        article=article, card=card(article, around=around, found=found), trail=tuple(around.trail(article.main_section_id)),
        updated_at=touched if published and touched and touched - published > UPDATED_AFTER else None,
        caption=article.main_image_caption or (article.main_image.caption if article.main_image else ""), credit=article.main_image.credit if article.main_image else "",
        ai_use=article.ai_use if article.ai_use != AiUse.NONE else "", signature=", ".join(n.name for n in names if n.role == BylineRole.TEXT),
        page_title=article.seo_title or article.title, social_title=article.social_headline or article.title,
        latest=tuple(around_cards[i] for i in latest if i in around_cards), related=tuple(around_cards[i] for i in related if i in around_cards),
        video=films.get(article.main_video_id) if article.main_video_id else None, films=tuple(films.values()),
        notices=tuple(notices.view(notice) for notice in shown_notices(article.pk)) if article.pk else (),
        version_mark=version_mark(article.pk, getattr(article, "event_version", None)),
    )


def _films(article: ArticlePage) -> dict[int, Film]:
    """The story's videos by id, the main one first; those of the body learn how they are shown."""
    in_body: list[Any] = [video for video in body_videos(article) if video is not None]
    films = videos.build([article.main_video, *in_body])
    for video in in_body:
        video.ready_film = films.get(video.pk)
    return films


def images_in(article: ArticlePage) -> list[NewsImage]:
    """The pictures in the body: the stream reads them in one query."""
    found: list[Any] = []
    for block in article.body:
        if block.block_type == "image" and (image := block.value.get("image")):
            found.append(image)
    return found


@dataclass(frozen=True)
class ListView:
    """A page of a list: a section or an author."""

    page_number: int
    has_older: bool
    cards: tuple[Card, ...]
    path: str

    @property
    def address(self) -> str:
        """Absolute address of this very page of the list."""
        return absolute(self.path if self.page_number == 1 else f"{self.path}trang-{self.page_number}/")

    @property
    def shared(self) -> str:
        """The picture for a link card: that of the newest story that has one."""
        return next((c.picture.shared for c in self.cards if c.picture and c.picture.shared), "")


@dataclass(frozen=True)
class SectionView(ListView):
    """A page of a section, with the newest of the whole paper beside it."""

    section: SectionLink
    trail: tuple[SectionLink, ...]
    latest: tuple[Card, ...]


@dataclass(frozen=True)
class AuthorView(ListView):
    """A page of a pen name."""

    name: str
    bio: str


def section_view(section: SectionLink, *, page: int) -> SectionView:
    """A page of a section."""
    around = frame.current()
    ids, has_older = stories.section_ids(around.with_children(section), page=page)
    latest = [i for i in stories.newest_ids(TIMED + stories.PAGE_SIZE) if i not in ids][:TIMED]
    if page <= FRESH_PAGES:
        collected.note(*(collected.section(i) for i in around.with_children(section)))
    by_id = {c.id: c for c in cards(ids)}
    with collected.around():
        by_id |= {c.id: c for c in cards(latest)}
    return SectionView(
        page_number=page, has_older=has_older, cards=tuple(by_id[i] for i in ids if i in by_id), path=section.path, section=section,
        trail=tuple(around.trail(section.id)), latest=tuple(by_id[i] for i in latest if i in by_id),
    )


def author_view(pen_name: PenName, *, page: int) -> AuthorView:
    """A page of a pen name. The few words about a person stand under one pen name only: under two they would tell that both are one person."""
    ids, has_older = stories.author_ids(pen_name, page=page)
    collected.note(collected.pen_name(pen_name.pk))
    alone = pen_name.contributor.pen_names.count() == 1
    return AuthorView(
        page_number=page, has_older=has_older, cards=tuple(cards(ids)), path=author_path(pen_name), name=pen_name.name,
        bio=pen_name.contributor.bio if alone else "",
    )
