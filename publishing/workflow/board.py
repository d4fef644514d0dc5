"""What the board shows: lanes of stories, each with what must happen next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from newsroom.accounts.models import User
from newsroom.accounts.roles import DESK, Role, has_role
from publishing.workflow.enums import StoryState
from publishing.workflow.models import StoryDesk
from publishing.workflow.registry import job_marks
from publishing.workflow.selectors import desk_rows

S = StoryState
LANES: tuple[tuple[StoryState, tuple[StoryState, ...]], ...] = (
    (S.DRAFT, (S.DRAFT, S.RETURNED)), (S.SUBMITTED, (S.SUBMITTED,)), (S.EDITING, (S.EDITING,)), (S.AWAITING_SIGNOFF, (S.AWAITING_SIGNOFF,)),
    (S.APPROVED, (S.APPROVED, S.SCHEDULED)), (S.PUBLISHED, (S.PUBLISHED,)), (S.HELD, (S.HELD,)),
)  # fmt: skip
PATIENCE = {S.SUBMITTED: timedelta(hours=2), S.AWAITING_SIGNOFF: timedelta(hours=1)}
MOST = 40


@dataclass(frozen=True)
class Job:
    """A story on the board. `tone` is late, soon, good or info: a colour beside words, never alone."""

    row: StoryDesk
    mine: bool
    marks: tuple[tuple[str, Any], ...]

    @property
    def tone(self) -> str:
        """The most urgent tone of its marks."""
        tones = {tone for tone, _text in self.marks}
        return next((tone for tone in ("late", "soon") if tone in tones), "")


@dataclass(frozen=True)
class Lane:
    """One column."""

    label: Any
    jobs: list[Job]
    total: int


def lanes_for(user: User, *, now: datetime, section: str) -> list[Lane]:
    """The board as a person sees it: the desk all stories, writers their own."""
    return [_lane(label, states, user=user, now=now, section=section) for label, states in LANES]


def _lane(label: StoryState, states: tuple[StoryState, ...], *, user: User, now: datetime, section: str) -> Lane:
    rows = desk_rows(*states)
    if section:
        rows = rows.filter(story__main_section__slug=section)
    if not has_role(user, *DESK, Role.MULTIMEDIA, Role.ADMINISTRATOR):
        rows = rows.filter(story__owner=user)
    if label == S.PUBLISHED:
        rows = rows.filter(changed_at__gte=now - timedelta(hours=24)).order_by("-changed_at")
    total = rows.count()
    found = list(rows[:MOST])
    marks = _marks([row.story_id for row in found], now=now)
    return Lane(label.label, [_job(row, user=user, now=now, marks=marks.get(row.story_id, ())) for row in found], total)


def _marks(story_ids: list[int], *, now: datetime) -> dict[int, tuple[tuple[str, Any], ...]]:
    found: dict[int, tuple[tuple[str, Any], ...]] = {}
    for _name, read in job_marks.items():
        for story_id, marks in read(story_ids, now).items():
            found[story_id] = (*found.get(story_id, ()), *marks)
    return found


def _job(row: StoryDesk, *, user: User, now: datetime, marks: tuple[tuple[str, Any], ...]) -> Job:
    own: list[tuple[str, Any]] = []
    state = StoryState(row.state)
    patience = PATIENCE.get(state)
    if patience and now - row.changed_at > patience:
        own.append(("soon", state.label))
    if state == S.RETURNED:
        own.append(("soon", state.label))
    return Job(row, mine=user.pk in (row.holder_id, row.story.owner_id), marks=(*own, *marks))


