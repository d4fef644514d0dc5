"""A small paper for tests of what readers see: sections, pen names, pictures, stories at known moments. Made through the open door, no desk needed."""

from __future__ import annotations

import io
import itertools
from datetime import datetime, timedelta
from typing import Any

from django.core.files.images import ImageFile
from PIL import Image

from newsroom.articles.models import ArticlePage, Byline, SectionPage
from newsroom.articles.services import ensure_home, year_container
from newsroom.common import clock
from newsroom.contributors.models import Contributor, PenName
from newsroom.media.models import NewsImage
from newsroom.pages.guard import door_open
from publishing.reader import demo, frame

_numbers = itertools.count(1)


class Paper:
    """Builds what a test needs, with short names."""

    def __init__(self) -> None:
        self.now = clock.now()
        self._model: ArticlePage | None = None
        self.home = ensure_home(name="Báo Sông Ba")
        demo.fill_masthead()
        self.thoi_su = self.section("Thời sự", "thoi-su")
        self.kinh_te = self.section("Kinh tế", "kinh-te")
        frame.forget()

    def section(self, title: str, slug: str, *, parent: SectionPage | None = None, live: bool = True) -> SectionPage:
        """A section, open unless told otherwise."""
        with door_open():
            made = (parent or self.home).add_child(instance=SectionPage(title=title, slug=slug, live=live, description=f"Chuyên mục {title}."))
        frame.forget()
        return made

    def pen_name(self, name: str, *, real: str = "Người Thật Bí Mật", bio: str = "") -> PenName:
        """A pen name of a person with another name."""
        return PenName.objects.create(contributor=Contributor.objects.create(name=real, bio=bio), name=name)

    def picture(self, *, width: int = 500, height: int = 300) -> NewsImage:
        """A real JPEG."""
        data = io.BytesIO()
        Image.new("RGB", (width, height), (90, 120, 140)).save(data, "JPEG")
        data.seek(0)
        return NewsImage.objects.create(
            title="Tàu", file=ImageFile(data, name=f"tau-{next(_numbers)}.jpg"), alt_text="Tàu cá neo trong vịnh", caption="Tàu cá ở Mũi Gành.",
            credit="Minh họa: Y Nguyên", source="Tự vẽ", width=width, height=height,
        )  # fmt: skip

    def story(self, title: str, *, minutes_ago: float = 10, live: bool = True, was_live: bool = True, names: tuple[PenName, ...] = (), **fields: Any) -> ArticlePage:
        """A story first published that long ago (a draft with `live=False, was_live=False`, a withdrawn one with `live=False`)."""
        moment: datetime | None = self.now - timedelta(minutes=minutes_ago) if was_live else None
        fields = {"lead": "Sapo của bài.", "main_section": self.thoi_su, "body": "[]", **fields}
        article = ArticlePage(title=title, slug=f"bai-{next(_numbers)}", live=live, first_published_at=moment, last_published_at=moment, **fields)
        article.bylines = [Byline(pen_name=name) for name in names]
        with door_open():
            year_container(now=self.now).add_child(instance=article)
        return article

    def fill(self, count: int) -> None:
        """So many more plain stories over both sections."""
        for _ in range(count):
            self.row(next(_numbers))

    def row(self, i: int) -> None:
        """One plain story as bare rows: an archive of thousands in seconds. Fits under any story made before."""
        if self._model is None:
            self._model = self.story("Tin thứ nhất", minutes_ago=59)
        first = self._model
        parent = first.path[:-4]
        ArticlePage(
            title=f"Tin {i}", draft_title=f"Tin {i}", slug=f"hang-loat-{i}", live=True, lead="Sapo.", body="[]", content_type_id=first.content_type_id, locale_id=first.locale_id,
            main_section=(self.thoi_su, self.kinh_te)[i % 2], depth=first.depth, path=f"{parent}{_base36(i + 50_000)}", url_path=f"/hang-loat-{i}/",
            first_published_at=self.now - timedelta(minutes=60 + i),
        ).save_base(force_insert=True)  # fmt: skip


def _base36(number: int) -> str:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = digits[digit] + text
    return text.rjust(4, "0")
