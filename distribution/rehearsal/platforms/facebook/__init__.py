"""The Facebook rehearsal platform: Graph API v26.0 for Pages as channels.md section 1 describes it, with its log-in dialog."""

import sqlite3
from typing import Any

from werkzeug.utils import send_file
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import faults, media, posts, readers, world
from distribution.rehearsal.platforms.base import Context
from distribution.rehearsal.platforms.facebook import errors, faulty, nodes, provider, tables, talk, videos
from distribution.rehearsal.platforms.facebook.dialog import Dialog
from distribution.rehearsal.platforms.facebook.graph import Graph
from distribution.rehearsal.templating import page


class FacebookPlatform:
    """Mounted at /facebook: graph and dialog both below it, with and without a version prefix."""

    kind = "facebook"
    label = "Facebook"
    known_faults = faulty.KNOWN & frozenset(faults.NAMES)
    known_calls: tuple[str, ...] = ("feed", "photos", "edit", "delete", "comments", "insights", "video_start", "video_chunk", "video_finish", "reel_start", "reel_bytes", "reel_finish")
    known_subcodes: frozenset[int] = errors.DEAD_SUBCODES
    accounts: tuple[world.Account, ...] = world.FACEBOOK_PAGES

    def __init__(self, context: Context) -> None:
        self._context = context
        with context.store.write() as db:
            for statement in filter(str.strip, tables.SCHEMA.split(";")):
                db.execute(statement)
        server = provider.build(context.settings, context.store)
        self._dialog = Dialog(context, server)
        self._graph = Graph(context, server)

    def handle(self, request: Request, path: str) -> Response:
        """Answer a request below /facebook/."""
        parts = [part for part in path.split("/") if part]
        if parts[-2:] == ["dialog", "oauth"] and len(parts) <= 3:
            return self._dialog.handle(request)
        if request.method in ("GET", "HEAD"):
            if len(parts) == 2 and parts[0] == "picture":
                return readers.picture(self._context, platform=self.kind, media_id=parts[1])
            if len(parts) == 2 and parts[0] == "avatar":
                return readers.avatar(self, parts[1].removesuffix(".svg"))
            if len(parts) == 3 and parts[1] == "posts":
                return self._one_post(parts[0], f"{parts[0]}_{parts[2]}")
            if len(parts) == 2 and parts[0] in ("film", "thumb"):
                return self._shown(request, parts[0], parts[1])
        if request.method == "POST" and len(parts) == 3 and parts[0] == "video-upload":
            return self._graph.receive(request, parts[2])
        return self._graph.handle(request, path)

    def _shown(self, request: Request, what: str, video_id: str) -> Response:
        """A video's own bytes, of which players ask for parts, or its picture; only while a post shows it."""
        with self._context.store.read() as db:
            row = videos.find(db, video_id)
            post = posts.get(db, platform=self.kind, post_id=row["post"]) if row is not None and row["post"] else None
        if row is None or post is None or (what == "thumb" and not row["thumb"]):
            return page("gone.html", status=404)
        if what == "thumb":
            return readers.file_of(self._context, row["thumb"], row["thumb_mime"])
        path = media.path_of(self._context.settings.media, row["sha256"])
        response = send_file(path, request.environ, mimetype=row["mime"], conditional=True, etag=row["sha256"])
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def _one_post(self, account: str, post_id: str) -> Response:
        """The permalink of a post; opening it is a view."""
        with self._context.store.write() as db:
            if row := posts.get(db, platform=self.kind, post_id=post_id):
                tables.seen(db, row["id"])
        return readers.one_post(self._context, self, account=account, post_id=post_id)

    def comments(self, db: sqlite3.Connection, post_id: str) -> list[dict[str, Any]]:
        """What stands under a post."""
        return [{"name": nodes.PAGES[row["page"]].name, "text": row["message"], "created_at": row["created_at"]} for row in talk.of_post(db, post_id)]

    def film(self, db: sqlite3.Connection, post_id: str) -> dict[str, Any] | None:
        """What the player of a post needs; None for a post without a video."""
        return videos.film(db, post_id)

    def settle(self, db: sqlite3.Connection) -> None:
        """Videos that were worked on long enough are there."""
        videos.settle(db)

    def uploads(self, db: sqlite3.Connection) -> list[dict[str, Any]]:
        """What each upload brought over the line."""
        return self._graph.uploads.listing(db)

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
            "page_id": world.FACEBOOK_PAGES[0].id,
            "page_name": world.FACEBOOK_PAGES[0].name,
        }
