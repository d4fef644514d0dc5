"""The YouTube rehearsal platform: the Data API v3 as channels.md section 2 describes it, with Google's log-in and a page to watch videos on."""

import json
import sqlite3
from typing import Any

from werkzeug.utils import send_file
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import clock, faults, media, readers, world
from distribution.rehearsal.platforms.base import Context
from distribution.rehearsal.platforms.youtube import faulty, provider, tables, videos
from distribution.rehearsal.platforms.youtube.api import Api
from distribution.rehearsal.platforms.youtube.dialog import Dialog
from distribution.rehearsal.templating import page


class YoutubePlatform:
    """Mounted at /youtube: interface, log-in and token endpoint all below it."""

    kind = "youtube"
    label = "YouTube"
    known_faults = faulty.KNOWN & frozenset(faults.NAMES)
    known_calls: tuple[str, ...] = ("open", "chunk", "update", "delete", "thumbnail", "captions", "playlist", "refresh", "statistics")
    known_subcodes: frozenset[int] = frozenset()
    accounts: tuple[world.Account, ...] = world.YOUTUBE_CHANNELS

    def __init__(self, context: Context) -> None:
        self._context = context
        with context.store.write() as db:
            for statement in filter(str.strip, tables.SCHEMA.split(";")):
                db.execute(statement)
        server = provider.build(context.settings, context.store)
        self._dialog = Dialog(context, server)
        self._api = Api(context, server)

    def handle(self, request: Request, path: str) -> Response:
        """Answer a request below /youtube/."""
        if path.rstrip("/") == "o/oauth2/v2/auth":
            return self._dialog.handle(request)
        first, _, rest = path.partition("/")
        pages = {"watch": self._watch, "film": self._film, "thumb": self._thumb, "words": self._words}
        if request.method in ("GET", "HEAD") and first in pages:
            return pages[first](request, rest)
        if request.method in ("GET", "HEAD") and first == "avatar":
            return readers.avatar(self, rest.removesuffix(".svg"))
        return self._api.handle(request, path)

    # What readers see
    def _watch(self, request: Request, rest: str) -> Response:
        video_id = request.args.get("v", "")
        with self._context.store.write() as db:
            videos.show_due(db, now=clock.now())
            row = videos.find(db, video_id)
            if row is not None and row["state"] == "published":
                db.execute("UPDATE youtube_videos SET views = views + 1 WHERE id = ?", (video_id,))
        return readers.one_post(self._context, self, account=row["channel"] if row else "", post_id=video_id)

    def _film(self, request: Request, rest: str) -> Response:
        """The video's own bytes; players ask for parts of them."""
        row = self._public(rest)
        if row is None:
            return page("gone.html", status=404)
        path = media.path_of(self._context.settings.media, row["sha256"])
        response = send_file(path, request.environ, mimetype=row["mime"], conditional=True, etag=row["sha256"])
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def _thumb(self, request: Request, rest: str) -> Response:
        row = self._public(rest)
        if row is None or not row["thumbnail"]:
            return page("gone.html", status=404)
        return readers.file_of(self._context, row["thumbnail"], row["thumbnail_mime"])

    def _words(self, request: Request, rest: str) -> Response:
        with self._context.store.read() as db:
            row = db.execute("SELECT video, body FROM youtube_captions WHERE id = ?", (rest,)).fetchone()
        if row is None or self._public(row["video"]) is None:
            return page("gone.html", status=404)
        return Response(row["body"], mimetype="text/vtt; charset=utf-8", headers={"X-Content-Type-Options": "nosniff"})

    def _public(self, video_id: str) -> sqlite3.Row | None:
        with self._context.store.read() as db:
            row = videos.find(db, video_id)
        return row if row is not None and row["state"] == "published" else None

    def film(self, db: sqlite3.Connection, post_id: str) -> dict[str, Any] | None:
        """What the player of a post needs."""
        row = videos.find(db, post_id)
        if row is None:
            return None
        words = json.loads(row["snippet"])
        tracks = db.execute("SELECT id, language, name FROM youtube_captions WHERE video = ? ORDER BY updated_at", (post_id,)).fetchall()
        return {
            "title": words["title"], "text": words.get("description", ""), "tags": words.get("tags", []), "views": row["views"], "address": f"/youtube/film/{post_id}",
            "poster": f"/youtube/thumb/{post_id}" if row["thumbnail"] else "", "permalink": f"/youtube/watch?v={post_id}",
            "tracks": [{"address": f"/youtube/words/{track['id']}", "language": track["language"], "name": track["name"] or track["language"]} for track in tracks],
        }  # fmt: skip

    # The operator's side
    def settle(self, db: sqlite3.Connection) -> None:
        """Videos whose time has come are there."""
        videos.show_due(db, now=clock.now())

    def uploads(self, db: sqlite3.Connection) -> list[dict[str, Any]]:
        """What each upload brought over the line."""
        return self._api.writes.sessions.listing(db)

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
            "channel_id": world.YOUTUBE_CHANNELS[0].id,
            "channel_name": world.YOUTUBE_CHANNELS[0].name,
        }
