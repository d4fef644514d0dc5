"""Small makers of newsroom rows for tests: a home, a section, a story. Stories go in through the open door, no desk needed."""

from __future__ import annotations

import io
import itertools
from typing import Any

from django.core.files.images import ImageFile
from PIL import Image
from wagtail.models import Collection, Locale, Page

from newsroom.articles.models import ArticlePage, ChannelText, HomePage, SectionPage
from newsroom.articles.services import ensure_home, year_container
from newsroom.common import clock
from newsroom.media.models import NewsImage
from newsroom.pages.guard import door_open

_numbers = itertools.count(1)


def make_roots() -> None:
    """The roots that migrations make; a test that really commits takes them away with everything else."""
    Locale.objects.get_or_create(language_code="vi")
    if not Page.objects.filter(depth=1).exists():
        Page.add_root(title="Root", slug="root")
    if not Collection.objects.exists():
        Collection.add_root(name="Root")


def make_home() -> HomePage:
    """The paper's root; works also where a test before has emptied the database."""
    make_roots()
    return ensure_home(name="Báo Sông Ba")


def make_section(title: str = "Thời sự", slug: str = "thoi-su") -> SectionPage:
    """An open section, made once."""
    found = SectionPage.objects.filter(slug=slug).first()
    if found:
        return found
    with door_open():
        return make_home().add_child(instance=SectionPage(title=title, slug=slug, live=True, description=f"Chuyên mục {title}."))


def make_image(*, width: int = 600, height: int = 400, **fields: Any) -> NewsImage:
    """A real JPEG with all that a picture must say."""
    data = io.BytesIO()
    Image.new("RGB", (width, height), (40, 90, 120)).save(data, "JPEG")
    data.seek(0)
    words = {"title": "Tàu cá", "alt_text": "Tàu cá neo trong vịnh", "caption": "Tàu cá ở Mũi Gành.", "credit": "Minh họa: Y Nguyên", "source": "Tự vẽ"}
    return NewsImage.objects.create(file=ImageFile(data, name=f"tau-{next(_numbers)}.jpg"), width=width, height=height, **{**words, **fields})


def make_story(title: str = "Ngư dân Hải Thanh đưa 1.240 tàu vào bờ", *, live: bool = False, channels: dict[str, str] | None = None, **fields: Any) -> ArticlePage:
    """A story with one revision. `channels`: account key → channel text, all wanted. `live`: published, its revision the live one."""
    section = fields.pop("main_section", None) or make_section()
    values = {"lead": "Ba giờ sáng, loa biên phòng gọi tên từng chiếc tàu.", "body": "[]", **fields}
    story = ArticlePage(title=title, slug=f"bai-{next(_numbers)}", live=False, main_section=section, **values)
    story.channel_texts = [ChannelText(account_key=key, text=text, wanted=True) for key, text in (channels or {}).items()]
    with door_open():
        year_container(now=clock.now()).add_child(instance=story)
        revision = story.save_revision()
        if live:
            revision.publish(skip_permission_checks=True)
    story.refresh_from_db()
    return story
