"""What stands around every page, masthead, imprint and section bar: read once, kept in the cache, dropped when an editor changes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, transaction
from wagtail.models import Site

from newsroom.articles.models import SectionPage
from publishing.reader.models import PaperSettings

KEY = "paper:frame:1"
KEEP_SECONDS = 300


@dataclass(frozen=True)
class SectionLink:
    """A section as menus, cards and crumbs need it."""

    id: int
    title: str
    slug: str
    description: str
    parent_id: int | None
    children: tuple[SectionLink, ...] = ()

    @property
    def path(self) -> str:
        """The section's address, the same form as newsroom.articles.addresses gives."""
        return f"/{self.slug}/"


@dataclass(frozen=True)
class Frame:
    """Masthead, imprint and sections (the top ones in order, their children inside)."""

    name: str = ""
    governing_line: str = ""
    governing_body: str = ""
    licence_number: str = ""
    licence_date: date | None = None
    licence_issuer: str = ""
    editor_in_chief: str = ""
    address: str = ""
    phone: str = ""
    hotline: str = ""
    email: str = ""
    domain: str = ""
    sample_data: bool = False
    sections: tuple[SectionLink, ...] = ()
    by_id: dict[int, SectionLink] = field(default_factory=dict, compare=False, repr=False)

    def section(self, section_id: int | None) -> SectionLink | None:
        """The section with this id, at any depth."""
        return self.by_id.get(section_id) if section_id else None

    def trail(self, section_id: int | None) -> list[SectionLink]:
        """From the top section down to this one."""
        found: list[SectionLink] = []
        while section := self.section(section_id):
            found.insert(0, section)
            section_id = section.parent_id
        return found

    def with_children(self, section: SectionLink) -> list[int]:
        """Ids of a section and of all below it."""
        return [section.id, *(i for child in section.children for i in self.with_children(child))]


_last = Frame()
MASTHEAD_FIELDS = tuple(f for f in Frame.__dataclass_fields__ if f not in ("sections", "by_id"))


def current() -> Frame:
    """The frame of the default site. Costs no query while it is in the cache."""
    global _last
    frame: Frame | None = cache.get(KEY)
    if frame is None:
        frame = load()
        cache.set(KEY, frame, KEEP_SECONDS)
    _last = frame
    return frame


def last_known() -> Frame:
    """The frame without asking the database, for pages that appear when something is broken."""
    try:
        return cache.get(KEY) or _last
    except Exception:  # noqa: BLE001 - a broken cache may raise anything; the error page must still come
        return _last


def current_or_last_known() -> Frame:
    """The frame, or what this process last knew of it if the database does not answer."""
    try:
        return current()
    except DatabaseError:
        return last_known()


def forget(*_args: Any, **_kwargs: Any) -> None:
    """Drop the kept frame, now and again after commit (a reader may have put the old one back in between)."""
    cache.delete(KEY)
    transaction.on_commit(lambda: cache.delete(KEY))


def load() -> Frame:
    """Masthead, imprint and sections as they stand in the database."""
    site = Site.objects.filter(is_default_site=True).first()
    masthead = PaperSettings.objects.filter(site=site).first() or PaperSettings()
    sections, by_id = _sections()
    return Frame(**{name: getattr(masthead, name) for name in MASTHEAD_FIELDS}, sections=sections, by_id=by_id)


def _sections() -> tuple[tuple[SectionLink, ...], dict[int, SectionLink]]:
    rows = list(SectionPage.objects.live().order_by("in_menu_order", "path").values_list("path", "pk", "title", "slug", "description"))
    ids = {path: pk for path, pk, *_rest in rows}
    by_id: dict[int, SectionLink] = {}
    children: dict[int | None, list[SectionLink]] = {}
    for path, pk, title, slug, description in sorted(rows, key=lambda row: -len(row[0])):  # children before their parents, menu order kept
        parent_id = ids.get(path[:-4])
        by_id[pk] = SectionLink(pk, title, slug, description, parent_id, tuple(children.get(pk, ())))
        children.setdefault(parent_id, []).append(by_id[pk])
    return tuple(children.get(None, ())), by_id
