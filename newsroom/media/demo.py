"""The demo's pictures: drawn on this machine, put into the library through the image model, credited as illustrations."""

from __future__ import annotations

import json
from functools import cache
from io import BytesIO
from pathlib import Path

from django.core.files.images import ImageFile
from django.utils.translation import gettext_lazy as _

from newsroom.common.demo import DemoRun, register_step
from newsroom.common.text import nfc
from newsroom.media.demo_brushes import HEIGHT, WIDTH
from newsroom.media.demo_pictures import jpeg
from newsroom.media.models import NewsImage

PICTURES = Path(__file__).parent / "demo_data" / "pictures.json"
CREDIT = "Minh họa: Y Nguyên"
SOURCE = "Hình vẽ của tòa soạn, dữ liệu mẫu"


@cache
def demo_pictures() -> tuple[dict[str, str], ...]:
    """Name, scene, sky, seed, title and alternative text of every picture."""
    return tuple(json.loads(PICTURES.read_text(encoding="utf-8")))


def picture_source(name: str) -> str:
    """What a demo picture's source says; it also tells which demo picture it is."""
    return f"{SOURCE} ({name})"


def pictures_by_name() -> dict[str, NewsImage]:
    """The demo pictures that are in the library."""
    found = {image.source: image for image in NewsImage.objects.filter(source__startswith=SOURCE)}
    return {row["name"]: found[picture_source(row["name"])] for row in demo_pictures() if picture_source(row["name"]) in found}


def make_pictures(run: DemoRun) -> None:
    """Draw and store those that are missing."""
    have = pictures_by_name()
    missing = [row for row in demo_pictures() if row["name"] not in have]
    for row in run.track(missing, total=len(missing), what=_("Pictures")):
        data = jpeg(row["scene"], sky=row["sky"], seed=int(row["seed"]))
        NewsImage.objects.create(
            title=nfc(row["title"]), file=ImageFile(BytesIO(data), name=f"{row['name']}.jpg"), width=WIDTH, height=HEIGHT, file_size=len(data),
            alt_text=nfc(row["alt"]), caption=nfc(f"{row['title']}."), credit=CREDIT, source=picture_source(row["name"]),
        )  # fmt: skip


def register() -> None:
    """Join `manage.py demo`."""
    register_step("media", order=30, title=_("Pictures"), run=make_pictures)
