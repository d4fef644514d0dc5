"""A zip for a period: every record as JSON and as a page, a readable index, the hashes of the files, and where the chain ends."""

from __future__ import annotations

import csv
import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from newsroom.common.hashing import PIECE
from publishing.deposit import files
from publishing.deposit.enums import ExportState
from publishing.deposit.models import ChainEnd, Export, Record
from publishing.deposit.selectors import of_days

log = logging.getLogger(__name__)
EVERY = 50  # records between two words on how far it is
DEAD_AFTER = timedelta(minutes=5)
MOST_ON_INDEX = 20_000


def path_of(export: Export) -> Path:
    """Where the zip of an export lies."""
    return files.folder() / "exports" / f"luu-chieu-{export.pk}.zip"


def write(*, out: Path, first: date | None, last: date | None, told: Callable[[int, int], None] = lambda done, total: None, now: datetime) -> int:
    """Write the zip; `told` hears (done, total). Returns how many records are in it. The file is whole or not there."""
    out.parent.mkdir(parents=True, exist_ok=True)
    rows, part = of_days(first, last), out.with_name(f"{out.name}.part")
    total, done = rows.count(), 0
    media: dict[str, dict[str, Any]] = {}
    ends: list[Record] = []
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for record in rows.iterator(chunk_size=100):
            _write_record(archive, record, media)
            ends = [*ends[:1], record]
            done += 1
            if done % EVERY == 0:
                told(done, total)
        archive.writestr("media.csv", _media_table(media))
        archive.writestr("chain.json", json.dumps(_chain(ends, done), ensure_ascii=False, indent=2))
        archive.writestr("index.html", _index(rows, first=first, last=last, count=done, now=now))
    part.replace(out)
    told(done, total)
    return done


def _write_record(archive: zipfile.ZipFile, record: Record, media: dict[str, dict[str, Any]]) -> None:
    name = f"records/{record.sequence:08d}"
    archive.writestr(f"{name}.json", json.dumps(record.sealed_words() | {"hash": record.hash}, ensure_ascii=False, indent=1))
    if record.html:
        archive.writestr(f"{name}.html", record.html)
    for item in json.loads(record.content).get("media", []):
        media.setdefault(item.get("sha256") or item["file"], item | {"record": record.sequence})


def _media_table(media: dict[str, dict[str, Any]]) -> str:
    table = io.StringIO()
    lines = csv.writer(table)
    lines.writerow(["sha256", "size", "file", "record", "credit", "missing"])
    lines.writerows([item.get("sha256", ""), item.get("size", ""), item["file"], item["record"], item.get("credit", ""), item.get("missing", "")] for item in media.values())
    return table.getvalue()


def _chain(ends: list[Record], count: int) -> dict[str, Any]:
    end = ChainEnd.objects.filter(pk=1).first()
    return {
        "records": count, "first": ends[0].sequence if ends else None, "last": ends[-1].sequence if ends else None,
        "hash_before_first": ends[0].previous if ends else None, "hash_of_last": ends[-1].hash if ends else None,
        "end_of_chain": {"sequence": end.sequence, "hash": end.hash} if end else None,
        "recipe": "hash = SHA-256 of the JSON of every field but hash: keys sorted, no spaces, UTF-8; previous = hash of the record before it",
    }  # fmt: skip


def _index(rows: Any, *, first: date | None, last: date | None, count: int, now: datetime) -> str:
    """In Vietnamese. Of a very long period only the newest records are listed; the files hold all."""
    listed = list(rows.order_by("-sequence").defer("content", "html")[:MOST_ON_INDEX])[::-1]
    end = ChainEnd.objects.filter(pk=1).first()
    context = {"records": listed, "count": count, "first": first, "last": last, "end": end, "made_at": now, "paper": settings.PAPER_ADDRESS}
    with translation.override("vi"):
        return render_to_string("publishing/deposit/index.html", context)


def make_asked(*, export_id: int, clock: Callable[[], datetime]) -> None:
    """Make the zip of an export that waits; a second call for the same finds nothing to do."""
    now = clock()
    if not Export.objects.filter(pk=export_id, state=ExportState.WAITING).update(state=ExportState.RUNNING, touched_at=now):
        return
    export = Export.objects.get(pk=export_id)

    def told(done: int, total: int) -> None:
        Export.objects.filter(pk=export_id).update(done=done, total=total, touched_at=clock())

    try:
        Export.objects.filter(pk=export_id).update(total=of_days(export.first_day, export.last_day).count())
        out = path_of(export)
        write(out=out, first=export.first_day, last=export.last_day, told=told, now=now)
        Export.objects.filter(pk=export_id).update(state=ExportState.DONE, finished_at=clock(), size=out.stat().st_size, sha256=files.digest_of(out))
    except Exception as error:
        log.exception("deposit.export.failed id=%s", export_id)
        Export.objects.filter(pk=export_id).update(state=ExportState.FAILED, finished_at=clock(), error=f"{type(error).__name__}: {error}"[:500])


def sweep(*, now: datetime) -> int:
    """Exports whose worker died or that nobody was called for are told as failed: asking again is one click. Returns how many."""
    stuck = Export.objects.filter(state__in=[ExportState.WAITING, ExportState.RUNNING], touched_at__lt=now - DEAD_AFTER)
    return stuck.update(state=ExportState.FAILED, finished_at=now, error="worker lost")


def parts(path: Path) -> Iterator[bytes]:
    """A file for a streamed answer."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
