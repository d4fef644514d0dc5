"""The demo newsroom's stories, people, sections and pictures: read from `demo_data/`, their ages turned into times. No Django.

Every person, place, office, number and event in them is invented.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from newsroom.common.clock import LOCAL

DATA = Path(__file__).parent / "demo_data"
STORY_FILES = ("stories_front", "stories_country", "stories_people", "stories_desk")
DATED = ("kicker", "headline", "short_headline", "lead", "fanpage", "internal_note", "reason")
_DATE = re.compile(r"\{d([+-]\d+)?\}")


@dataclass(frozen=True, slots=True)
class DemoStory:
    """One story of the demo. `at` is when it was published or last handled, `due` when a scheduled one goes out (both aware)."""

    key: str
    state: str
    section: str
    other_sections: tuple[str, ...]
    genre: str
    writer: str
    kicker: str
    headline: str
    short_headline: str
    lead: str
    bylines: tuple[tuple[str, str], ...]
    picture: str
    picture_caption: str
    video: str
    fanpage: str
    internal_note: str
    reason: str
    body: tuple[dict[str, str], ...]
    at: datetime
    due: datetime | None


def read(name: str) -> Any:
    """The parsed JSON of one data file, by its name without ending."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def stories(*, now: datetime) -> list[DemoStory]:
    """All demo stories as of `now` (aware), oldest first."""
    rows = [_story(row, now=now) for name in STORY_FILES for row in read(name)]
    return sorted(rows, key=lambda story: story.at)


def moment(row: dict[str, Any], *, now: datetime) -> datetime:
    """When a data row's story happened: minutes before now, or days ago at a local hour; a scheduled one was written an hour ago."""
    if "age_days" in row:
        day = now.astimezone(LOCAL).date() - timedelta(days=row["age_days"])
        return min(datetime.combine(day, time.fromisoformat(row["at"]), LOCAL).astimezone(now.tzinfo), now)
    return now - timedelta(minutes=row.get("age_minutes", 60))


def _story(row: dict[str, Any], *, now: datetime) -> DemoStory:
    at = moment(row, now=now)
    due = now + timedelta(minutes=row["due_in_minutes"]) if "due_in_minutes" in row else None
    picture = row["picture"] or {"name": "", "caption": ""}
    dated = {name: _dated(row[name], due or at) for name in DATED}
    return DemoStory(
        key=row["key"], state=row["state"], section=row["section"], other_sections=tuple(row["other_sections"]), genre=row["genre"],
        writer=row["writer"], bylines=tuple((byline["pen_name"], byline["role"]) for byline in row["bylines"]),
        picture=picture["name"], picture_caption=_dated(picture["caption"], due or at), video=row.get("video", ""),
        body=tuple({kind: _dated(text, due or at) for kind, text in block.items()} for block in row["body"]),
        at=at, due=due, **dated,
    )  # fmt: skip


def _dated(text: str, at: datetime) -> str:
    """Fill {d}, {d-1}, {d+3} with a day and month near the story's own."""
    return _DATE.sub(lambda found: f"{at.astimezone(LOCAL) + timedelta(days=int(found[1] or 0)):%d/%m}", text)
