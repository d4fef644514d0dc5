"""The demo paper's tree, and generated stories for `manage.py demo --stories N`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from newsroom.articles.bulk import BulkStory, from_plain, write_stories
from newsroom.articles.demo_generator import generate
from newsroom.articles.demo_stories import read
from newsroom.articles.models import ArticlePage, HomePage, SectionPage
from newsroom.articles.services import ensure_home
from newsroom.articles.stream import stream_blocks
from newsroom.common.demo import DemoRun, register_step, signs_of_work
from newsroom.common.selectors import somebody_lives
from newsroom.common.text import nfc
from newsroom.media.demo import pictures_by_name
from newsroom.pages.guard import door_open

PAPER = "Báo Sông Ba"
# What the keys of demo stories and of generated ones begin with: the slug in the tree, which readers never see.
SAMPLE, GENERATED = "mau-", "demo-"
# Which pictures go with generated stories of a section; the others go without one.
PICTURES = {
    "thoi-su": ("pho-ben-su-chieu", "duong-ven-bien"), "kinh-te": ("ca-phe-ea-lang", "cang-mui-ganh"), "nong-thon-moi": ("lua-xanh-hoa-loc", "lua-chin-bau-sen"),
    "bien-dao": ("hon-lua-binh-minh", "tau-ve-ben-som"), "van-hoa": ("nha-dai-ea-drong", "song-ba-sang"), "giao-duc": ("san-truong-sang",),
    "suc-khoe": ("benh-vien-tinh",), "the-thao": ("san-bong",), "chinh-quyen-hai-cap": ("tru-so-xa",),
}  # fmt: skip


@transaction.atomic
def make_sections(run: DemoRun) -> None:
    """The home page and the sections that are missing, open to readers."""
    address = urlsplit(settings.PAPER_ADDRESS)
    ensure_home(name=PAPER, hostname=address.hostname or "localhost", port=address.port or (443 if address.scheme == "https" else 80))
    for order, row in enumerate(read("sections"), start=1):
        if SectionPage.objects.filter(slug=row["slug"]).exists():
            continue
        parent = SectionPage.objects.get(slug=row["parent"]) if row["parent"] else HomePage.objects.get()
        section = SectionPage(title=nfc(row["title"]), slug=row["slug"], description=nfc(row["description"]), in_menu_order=order * 10, show_in_menus=True, live=True)
        section.first_published_at = section.last_published_at = run.now
        with door_open():
            parent.add_child(instance=section)


def write_generated(run: DemoRun) -> None:
    """`--stories N`: live stories made from templates, through the bulk writer."""
    if not run.stories:
        return
    made = run.track(_generated(run), total=run.stories, what=_("Generated stories"))
    result = write_stories(made, now=run.now, beside_live_desk=somebody_lives(now=run.now, within_seconds=30))
    run.say(_("%(written)s generated stories written, %(skipped)s were there already.") % {"written": result.written, "skipped": result.skipped})


def _generated(run: DemoRun) -> Iterator[BulkStory]:
    pictures = {name: image.pk for name, image in pictures_by_name().items()}
    for number, row in enumerate(generate(run.stories, run.seed)):
        choice = PICTURES.get(row["section"], ())
        picture = pictures.get(choice[number % len(choice)]) if choice and number % 3 else None
        yield from_plain(
            row, published_at=run.now - timedelta(minutes=row["age_minutes"]), body=stream_blocks(row["body"], images=pictures), main_image_id=picture
        )


def somebody_wrote() -> bool:
    """Whether there is a story that the demo did not bring."""
    return ArticlePage.objects.exclude(slug__startswith=SAMPLE).exclude(slug__startswith=GENERATED).exists()


def register() -> None:
    """Join `manage.py demo`."""
    register_step("sections", order=40, title=_("Sections"), run=make_sections)
    register_step("generated_stories", order=90, title=_("Generated stories"), run=write_generated)
    if "articles" not in signs_of_work:
        signs_of_work.add("articles", somebody_wrote)
