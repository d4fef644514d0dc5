"""Link cards: a platform reads the page behind a link and remembers what it saw until it is asked to look again.

Only hosts of `Settings.hosts` are asked (this machine, unless more are named), so nothing leaves it and no other address is probed.
"""

import html.parser
import queue
import threading
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests

from distribution.rehearsal import clock, media
from distribution.rehearsal.settings import Settings
from distribution.rehearsal.store import Store

TIMEOUT = (2, 4)  # seconds to connect, to read
MAX_PAGE = 512 * 1024  # bytes read of a page
_WANTED = ("og:title", "og:description", "og:site_name", "og:image")


class NotFetched(Exception):
    """The address could not be read: not allowed, not answering, too large."""


@dataclass(frozen=True)
class Card:
    """What a platform shows of a link."""

    url: str
    title: str
    description: str
    site: str
    image: str  # hash of the picture's bytes in the media folder, or empty
    image_mime: str


def fetch(settings: Settings, url: str, *, limit: int, exact: bool = False) -> bytes:
    """The first `limit` bytes behind the address; with `exact` a longer answer is refused. Raises NotFetched."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError as error:
        raise NotFetched("not an address") from error
    if parts.scheme not in ("http", "https") or host not in settings.hosts:
        raise NotFetched(f"the rehearsal platform does not fetch from {host or url!r}")
    try:
        with requests.get(url, timeout=TIMEOUT, stream=True, allow_redirects=False, headers={"User-Agent": "rehearsal/1"}) as answer:
            if answer.status_code != 200:
                raise NotFetched(f"status {answer.status_code}")
            data = b""
            for chunk in answer.iter_content(64 * 1024):
                data += chunk
                if len(data) > limit:
                    if exact:
                        raise NotFetched("too large")
                    break
    except (requests.RequestException, ValueError) as error:
        raise NotFetched(str(error)) from error
    return data[:limit]


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name = values.get("property") or values.get("name") or ""
        if tag == "meta" and name in _WANTED:
            self.found.setdefault(name, (values.get("content") or "").strip()[:500])
        self._in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        if self._in_title and data.strip():
            self.found.setdefault("title", data.strip()[:500])

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False


def look(settings: Settings, store: Store, url: str) -> Card:
    """Read the page now and remember its card. Raises NotFetched."""
    tags = _Tags()
    tags.feed(fetch(settings, url, limit=MAX_PAGE).decode("utf-8", "replace"))
    found = tags.found
    image, mime = _image(settings, urljoin(url, found["og:image"])) if found.get("og:image") else ("", "")
    card = Card(
        url=url,
        title=found.get("og:title") or found.get("title", ""),
        description=found.get("og:description", ""),
        site=found.get("og:site_name", ""),
        image=image,
        image_mime=mime,
    )
    with store.write() as db:
        db.execute(
            "INSERT OR REPLACE INTO previews (url, title, description, site, image, image_mime, fetched_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (card.url, card.title, card.description, card.site, card.image, card.image_mime, clock.stamp(clock.now())),
        )
    return card


def look_again(settings: Settings, store: Store, url: str) -> Card:
    """Read the page anew: every card of it changes, whatever marks the shared address carries behind the "?". Raises NotFetched."""
    card = look(settings, store, url)
    with store.write() as db:
        same = [row["url"] for row in db.execute("SELECT url FROM previews") if row["url"].partition("?")[0] == url.partition("?")[0]]
        for address in same:
            db.execute(
                "UPDATE previews SET title = ?, description = ?, site = ?, image = ?, image_mime = ?, fetched_at = ? WHERE url = ?",
                (card.title, card.description, card.site, card.image, card.image_mime, clock.stamp(clock.now()), address),
            )
    return card


def _image(settings: Settings, url: str) -> tuple[str, str]:
    try:
        picture = media.keep(settings.media, fetch(settings, url, limit=8 * 1024 * 1024, exact=True))
    except (NotFetched, media.NotAPicture):
        return "", ""
    return picture.sha256, picture.mime


class Looker:
    """Looks at new links one after another in a thread of its own, so that no call waits for a preview."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._queue: queue.Queue[str] = queue.Queue(maxsize=1000)
        threading.Thread(target=self._work, name="previews", daemon=True).start()

    def ask(self, url: str) -> None:
        """Look at the link soon, unless it is known already or the queue is full (readers then see the bare address)."""
        try:
            self._queue.put_nowait(url)
        except queue.Full:
            return

    def _work(self) -> None:
        while True:
            url = self._queue.get()
            with self._store.read() as db:
                known = db.execute("SELECT 1 FROM previews WHERE url = ?", (url,)).fetchone()
            if known:
                continue
            try:
                look(self._settings, self._store, url)
            except Exception:  # a page that breaks the reader costs its card, never the thread
                continue
