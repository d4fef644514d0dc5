"""The proof: a big video on its way to YouTube, the worker killed ten times (kill -9) in the middle of its bytes.

It must arrive identical, the worker stay small, and under five percent of the bytes be sent twice.
"""

from __future__ import annotations

import hashlib
import os
import random
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests

from benchmarks.first_byte import _answers
from benchmarks.machine import Processes, celery, prepare, rehearsal, report, row, scale, wait_for, worker

MB = 1024 * 1024
MOST_MEMORY = 200  # MB
MOST_TWICE = 0.05
SETTLED = ("published", "unconfirmed", "failed", "cancelled", "expired")


@dataclass(frozen=True)
class Film:
    """The generated file: its name in the storage, size in bytes, hash."""

    name: str
    size: int
    sha256: str


def main(database: str) -> None:
    """Prove on the database of the environment."""
    rows, faults = prove(megabytes=max(24, int(500 * scale())), kills=max(2, int(10 * min(1.0, 2 * scale()))), seed=int(os.environ.get("SEED") or 26), label=database)
    report(rows)
    if faults:
        print("DOES NOT HOLD: " + "; ".join(faults))
        sys.exit(1)


def prove(*, megabytes: int, kills: int, seed: int, label: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Run it; rows of figures and what does not hold."""
    os.environ.setdefault("DELIVERY_LEASE_SECONDS", "15")  # else each death costs a minute and a half of waiting
    prepare()
    chance, address = random.Random(seed), f"http://127.0.0.1:{int(os.environ['PORT']) + 1}"
    processes = Processes()
    processes.start("rehearsal", rehearsal(address.rsplit(":", 1)[1], os.environ["NEWSROOM_VAR"]))
    processes.start("beat", celery("beat", "--loglevel", "ERROR", "--pidfile="))
    processes.start("worker", worker("commit,urgent,default,index,poll,mail", "rest"))
    processes.start("upload", worker("upload", "upload"))
    try:
        wait_for("rehearsal", lambda: _answers(address), seconds=30)
        film = _film(megabytes * MB, chance)
        delivery = _deliver(film)
        memory, killed = _kill(processes, address, chance, film=film, kills=kills)
        memory = max(memory, _wait_for_the_end(processes, delivery.pk))
        return _judge(film, delivery.pk, address, memory=memory, killed=killed, label=label)
    finally:
        processes.stop()


def _film(size: int, chance: random.Random) -> Film:
    """A file that begins as an MP4 does; a megabyte at a time."""
    from django.conf import settings

    path = Path(settings.MEDIA_ROOT) / "videos" / "measure.mp4"
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for number in range(size // MB):
            piece = chance.randbytes(MB) if number else b"\x00\x00\x00\x18ftypisom" + chance.randbytes(MB - 12)
            digest.update(piece)
            file.write(piece)
    return Film("videos/measure.mp4", size, digest.hexdigest())


def _deliver(film: Film) -> Any:
    """A published story whose video is on its way: the row as an event writes it."""
    from ulid import ULID

    from benchmarks.stories import approved, people, section
    from distribution.channels.demo import TELEVISION, connect
    from distribution.channels.selectors import connector_of, settings_of
    from distribution.deliveries.models import Delivery
    from distribution.renditions.snapshots import snapshot_of_story
    from distribution.renditions.videos import VideoSnapshot, for_connectors
    from newsroom.common import clock
    from publishing.releases.services import release_now

    account, cast = connect(TELEVISION, now=clock.now()), people()
    story = approved(1, cast=cast, where=section(cast["chief"]))
    now = clock.now()
    event = release_now(story=story, actor=cast["chief"], now=now)
    video = for_connectors(VideoSnapshot(film.name, film.size, film.sha256, "video/mp4", 1920, 1080, 600.0, "Video"), fallback=None)
    snapshot = replace(snapshot_of_story(story=story, account_key=account.key, version=event.version), video=video)
    payload = connector_of(account).compose(snapshot=snapshot, marker=str(ULID.from_datetime(now)), settings=settings_of(account))
    return Delivery.objects.create(
        id=payload.marker, story_id=story.pk, event=event, version=event.version, account=account, operation="publish", state="ready", state_at=now, scheduled_at=now,
        next_at=now, created_at=now, payload={"kind": payload.kind, "marker": payload.marker, "body": payload.body}, payload_sha256=payload.sha256,
    )  # fmt: skip


def _kill(processes: Processes, address: str, chance: random.Random, *, film: Film, kills: int) -> tuple[int, int]:
    """Kill the worker each time another share of the file has arrived, at a random moment after; its greatest memory in MB, and how often."""
    memory = killed = 0
    for number in range(kills):
        share = film.size * (number + 0.5) / (kills + 1)
        until = time.monotonic() + 180
        while _arrived(address) < share and time.monotonic() < until:
            memory = max(memory, _memory(processes))
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.02))
        memory = max(memory, _memory(processes))
        if _is_done(address):
            break
        processes.kill("upload")
        killed += 1
    return memory, killed


def _arrived(address: str) -> int:
    return sum(upload["wire_bytes"] for upload in _uploads(address))


def _is_done(address: str) -> bool:
    return any(upload["result"] for upload in _uploads(address))


def _uploads(address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{address}/_rehearsal/uploads.json", timeout=30).json()
    return found


def _memory(processes: Processes) -> int:
    """The most that the worker has held so far, in MB."""
    try:
        status = Path(f"/proc/{processes.running['upload'].pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


def _wait_for_the_end(processes: Processes, delivery_id: str) -> int:
    from distribution.deliveries.models import Delivery

    memory = 0

    def settled() -> bool:
        nonlocal memory
        memory = max(memory, _memory(processes))
        return Delivery.objects.filter(pk=delivery_id, state__in=SETTLED).exists()

    wait_for("the video is there", settled, seconds=900)
    return memory


def _judge(film: Film, delivery_id: str, address: str, *, memory: int, killed: int, label: str) -> tuple[list[dict[str, Any]], list[str]]:
    from distribution.deliveries.models import Delivery

    delivery = Delivery.objects.get(pk=delivery_id)
    posts = [post for post in requests.get(f"{address}/_rehearsal/posts.json", timeout=30).json() if post["platform"] == "youtube"]
    identical = [media["sha256"] for post in posts for media in post["media"]] == [film.sha256]
    twice = max(0, _arrived(address) - film.size) / film.size
    checks = (
        ("not posted", delivery.state != "published" and delivery.state), ("not one identical video", not identical), ("memory", memory > MOST_MEMORY and f"{memory} MB"),
        ("sent twice", twice > MOST_TWICE and f"{twice:.1%}"), ("never killed", not killed),
    )  # fmt: skip
    faults = [f"{what}: {found}" for what, found in checks if found]
    name = f"upload, {film.size // MB} MB, {label}"
    rows = [
        row(f"{name}: kills", killed, "kill -9"), row(f"{name}: identical", int(identical), "videos"), row(f"{name}: worker at most", memory, "MB"),
        row(f"{name}: sent twice", 100 * twice, "% of bytes"), row(f"{name}: uploads opened", len(_uploads(address)), "uploads"),
    ]  # fmt: skip
    return rows, faults


if __name__ == "__main__":
    main(sys.argv[1])
