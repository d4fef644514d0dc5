"""A look at a story's page over HTTP, as a reader gets it: no cookie, the address readers type."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from newsroom.common.http import Answer, call
from publishing.reader.version_mark import read_mark

READ_SECONDS = 10.0
AGENT = "newsroom-copy-check"
GONE = 410


@dataclass(frozen=True)
class Seen:
    """What a look saw: a key of `sentences.SAW` with its value. `right`: what there should be. `answered`: the paper said something at all."""

    right: bool
    saw: str
    value: str = ""
    answered: bool = True


def look(path: str, *, story_id: int, version: int, shows: bool) -> Seen:
    """Fetch the page once."""
    address = settings.PAPER_CHECK_ADDRESS or settings.PAPER_ADDRESS
    answer = call(
        "GET", f"{address.rstrip('/')}{path}", headers={"User-Agent": AGENT, "Host": urlsplit(settings.PAPER_ADDRESS).netloc},
        allowed_origins=[origin(address)], read_seconds=READ_SECONDS, deadline_seconds=2 * READ_SECONDS,
    )  # fmt: skip
    if not isinstance(answer, Answer):
        return Seen(False, "no_answer", answered=False)
    return _judge_shown(answer, story_id=story_id, version=version) if shows else _judge_gone(answer)


def origin(address: str) -> str:
    """Scheme, host and port of an address that the administrator has set."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _judge_shown(answer: Answer, *, story_id: int, version: int) -> Seen:
    if answer.status != 200:
        return Seen(False, "status", str(answer.status), answered=answer.status < 500)
    mark = read_mark(answer.body)
    if mark is None or mark[0] != story_id:
        return Seen(False, "no_mark")
    return Seen(True, "version", str(mark[1])) if mark[1] >= version else Seen(False, "older", str(mark[1]))


def _judge_gone(answer: Answer) -> Seen:
    if answer.status == GONE:
        return Seen(True, "gone")
    return Seen(False, "still_there" if answer.status == 200 else "status", str(answer.status), answered=answer.status < 500)
