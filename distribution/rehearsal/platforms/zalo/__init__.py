"""The Zalo rehearsal platform: the Official Account API as channels.md section 3 describes it, articles as Zalo shows them, and a follower's messages."""

import json
import sqlite3
from typing import Any

import nh3
from markupsafe import Markup
from werkzeug.utils import redirect, send_file
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import faults, media, readers, world
from distribution.rehearsal.platforms.base import Context
from distribution.rehearsal.platforms.zalo import articles, faulty, tables, videos
from distribution.rehearsal.platforms.zalo.api import ACCOUNTS, Api
from distribution.rehearsal.platforms.zalo.errors import SAYS
from distribution.rehearsal.platforms.zalo.login import Login
from distribution.rehearsal.templating import page

TAGS = {"p", "h2", "h3", "ul", "ol", "li", "b", "strong", "i", "em", "sup", "sub", "br", "a", "blockquote", "footer"}


class ZaloPlatform:
    """Mounted at /zalo: interface, log-in and tokens, which have hosts of their own at Zalo, all below it."""

    kind = "zalo"
    label = "Zalo OA"
    known_faults = faulty.KNOWN & frozenset(faults.NAMES)
    known_calls: tuple[str, ...] = ("create", "update", "remove", "message", "video", "detail", "list", "refresh")
    known_subcodes: frozenset[int] = frozenset(-number for number in SAYS)  # of error_in_200: 211 makes it say -211
    accounts: tuple[world.Account, ...] = world.ZALO_OAS

    def __init__(self, context: Context) -> None:
        self._context = context
        with context.store.write() as db:
            for statement in filter(str.strip, tables.SCHEMA.split(";")):
                db.execute(statement)
        self._login = Login(context)
        self._api = Api(context)

    def handle(self, request: Request, path: str) -> Response:
        """Answer a request below /zalo/."""
        first, _, rest = path.partition("/")
        fixed = {"v4/oa/permission": self._login.dialog, "v4/oa/access_token": self._login.token}
        if path.rstrip("/") in fixed:
            return fixed[path.rstrip("/")](request)
        if first == "v2.0":
            return self._api.handle(request, path)
        if request.method not in ("GET", "HEAD"):
            return page("gone.html", status=405)
        if first == "messages":
            return self._messages(rest) if rest else redirect(f"/zalo/messages/{world.ZALO_OAS[0].id}", code=302)
        if first == "picture":
            return readers.picture(self._context, platform="zalo", media_id=rest)
        if first == "film":
            return self._film(request, rest)
        account, _, post = rest.rpartition("/posts/") if first not in ACCOUNTS else (first, "", rest.removeprefix("posts/"))
        return self._article(account, post)

    # What readers see
    def _article(self, oa: str, article: str) -> Response:
        with self._context.store.write() as db:
            articles.settle(db)
            row = articles.find(db, oa, article)
            if row is None or json.loads(row["content"])["status"] != "show":
                return page("gone.html", status=404)
            db.execute("UPDATE zalo_articles SET views = views + 1 WHERE id = ?", (article,))
            post = db.execute("SELECT created_at, edited_at FROM posts WHERE platform = 'zalo' AND id = ?", (article,)).fetchone()
        content, pictures = json.loads(row["content"]), json.loads(row["pictures"])
        blocks = [_block(block, pictures) for block in content["body"]]
        return page(
            "zalo_article.html", account=ACCOUNTS[oa], content=content, cover=pictures.get(content["cover"]["photo_url"], ""), blocks=blocks, views=row["views"] + 1,
            created_at=post["created_at"], edited_at=post["edited_at"],
        )  # fmt: skip

    def _film(self, request: Request, video_id: str) -> Response:
        """A video's own bytes; players ask for parts of them."""
        with self._context.store.read() as db:
            digest = videos.file_of(db, video_id)
        if not digest:
            return page("gone.html", status=404)
        response = send_file(media.path_of(self._context.settings.media, digest), request.environ, mimetype="video/mp4", conditional=True, etag=digest)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def _messages(self, oa: str) -> Response:
        """What a follower has got from the account."""
        if oa not in ACCOUNTS:
            return page("gone.html", status=404)
        with self._context.store.write() as db:
            articles.settle(db)
            rows = db.execute("SELECT * FROM zalo_messages WHERE oa = ? ORDER BY sent_at DESC", (oa,)).fetchall()
            shown = [{"sent_at": row["sent_at"], "cards": [_card(found) for one in json.loads(row["articles"]) if (found := articles.find(db, oa, one))]} for row in rows]
        return page("zalo_messages.html", account=ACCOUNTS[oa], messages=shown)

    def film(self, db: sqlite3.Connection, post_id: str) -> dict[str, Any] | None:
        """The list shows no player; a video is in its article."""
        return None

    # The operator's side
    def settle(self, db: sqlite3.Connection) -> None:
        """Jobs whose time has come."""
        articles.settle(db)

    def uploads(self, db: sqlite3.Connection) -> list[dict[str, Any]]:
        """Videos for articles; each came in one piece."""
        return videos.listing(db)

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
            "oa_id": world.ZALO_OAS[0].id,
            "oa_name": world.ZALO_OAS[0].name,
        }


def _block(block: dict[str, Any], pictures: dict[str, str]) -> dict[str, Any]:
    """A block for the page; what an editor's HTML may hold and no more."""
    if block["type"] == "video":
        return {"film": block["video_id"]}
    if block["type"] == "image":
        return {"picture": pictures.get(block["url"], ""), "address": block["url"], "caption": block.get("caption", "")}
    return {"html": Markup(nh3.clean(block["content"], tags=TAGS, attributes={"a": {"href"}}))}  # noqa: S704  (cleaned)


def _card(row: sqlite3.Row) -> dict[str, str]:
    content = json.loads(row["content"])
    return {"address": f"/zalo/{row['oa']}/posts/{row['id']}", "title": content["title"], "words": content.get("description", "")}
