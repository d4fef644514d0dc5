"""The TikTok rehearsal platform: the Content Posting API as channels.md section 3b describes it, the app's inbox, and a page to watch videos on."""

import json
import sqlite3
from typing import Any

from werkzeug.utils import redirect, send_file
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import faults, media, readers, world
from distribution.rehearsal.platforms.base import Context
from distribution.rehearsal.platforms.tiktok import faulty, tables, videos
from distribution.rehearsal.platforms.tiktok.api import Api
from distribution.rehearsal.platforms.tiktok.inbox import Inbox
from distribution.rehearsal.platforms.tiktok.login import Login
from distribution.rehearsal.templating import page


class TiktokPlatform:
    """Mounted at /tiktok: interface, log-in, upload address and the app's inbox all below it."""

    kind = "tiktok"
    label = "TikTok"
    known_faults = faulty.KNOWN & frozenset(faults.NAMES)
    known_calls: tuple[str, ...] = ("init", "chunk", "photos", "creator", "query", "refresh")
    known_subcodes: frozenset[int] = frozenset()
    accounts: tuple[world.Account, ...] = world.TIKTOK_ACCOUNTS

    def __init__(self, context: Context) -> None:
        self._context = context
        with context.store.write() as db:
            for statement in filter(str.strip, tables.SCHEMA.split(";")):
                db.execute(statement)
        self._login = Login(context)
        self._inbox = Inbox(context)
        self._api = Api(context)

    def handle(self, request: Request, path: str) -> Response:
        """Answer a request below /tiktok/."""
        fixed = {"v2/auth/authorize": self._login.dialog, "v2/oauth/token": self._login.token, "v2/oauth/revoke": self._login.revoke, "upload": self._api.uploads.put}
        if path.rstrip("/") in fixed:
            return fixed[path.rstrip("/")](request)
        first, _, rest = path.partition("/")
        if first == "inbox":
            return self._inbox.handle(request, rest) if rest else redirect(f"/tiktok/inbox/{world.TIKTOK_ACCOUNTS[0].id}", code=302)
        pages = {"film": self._film, "draft": self._draft, "avatar": self._avatar, "picture": self._picture}
        if request.method in ("GET", "HEAD") and first in pages:
            return pages[first](request, rest)
        if request.method in ("GET", "HEAD") and first.startswith("@"):
            return self._watch(rest.rpartition("/")[2])
        return self._api.handle(request, path)

    # What readers see
    def _watch(self, video_id: str) -> Response:
        with self._context.store.write() as db:
            row = self._public(db, video_id)
            db.execute("UPDATE tiktok_videos SET views = views + 1 WHERE id = ?", (video_id if row else "",))
        return readers.one_post(self._context, self, account=row["account"] if row else "", post_id=video_id)

    def _film(self, request: Request, rest: str) -> Response:
        with self._context.store.read() as db:
            row = self._public(db, rest)
        return self._file(request, row["file"], row["mime"]) if row and row["file"] else page("gone.html", status=404)

    def _draft(self, request: Request, rest: str) -> Response:
        with self._context.store.read() as db:
            row = db.execute("SELECT files FROM tiktok_posts WHERE publish_id = ? AND status = ?", (rest, videos.INBOX)).fetchone()
        files = json.loads(row["files"]) if row else []
        return self._file(request, files[0][0], files[0][2]) if files else page("gone.html", status=404)

    def _file(self, request: Request, digest: str, mime: str) -> Response:
        """The video's own bytes; players ask for parts of them."""
        response = send_file(media.path_of(self._context.settings.media, digest), request.environ, mimetype=mime, conditional=True, etag=digest)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def _avatar(self, request: Request, rest: str) -> Response:
        return readers.avatar(self, rest.removesuffix(".svg"))

    def _picture(self, request: Request, rest: str) -> Response:
        return readers.picture(self._context, platform="tiktok", media_id=rest)

    @staticmethod
    def _public(db: sqlite3.Connection, video_id: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = db.execute(
            "SELECT v.* FROM tiktok_videos v JOIN posts p ON p.platform = 'tiktok' AND p.id = v.id WHERE v.id = ? AND p.state = 'published'", (video_id,)
        ).fetchone()
        return row

    def film(self, db: sqlite3.Connection, post_id: str) -> dict[str, Any] | None:
        """What the player of a post needs; None for pictures."""
        row = self._public(db, post_id)
        if row is None or row["kind"] != "video":
            return None
        address = videos.address(row, "/tiktok")
        return {
            "title": row["caption"].split("\n")[0][:80] or "Video", "text": row["caption"], "tags": [], "views": row["views"], "address": f"/tiktok/film/{post_id}", "poster": "",
            "permalink": address, "tracks": [],
        }  # fmt: skip

    # The operator's side
    def settle(self, db: sqlite3.Connection) -> None:
        """Nothing here comes of time alone."""

    def uploads(self, db: sqlite3.Connection) -> list[dict[str, Any]]:
        """What each upload brought over the line."""
        return self._api.uploads.listing(db)

    def reset(self, db: sqlite3.Connection) -> None:
        """As on the first day."""
        tables.reset(db)

    def card(self) -> dict[str, Any]:
        """What a script needs to connect here."""
        return {
            "app_id": self._context.settings.app_id,
            "app_secret": self._context.settings.app_secret,
            "email": world.PERSON.email,
            "password": world.PERSON.password,
            "open_id": world.TIKTOK_ACCOUNTS[0].id,
            "account_name": world.TIKTOK_ACCOUNTS[0].name,
        }
