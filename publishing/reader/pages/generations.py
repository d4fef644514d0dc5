"""Generations of the store: a change of templates, code, masthead or menu concerns every page at once, so it opens an empty folder and switches to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from publishing.reader import frame
from publishing.reader.pages import services

KINDS = ("*.py", "*.html", "*.xml", "*.mo")


def open_release(*, now: datetime) -> bool:
    """At the start of a release: note what its pages are made of, and renew where that has changed. True where it has."""
    root = services.store().root
    root.mkdir(parents=True, exist_ok=True)
    digest = sha256()
    for file in _sources():
        digest.update(str(file).encode() + b"\0" + file.read_bytes())
    (root / ".release").write_text(digest.hexdigest())
    return renew_if_changed(now=now)


def renew_if_changed(*, now: datetime) -> bool:
    """Open a new generation where the release, the masthead or the sections are not those of the present one."""
    if not services.enabled():
        return False
    name = _name()
    if name == services.store().generation():
        return False
    services.renew(name=name, now=now)
    return True


def _name() -> str:
    try:
        release = (services.store().root / ".release").read_text()
    except OSError:
        release = ""
    return sha256(f"{release} {settings.PAPER_ADDRESS} {settings.NEWSROOM_DEMO} {frame.load()!r} {sorted(frame.load().by_id.items())!r}".encode()).hexdigest()[:16]


def _sources() -> Iterator[Path]:
    """Everything that a page is made of: code, templates, words, and the names of the static files."""
    base = Path(settings.BASE_DIR)
    for folder in ("templates", "newsroom", "publishing", "locale"):
        for kind in KINDS:
            yield from sorted(file for file in (base / folder).rglob(kind) if "tests" not in file.parts)
    manifest = Path(settings.STATIC_ROOT) / getattr(staticfiles_storage, "manifest_name", "staticfiles.json")
    if manifest.exists():
        yield manifest
