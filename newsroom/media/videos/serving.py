"""Videos, posters and captions for readers where no nginx stands in front: byte ranges, so that a player may jump.

An answer to a range is small and leaves the thread at once; a player asks for the next. Whole files hold a thread as long as the reader
takes, so only a few may go out at a time.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from newsroom.media.videos.files import PUBLIC

PIECE = 2 * 1024 * 1024
AT_ONCE = 2
KINDS = {"mp4": "video/mp4", "jpg": "image/jpeg", "vtt": "text/vtt; charset=utf-8"}
FOR_EVER = "public, max-age=31536000, immutable"  # another file has another name
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_places = threading.BoundedSemaphore(AT_ONCE)


@require_safe
def serve(request: HttpRequest, key: str, name: str) -> HttpResponseBase:
    """A file of a video: 200, 206, 304, 416; 404 for what is not there, 503 while too many whole files go out."""
    try:
        path = Path(default_storage.path(f"{PUBLIC}/{key}/{name}"))
        stat = path.stat()
    except (NotImplementedError, OSError):
        raise Http404 from None
    etag, modified = f'"{stat.st_size:x}-{stat.st_mtime_ns:x}"', int(stat.st_mtime)
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is None or response.status_code != 304:
        response = _answer(request, path, size=stat.st_size, etag=etag, modified=modified)
        response.headers["Content-Type"] = KINDS[path.suffix[1:]]
    for header, value in (("ETag", etag), ("Last-Modified", http_date(modified)), ("Cache-Control", FOR_EVER), ("Accept-Ranges", "bytes")):
        response.headers[header] = value
    return response


def _answer(request: HttpRequest, path: Path, *, size: int, etag: str, modified: int) -> HttpResponseBase:
    wanted = _wanted(request, size=size, etag=etag, modified=modified)
    if wanted is None:
        return _whole(request, path, size=size)
    start, end = wanted
    if start >= size or end < start:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    end = min(end, start + PIECE - 1)
    with path.open("rb") as file:
        file.seek(start)
        data = file.read(end - start + 1)
    return HttpResponse(data, status=206, headers={"Content-Range": f"bytes {start}-{end}/{size}", "Content-Length": str(len(data))})


def _wanted(request: HttpRequest, *, size: int, etag: str, modified: int) -> tuple[int, int] | None:
    """First and last byte that are asked for. None: the whole file (no range, several, one that cannot be read, or of another version)."""
    found = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if not found or request.method != "GET" or not _same_version(request.headers.get("If-Range"), etag=etag, modified=modified):
        return None
    first, last = found.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if last and int(last) else ((size, size) if last else None)
    return int(first), min(int(last), size - 1) if last else size - 1


def _same_version(condition: str | None, *, etag: str, modified: int) -> bool:
    """If-Range: the entity tag, or the very date."""
    return condition is None or condition == etag or parse_http_date_safe(condition) == modified


def _whole(request: HttpRequest, path: Path, *, size: int) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse(headers={"Content-Length": str(size)})
    if not _places.acquire(blocking=False):
        sentence = _("There are too many people watching at this moment. Try again in a few seconds.")
        return HttpResponse(sentence, status=503, headers={"Retry-After": "5"})
    return StreamingHttpResponse(_Going(path.open("rb")), headers={"Content-Length": str(size)})


class _Going:
    """A file on its way to a reader; gives its place back when it is closed."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.file.read(65536):
            yield piece

    def close(self) -> None:
        """The file and the place, once."""
        if not self.file.closed:
            self.file.close()
            _places.release()
