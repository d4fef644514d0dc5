"""Files of the deposit: originals by their hash, where no editor reaches them, and the journal of the chain's ends.

A kept original costs nothing where the disk allows a second name for the same bytes (a hard link); else it is copied.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage

from newsroom.common.hashing import PIECE, sha256_of

JOURNAL = "ends.jsonl"


def folder() -> Path:
    """Where the deposit's files are: no address leads there."""
    return Path(settings.PRIVATE_ROOT) / "deposit"


def kept_path(digest: str) -> Path:
    """Where the bytes with this hash are kept."""
    return folder() / "files" / digest[:2] / digest


def keep(name: str) -> dict[str, Any]:
    """Hash a file of the default storage piece by piece and keep its bytes. What cannot be read is said in place of the hash."""
    try:
        digest, size = _digest(name)
        target = kept_path(digest)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            _link_or_copy(name, target)
    except (OSError, SuspiciousOperation, ValueError) as error:
        return {"file": name, "missing": str(error)[:200]}
    return {"file": name, "sha256": digest, "size": size}


def _digest(name: str) -> tuple[str, int]:
    sizes: list[int] = []
    with default_storage.open(name, "rb") as file:
        digest = sha256_of(file, beat=sizes.append)
    return digest, sum(sizes)


def _link_or_copy(name: str, target: Path) -> None:
    try:
        os.link(default_storage.path(name), target)
    except FileExistsError:
        return
    except (NotImplementedError, OSError):
        with default_storage.open(name, "rb") as source, tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as copy:
            while piece := source.read(PIECE):
                copy.write(piece)
        Path(copy.name).replace(target)


def digest_of(path: Path) -> str:
    """SHA-256 of a file on this disk."""
    with path.open("rb") as file:
        return sha256_of(file)


def note_end(*, sequence: int, digest: str) -> None:
    """One more line of the journal: where the chain ended, outside the database. One write of one short line is whole or absent."""
    folder().mkdir(parents=True, exist_ok=True)
    line = json.dumps({"sequence": sequence, "hash": digest}) + "\n"
    with (folder() / JOURNAL).open("a", encoding="ascii") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def noted_ends() -> Iterator[tuple[int, str]]:
    """(sequence, hash) of every line, in order; (0, the line) for one that cannot be read."""
    path = folder() / JOURNAL
    if not path.exists():
        return
    with path.open(encoding="ascii", errors="replace") as file:
        for line in file:
            try:
                row = json.loads(line)
                yield int(row["sequence"]), str(row["hash"])
            except (ValueError, KeyError, TypeError):
                yield 0, line.strip()[:100]
