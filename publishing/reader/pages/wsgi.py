"""What the web server loads: stored pages from memory, one `stat` a request, in front of Django.

The fast way touches nothing of Django's. A page that is not stored is rendered by one request while the others wait for it; when Django
cannot answer, readers get the page as it was last.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from email.utils import formatdate, parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from newsroom.config.wsgi import application as django
from publishing.reader.pages.addresses import HTML, file_name, media_type, storable, surrogate_key

log = logging.getLogger(__name__)
Start = Callable[..., Any]
Headers = list[tuple[str, str]]
MEMORY_BYTES = 96_000_000
READING = frozenset({"GET", "HEAD"})
STAFF_COOKIE = "sessionid="
# For browsers: ask each time, as a correction must not wait in one. For a CDN (RFC 9213): a minute, and on with the old page while the paper is down.
FOR_READERS = "public, no-cache, stale-if-error=86400"
FOR_CDN = "max-age=60, stale-while-revalidate=30, stale-if-error=86400"
GONE = {404: "404 Not Found", 410: "410 Gone"}
REFUSED = re.compile(r";\s*q=0(?:\.0*)?\s*(?:,|$)")  # a reader who refuses some encoding gets the plain page
ENCODINGS = (("br", ".br"), ("gzip", ".gz"), ("", ""))


class Page:
    """A page in memory, ready to be sent in each encoding."""

    __slots__ = ("answers", "etag", "file", "inode", "modified", "modified_ns", "size")

    def __init__(self, address: str, file: str, more: Headers) -> None:
        stat = os.stat(file)
        body = Path(file).read_bytes()
        self.file, self.inode, self.modified_ns, self.modified = file, stat.st_ino, stat.st_mtime_ns, int(stat.st_mtime)
        self.etag = sha256(body).hexdigest()[:20]
        self.answers: dict[str, tuple[Headers, Headers, list[bytes]]] = {}
        self.size = 0
        for encoding, suffix in ENCODINGS:
            content = _read(file + suffix) if suffix else body
            if content is None:
                continue
            same: Headers = [
                ("ETag", f'"{self.etag}{"-" + encoding if encoding else ""}"'), ("Cache-Control", FOR_READERS), ("CDN-Cache-Control", FOR_CDN),
                ("Vary", "Accept-Encoding"), ("Last-Modified", formatdate(self.modified, usegmt=True)),
            ]  # fmt: skip
            own: Headers = [("Content-Type", media_type(address)), ("Content-Length", str(len(content))), ("Surrogate-Key", surrogate_key(address)), *more]
            self.answers[encoding] = ([*own, *same, *([("Content-Encoding", encoding)] if encoding else [])], same, [content])
            self.size += len(content)


def _read(file: str) -> bytes | None:
    try:
        return Path(file).read_bytes()
    except OSError:
        return None


class StoreFirst:
    """A WSGI application: the store, then Django. `make` renders a page into the store and says what came of it."""

    def __init__(self, app: Callable[[dict[str, Any], Start], Iterable[bytes]], root: Path, make: Callable[[str], Any]) -> None:
        self.app, self.make = app, make
        self.current, self.kept, self.headers_file = f"{root}/current", f"{root}/kept", root / "headers.json"
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._bytes = 0

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer one request."""
        address = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] not in READING or ("HTTP_COOKIE" in environ and STAFF_COOKIE in environ["HTTP_COOKIE"]):
            return self.app(environ, start)
        page = self._page(address)
        if page is not None:
            return _send(page, environ, start)
        return self._made(address, environ, start) if storable(address) else self.app(environ, start)

    def _page(self, address: str) -> Page | None:
        """The stored page, read anew when its file is another one."""
        page = self._pages.get(address)
        if page is None:
            return self._load(address, self.current) if storable(address) else None
        try:
            stat = os.stat(page.file)
        except OSError:
            self._drop(address)
            return None
        if stat.st_ino == page.inode and stat.st_mtime_ns == page.modified_ns:
            return page
        return self._load(address, self.current)

    def _load(self, address: str, tree: str) -> Page | None:
        try:
            page = Page(address, f"{tree}{file_name(address)}", self._more_headers())
        except (FileNotFoundError, NotADirectoryError):
            return None
        if tree == self.current:
            self._drop(address)
            self._pages[address] = page
            self._bytes += page.size
            while self._bytes > MEMORY_BYTES and len(self._pages) > 1:
                self._drop(next(iter(self._pages)))
        return page

    def _drop(self, address: str) -> None:
        page = self._pages.pop(address, None)
        if page is not None:
            self._bytes -= page.size

    def _more_headers(self) -> Headers:
        try:
            return list(json.loads(self.headers_file.read_text(encoding="utf-8")).items())
        except (OSError, ValueError):
            return []

    def _made(self, address: str, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Render it into the store, and answer from there; what is not for the store (a redirect, a fault) is Django's to answer."""
        rendered = None
        try:
            rendered = self.make(address)
        except Exception:
            log.warning("page.not_made address=%s", address, exc_info=True)
        page = self._page(address)
        if page:
            return _send(page, environ, start)
        if rendered is not None and rendered.status in GONE:
            headers = [("Content-Type", HTML), ("Content-Length", str(len(rendered.body))), ("Cache-Control", "public, no-cache"), *rendered.headers.items()]
            start(GONE[rendered.status], headers)
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [rendered.body]
        return self._from_django(address, environ, start)

    def _from_django(self, address: str, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Django's answer; where it has a fault, the page as it was last."""
        told: list[Any] = []

        def listen(status: str, headers: Headers, *error: Any) -> Any:
            told[:] = [status, headers, *error]
            return lambda _data: None

        body = self.app(environ, listen)
        if told and told[0].startswith("5"):
            page = self._load(address, self.kept)
            if page is not None:
                close = getattr(body, "close", None)
                if close:
                    close()
                return _send(page, environ, start)
        start(*told)
        return body


def _send(page: Page, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    encoding = "br" if "br" in accepted else "gzip" if "gzip" in accepted else ""
    if encoding and (encoding not in page.answers or ("q=0" in accepted and REFUSED.search(accepted))):
        encoding = ""
    headers, same, body = page.answers[encoding]
    if ("HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ) and _known(page, environ):
        start("304 Not Modified", same)
        return []
    start("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else body


def _known(page: Page, environ: dict[str, Any]) -> bool:
    """Whether the reader has this very page already."""
    tags = environ.get("HTTP_IF_NONE_MATCH")
    if tags is not None:
        return tags.strip() == "*" or page.etag in tags
    try:
        since = parsedate_to_datetime(environ["HTTP_IF_MODIFIED_SINCE"])
        return since.timestamp() >= page.modified
    except (ValueError, TypeError, OverflowError):
        return False


def _make(address: str) -> Any:
    from newsroom.common import clock
    from publishing.reader.pages import services

    return services.make(address, now=clock.now())


def _application() -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    from django.conf import settings

    return StoreFirst(django, settings.PAGE_STORE_FOLDER, _make) if settings.PAGE_STORE else django


application = _application()
