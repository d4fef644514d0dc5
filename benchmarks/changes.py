"""Random changes of the paper, each through desk, signature and release: what the freshness measurement looks for."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from benchmarks.freshness import Change
from benchmarks.stories import approved, change, people
from newsroom.articles.addresses import story_path
from newsroom.articles.models import ArticlePage, SectionPage
from newsroom.common import clock
from publishing.releases import services as releases

ON_THE_FRONT = 5  # of the newest; older ones may have left it


class Newsroom:
    """Somebody who publishes, corrects, moves and withdraws."""

    def __init__(self) -> None:
        self.cast = people()
        self.sections = list(SectionPage.objects.filter(live=True).order_by("pk"))
        self.published: list[int] = []

    def change(self, number: int, chance: random.Random, *, port: int, now: Callable[[], float]) -> Change:
        """One change, made when it returns."""
        if len(self.published) < ON_THE_FRONT:
            return self._publish(number, chance, now)
        kinds: list[Callable[[int, random.Random, Callable[[], float]], Change]] = [self._publish, self._edit, self._edit, self._edit, self._withdraw, self._move]
        return chance.choice(kinds)(number, chance, now)

    def _publish(self, number: int, chance: random.Random, now: Callable[[], float]) -> Change:
        where = chance.choice(self.sections)
        story = approved(number, cast=self.cast, where=where)
        releases.release_now(story=story, actor=self.cast["chief"], now=clock.now())
        made, story = now(), self._read(story.pk)
        self.published.append(story.pk)
        return Change(made, f"-a{story.pk}.html", [story_path(story), "/", f"/{where.slug}/", "/rss.xml", f"/rss/{where.slug}.rss", "/news-sitemap.xml"])

    def _edit(self, number: int, chance: random.Random, now: Callable[[], float]) -> Change:
        """New words in headline and lead: another address too, the old one leads on."""
        story = self._read(chance.choice(self.published[-ON_THE_FRONT:]))
        before = story_path(story)
        made = self._again(story, now, title=f"Bài đo sửa lần {number}q", lead=f"Sapo sửa lần {number}q.")
        after = self._read(story.pk)
        return Change(made, f"{number}q", [story_path(after), f"/{after.main_section.slug}/", "/rss.xml"], [before])

    def _move(self, number: int, chance: random.Random, now: Callable[[], float]) -> Change:
        story = self._read(chance.choice(self.published[-ON_THE_FRONT:]))
        old = story.main_section
        new = chance.choice([section for section in self.sections if section.pk != old.pk and section.path[:-4] != old.path and old.path[:-4] != section.path])
        made = self._again(story, now, main_section=new)
        # The old section's page may still name it among the newest of the paper: that is context.
        return Change(made, f"-a{story.pk}.html", [story_path(self._read(story.pk)), f"/{new.slug}/", f"/rss/{new.slug}.rss"], [f"/rss/{old.slug}.rss"])

    def _withdraw(self, number: int, chance: random.Random, now: Callable[[], float]) -> Change:
        story = self._read(self.published.pop(chance.randrange(len(self.published) - 1)))
        address, where = story_path(story), story.main_section.slug
        releases.withdraw_story(story=story, actor=self.cast["chief"], reason="Đo.", now=clock.now())
        return Change(now(), f"-a{story.pk}.html", [], [address, "/", f"/{where}/", "/rss.xml", "/news-sitemap.xml"])

    def _again(self, story: ArticlePage, now: Callable[[], float], **fields: Any) -> float:
        change(story, cast=self.cast, **fields)
        releases.release_now(story=story, actor=self.cast["chief"], now=clock.now())
        return now()

    def _read(self, story_id: int) -> ArticlePage:
        return ArticlePage.objects.select_related("main_section").get(pk=story_id)
