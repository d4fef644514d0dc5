"""Pictures in the sizes and formats that readers get. A page asks once for all of its pictures; what is missing is cut in the background."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from celery import current_app
from django.core.cache import cache
from django.core.files.storage import default_storage

from newsroom.media.models import NewsImage, NewsRendition

logger = logging.getLogger(__name__)

WIDTHS = (240, 480, 800, 1280, 1600)
STAND_IN = 800
QUALITY = {"avif": 58, "webp": 74}
SHARED = "fill-1200x630|format-jpeg|jpegquality-82"
MAKE_TASK = "publishing.reader.tasks.make_pictures"
ASK_AGAIN_SECONDS = 600


@dataclass(frozen=True)
class Cut:
    """One stored size."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class Picture:
    """What `components/picture.html` needs. `width` and `height` are those of `src`: they keep the place on the page."""

    src: str
    width: int
    height: int
    alt: str
    avif: str
    webp: str
    shared: str = ""


def spec(width: int, fmt: str) -> str:
    """Wagtail's name of one size."""
    return f"width-{width}|format-{fmt}|{fmt}quality-{QUALITY[fmt]}"


_PARSED = {spec(width, fmt): (fmt, width) for fmt in QUALITY for width in WIDTHS}
ALL_SPECS = (*_PARSED, SHARED)


def widths_for(image: NewsImage) -> tuple[int, ...]:
    """Widths worth cutting: none larger than the picture, but always one."""
    return tuple(w for w in WIDTHS if w <= image.width) or WIDTHS[:1]


def build(images: Iterable[NewsImage | None]) -> dict[int, Picture]:
    """Pictures by image id, in one query whatever their number. Those never cut before get one size now and the rest soon."""
    wanted = {image.pk: image for image in images if image is not None}
    if not wanted:
        return {}
    cuts: dict[int, dict[str, Cut]] = {pk: {} for pk in wanted}
    rows = NewsRendition.objects.filter(image_id__in=wanted, filter_spec__in=ALL_SPECS).values_list("image_id", "filter_spec", "file", "width", "height")
    for image_id, filter_spec, file, width, height in rows:
        cuts[image_id][filter_spec] = Cut(default_storage.url(file), width, height)
    unfinished = [pk for pk, image in wanted.items() if len(cuts[pk]) < 2 * len(widths_for(image)) + 1]
    if unfinished:
        ask_for(unfinished)
    return {pk: picture for pk, image in wanted.items() if (picture := _picture(image, cuts[pk]))}


def _picture(image: NewsImage, cuts: dict[str, Cut]) -> Picture | None:
    by_format: dict[str, list[Cut]] = {"avif": [], "webp": []}
    for filter_spec, cut in cuts.items():
        if parsed := _PARSED.get(filter_spec):
            by_format[parsed[0]].append(cut)
    if not by_format["webp"]:
        stand_in = _stand_in(image)
        if stand_in is None:
            return None
        by_format["webp"].append(stand_in)
    for found in by_format.values():
        found.sort(key=lambda cut: cut.width)
    largest = min((c for c in by_format["webp"]), key=lambda cut: abs(cut.width - 1280))
    shared = cuts.get(SHARED)
    return Picture(
        src=largest.url, width=largest.width, height=largest.height, alt=_alt(image), avif=_srcset(by_format["avif"]), webp=_srcset(by_format["webp"]),
        shared=shared.url if shared else "",
    )


def _alt(image: NewsImage) -> str:
    return image.alt_text or ""


def _srcset(cuts: list[Cut]) -> str:
    return ", ".join(f"{cut.url} {cut.width}w" for cut in cuts)


def _stand_in(image: NewsImage) -> Cut | None:
    """One size, cut while the reader waits: never the original, which may tell where it was taken. None where the file is gone or broken."""
    try:
        rendition = image.get_rendition(spec(STAND_IN, "webp"))
    except Exception:
        logger.warning("picture %s cannot be cut", image.pk, exc_info=True)
        return None
    return Cut(rendition.url, rendition.width, rendition.height)


def ask_for(image_ids: Iterable[int]) -> None:
    """Ask a worker to cut these pictures, each at most once in ten minutes. A broker that does not answer costs nothing but the wait for a later ask."""
    asked = [pk for pk in image_ids if cache.add(f"paper:picture:{pk}", 1, ASK_AGAIN_SECONDS)]
    if not asked:
        return
    try:
        current_app.send_task(MAKE_TASK, kwargs={"image_ids": asked}, queue="media", retry=False)
    except Exception:
        logger.warning("pictures %s could not be queued", asked, exc_info=True)


def make(image_ids: Iterable[int]) -> int:
    """Cut all sizes of these pictures that are not there yet. Returns how many pictures were cut; a broken one is told in the log and left."""
    done = 0
    for image in NewsImage.objects.filter(pk__in=list(image_ids)):
        specs = [spec(width, fmt) for fmt in ("webp", "avif") for width in widths_for(image)]
        try:
            image.get_renditions(*specs, SHARED)
            done += 1
        except Exception:
            logger.warning("picture %s cannot be cut", image.pk, exc_info=True)
    return done
