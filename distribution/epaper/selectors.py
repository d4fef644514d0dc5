"""Reads about the paper's own copies: the newest word about a story, and what is open for the board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from distribution.epaper.enums import OPEN, CopyState
from distribution.epaper.models import CopyCheck, Ping
from distribution.epaper.sentences import saw_sentence
from newsroom.articles.addresses import story_path
from publishing.reader.content import absolute

TONES = {CopyState.CONFIRMED: "good", CopyState.LATE: "late", CopyState.WAITING: "soon"}


@dataclass(frozen=True)
class CopyLine:
    """The copy as people read it: state word, tone (never alone), what was seen, the page's address where there is one, who was told."""

    check: CopyCheck
    state: str
    tone: str
    reason: str
    link: str
    pings: tuple[Ping, ...] = ()


def copy_lines(story_ids: list[int]) -> dict[int, CopyLine]:
    """The newest word about each story's copy, by story id."""
    rows = CopyCheck.objects.filter(story_id__in=story_ids).select_related("story__main_section").prefetch_related("pings").order_by("version")
    return {check.story_id: line_of(check) for check in rows}


def line_of(check: CopyCheck) -> CopyLine:
    """A copy as people read it."""
    link = absolute(story_path(check.story)) if check.shows else ""
    state = _("Taken off the paper") if check.state == CopyState.CONFIRMED and not check.shows else str(check.get_state_display())
    return CopyLine(check, state, TONES.get(CopyState(check.state), "info"), saw_sentence(check.saw, check.saw_value), link, tuple(check.pings.all()))


def open_copies() -> QuerySet[CopyCheck]:
    """Copies that nobody has seen yet, the longest waiting first."""
    return CopyCheck.objects.filter(state__in=OPEN).select_related("story__main_section").prefetch_related("pings").order_by("created_at")


def board_lines(limit: int = 30, *, states: Iterable[str] = (), story: str = "") -> list[CopyLine]:
    """For the board beside the social copies: what is open first, then the newest; in these states, of this story (its number, or words of its headline)."""
    wanted = Q(state__in=list(states) or [*OPEN, CopyState.CONFIRMED])
    if story.isdecimal() and len(story) < 10:
        wanted &= Q(story_id=int(story))
    elif story:
        wanted &= Q(story__draft_title__icontains=story)
    found = list(open_copies().filter(wanted)[:limit])
    rest = CopyCheck.objects.filter(wanted).exclude(state__in=OPEN).select_related("story__main_section").prefetch_related("pings").order_by("-created_at")
    return [line_of(check) for check in [*found, *rest[: limit - len(found)]]]
