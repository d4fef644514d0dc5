"""What a page shows, told while it is rendered: the keys by which a later change finds the page again.

Two kinds. Content: what the page is about (its story, a list's own stories, their pictures and names); it must be new within a second.
Context: what stands around it (the newest beside a story); it may be ten minutes old (DESIGN 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

NEWEST, FRONT, CORRECTIONS = "newest", "front", "corrections"


def story(story_id: int) -> str:
    """A story, in full or as a card."""
    return f"story:{story_id}"


def section(section_id: int) -> str:
    """The list of a section's stories."""
    return f"section:{section_id}"


def pen_name(pen_name_id: int) -> str:
    """A pen name, and the list of its stories."""
    return f"author:{pen_name_id}"


def image(image_id: int) -> str:
    """A picture, its words and its sizes."""
    return f"image:{image_id}"


def video(video_id: int) -> str:
    """A video, its poster and captions."""
    return f"video:{video_id}"


def sitemap(number: int) -> str:
    """One file of the sitemap."""
    return f"sitemap:{number}"


def killed(key: str) -> str:
    """That nobody may read even the name any more."""
    return f"killed:{key}"


@dataclass
class Keys:
    """The keys of one page."""

    content: set[str] = field(default_factory=set)
    context: set[str] = field(default_factory=set)
    around: bool = False


_collecting: ContextVar[Keys | None] = ContextVar("collecting", default=None)


@contextmanager
def collect() -> Iterator[Keys]:
    """Collect what is told until the block ends."""
    keys = Keys()
    token = _collecting.set(keys)
    try:
        yield keys
    finally:
        _collecting.reset(token)
        keys.context -= keys.content


def collecting() -> bool:
    """Whether a page is being rendered for the store: then nothing remembered may be used."""
    return _collecting.get() is not None


def note(*keys: str) -> None:
    """Tell that the page shows these. Costs nothing outside `collect`."""
    found = _collecting.get()
    if found is not None:
        (found.context if found.around else found.content).update(keys)


@contextmanager
def around() -> Iterator[None]:
    """What is told inside is context."""
    found = _collecting.get()
    if found is None:
        yield
        return
    before, found.around = found.around, True
    try:
        yield
    finally:
        found.around = before
