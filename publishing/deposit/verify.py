"""Walking the chain: every record is hashed again, every link, both ends and every kept file compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from publishing.deposit import files, guards
from publishing.deposit.canonical import FIRST
from publishing.deposit.models import ChainEnd, Record
from publishing.deposit.selectors import unrecorded


@dataclass(frozen=True)
class Broken:
    """Something that is not as it was sealed: which record or file, and what is wrong, in a sentence."""

    code: str
    sequence: int
    sentence: str


class Walk:
    """One verification. `told` is called for every record and every file."""

    def __init__(self, *, told: Callable[[], None] = lambda: None, with_files: bool = True) -> None:
        self.told, self.with_files = told, with_files
        self.sequence, self.hash = 0, FIRST
        self.records, self.checked_files = 0, 0
        self._named: dict[str, int] = {}  # hash of a file → the first record that names it
        self._noted = dict(files.noted_ends())

    def run(self, *, now: datetime) -> Iterator[Broken]:
        """Everything that is broken, in the chain's order; nothing at all where the deposit is whole."""
        yield from self._guards()
        for record in Record.objects.order_by("sequence").iterator(chunk_size=200):
            yield from self._record(record)
            self.told()
        yield from self._ends()
        yield from self._files()
        yield from self._unrecorded(now)

    def _guards(self) -> Iterator[Broken]:
        with connection.cursor() as cursor:
            for name in guards.missing(cursor, connection.vendor):
                yield Broken("guard", 0, _("The database's guard %(name)s is missing: records could be changed there.") % {"name": name})

    def _record(self, record: Record) -> Iterator[Broken]:
        self.records += 1
        values: dict[str, Any] = {"number": record.sequence}
        if record.sequence != self.sequence + 1:
            yield Broken("gap", record.sequence, _("Records %(first)d to %(last)d are missing.") % {"first": self.sequence + 1, "last": record.sequence - 1})
        elif record.previous != self.hash:
            yield Broken("link", record.sequence, _("Record %(number)d does not follow from the record before it.") % values)
        if record.hash != record.computed_hash():
            yield Broken("content", record.sequence, _("Record %(number)d was changed after it was sealed.") % values)
        if record.sequence in self._noted and self._noted.pop(record.sequence) != record.hash:
            yield Broken("journal", record.sequence, _("Record %(number)d is not the one that the journal of the chain's ends noted.") % values)
        self.sequence, self.hash = record.sequence, record.hash
        self._remember_files(record)

    def _remember_files(self, record: Record) -> None:
        try:
            for item in json.loads(record.content).get("media", []):
                if "sha256" in item:
                    self._named.setdefault(str(item["sha256"]), record.sequence)
        except (ValueError, AttributeError, TypeError):
            return  # told already: its hash cannot be right

    def _ends(self) -> Iterator[Broken]:
        end = ChainEnd.objects.filter(pk=1).first()
        if (end.sequence, end.hash) != (self.sequence, self.hash) if end else self.sequence:
            noted = end.sequence if end else 0
            words = _("The chain ends at record %(found)d, but %(noted)d was noted as its end: records are missing or were added past it.")
            yield Broken("end", self.sequence, words % {"found": self.sequence, "noted": noted})
        for sequence in sorted(number for number in self._noted if number > self.sequence or number == 0):
            yield Broken("journal", sequence, _("The journal of the chain's ends names record %(number)d, which is not there.") % {"number": sequence})

    def _files(self) -> Iterator[Broken]:
        for digest, sequence in self._named.items() if self.with_files else ():
            path = files.kept_path(digest)
            values = {"number": sequence, "hash": digest}
            self.checked_files += 1
            try:
                if files.digest_of(path) != digest:
                    yield Broken("file", sequence, _("The file %(hash)s of record %(number)d was changed.") % values)
            except OSError:
                yield Broken("file", sequence, _("The file %(hash)s of record %(number)d is missing.") % values)
            self.told()

    def _unrecorded(self, now: datetime) -> Iterator[Broken]:
        for event in unrecorded(now=now)[:100]:
            words = _("Story %(story)d, version %(version)d was published and has no record yet; the hourly sweep hands it in.")
            yield Broken("unrecorded", 0, words % {"story": event.story_id, "version": event.version})
