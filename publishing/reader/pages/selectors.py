"""Reads of the page store."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Sum

from newsroom.articles.addresses import story_path
from publishing.reader import stories
from publishing.reader.models import StoredPage
from publishing.reader.pages import services


def status(*, now: datetime) -> dict[str, Any]:
    """What the store holds, and how far it is behind."""
    rows = StoredPage.objects.exclude(rendered_at=None).aggregate(pages=Count("pk"), bytes=Sum("size"), oldest=Min("rendered_at"))
    waiting = StoredPage.objects.exclude(dirty_at=None).aggregate(number=Count("pk"), longest=Min("dirty_at"))
    return {
        "generation": services.store().generation() or "-", "pages": rows["pages"], "bytes": rows["bytes"] or 0,
        "oldest rendered, seconds ago": round((now - rows["oldest"]).total_seconds()) if rows["oldest"] else 0,
        "waiting to be rendered": waiting["number"], "longest waiting, seconds": round((now - waiting["longest"]).total_seconds(), 1) if waiting["longest"] else 0,
        **services.store().sizes(),
    }  # fmt: skip


def sample(count: int) -> list[str]:
    """Addresses of stored pages, at random; the front always."""
    stored = list(StoredPage.objects.exclude(rendered_at=None).filter(dirty_at=None).values_list("address", flat=True))
    chosen = random.sample(stored, min(count, len(stored)))
    return sorted({*chosen, *(["/"] if "/" in stored else [])})


def all_addresses() -> list[str]:
    """Every page that a reader may ask for first, and every live story, newest first."""
    first = services.first_addresses()
    known = set(first)
    rows = stories.live().select_related("main_section").only("title", "main_section__slug", "main_section__path")
    return [*first, *(path for story in rows.iterator(chunk_size=500) if (path := story_path(story)) not in known)]


def waits(addresses: Iterable[str]) -> bool:
    """Whether any of these pages waits to be rendered anew."""
    return services.enabled() and StoredPage.objects.filter(address__in=list(addresses)).exclude(dirty_at=None).exists()
