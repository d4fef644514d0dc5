"""What readers of the rehearsal platforms see: a page's feed, one post, its pictures. Deleted and unpublished posts are not there."""

import sqlite3
from typing import Any
from urllib.parse import urlsplit

from werkzeug.utils import redirect, send_file
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import wrap_file

from distribution.rehearsal import faults, media, posts
from distribution.rehearsal.platforms.base import Context, Platform
from distribution.rehearsal.templating import page

MAX_POSTS = 100


def home(context: Context, platforms: dict[str, Platform], request: Request) -> Response:
    """GET /: the feed of one account, with the other accounts beside it."""
    wanted = request.args.get("trang", "")
    choices = [(platform, account) for platform in platforms.values() for account in platform.accounts]
    chosen = next((choice for choice in choices if f"{choice[0].kind}-{choice[1].id}" == wanted), None)
    if wanted and chosen is None:
        return redirect("/", code=302)
    platform, account = chosen or choices[0]
    with context.store.write() as db:
        platform.settle(db)
        rows = db.execute(
            "SELECT * FROM posts WHERE platform = ? AND account = ? AND state = 'published' ORDER BY created_at DESC, seq DESC LIMIT ?",
            (platform.kind, account.id, MAX_POSTS),
        ).fetchall()
        counts = {
            (row[0], row[1]): row[2]
            for row in db.execute("SELECT platform, account, COUNT(*) FROM posts WHERE state = 'published' GROUP BY platform, account")
        }
        shown, on = [_shown(db, platform, row) for row in rows], faults.count(db, platform.kind)
    tabs = [
        {
            "address": f"/?trang={kind.kind}-{item.id}",
            "name": item.name,
            "count": counts.get((kind.kind, item.id), 0),
            "here": (kind, item) == (platform, account),
        }
        for kind, item in choices
    ]
    return page(
        "feed.html",
        platform=platform,
        account=account,
        tabs=tabs,
        posts=shown,
        total=counts.get((platform.kind, account.id), 0),
        alone=False,
        faults=on,
    )


def one_post(context: Context, platform: Platform, *, account: str, post_id: str) -> Response:
    """The permalink of a post."""
    holder = next((item for item in platform.accounts if item.id == account), None)
    with context.store.read() as db:
        row = posts.get(db, platform=platform.kind, post_id=post_id)
        if holder is None or row is None or row["state"] != posts.PUBLISHED:
            return page("gone.html", status=404)
        shown = [_shown(db, platform, row)]
    return page("feed.html", platform=platform, account=holder, tabs=[], posts=shown, total=1, alone=True, faults=0)


def picture(context: Context, *, platform: str, media_id: str) -> Response:
    """The bytes of a picture that a post shows or will show."""
    with context.store.read() as db:
        row = media.get(db, platform=platform, media_id=media_id)
    return file_of(context, row["sha256"], row["mime"]) if row else page("gone.html", status=404)


def film_file(context: Context, request: Request, *, platform: str, media_id: str) -> Response:
    """A video's own bytes; players ask for parts of them."""
    with context.store.read() as db:
        row = media.get(db, platform=platform, media_id=media_id)
    if row is None:
        return page("gone.html", status=404)
    response = send_file(media.path_of(context.settings.media, row["sha256"]), request.environ, mimetype=row["mime"], conditional=True, etag=row["sha256"])
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


_COLOURS = {"red": "#a3161f", "green": "#1d6b4f", "blue": "#24508f"}
_FACE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 50 50"><circle cx="25" cy="25" r="25" fill="{colour}"/>'
    '<text x="25" y="33" fill="#fff" font-family="sans-serif" font-size="24" text-anchor="middle">{letter}</text></svg>'
)


def avatar(platform: Platform, account: str) -> Response:
    """The face of an account: its first letter on its colour."""
    holder = next((item for item in platform.accounts if item.id == account), None)
    if holder is None:
        return page("gone.html", status=404)
    return Response(_FACE.format(colour=_COLOURS[holder.colour], letter=holder.name[0]), mimetype="image/svg+xml")


def preview_picture(context: Context, digest: str) -> Response:
    """The picture of a link card."""
    with context.store.read() as db:
        row = db.execute("SELECT image, image_mime FROM previews WHERE image = ?", (digest,)).fetchone()
    return file_of(context, row["image"], row["image_mime"]) if row and row["image"] else page("gone.html", status=404)


def file_of(context: Context, digest: str, mime: str) -> Response:
    """A kept file as it is."""
    try:
        handle = media.path_of(context.settings.media, digest).open("rb")
    except OSError:
        return page("gone.html", status=404)
    response = Response(wrap_file({}, handle), mimetype=mime, direct_passthrough=True)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _shown(db: sqlite3.Connection, platform: Platform, row: sqlite3.Row) -> dict[str, Any]:
    film, said = platform.film(db, row["id"]), said_under(db, platform, row["id"])
    if film is not None:
        about = {"created_at": row["created_at"], "edited_at": row["edited_at"], "pictures": [], "link": None, "comments": said}
        return {**about, "film": film, "text": film["text"], "permalink": film["permalink"]}
    pictures = [item for item in posts.media_of(db, platform=row["platform"], post_id=row["id"]) if item["deleted_at"] is None]
    return {
        "film": None,
        "comments": said,
        "text": row["text"],
        "created_at": row["created_at"],
        "edited_at": row["edited_at"],
        "pictures": [
            {"address": f"/{row['platform']}/picture/{item['id']}", "alt": item["alt"], "width": item["width"], "height": item["height"]}
            for item in pictures
        ],
        "link": None if pictures or not row["link"] else _card(db, row["link"]),
        "permalink": f"/{row['platform']}/{row['account']}/posts/{row['id'].partition('_')[2] or row['id']}",
    }


def said_under(db: sqlite3.Connection, platform: Platform, post_id: str) -> list[dict[str, Any]]:
    """The comments that stand under a post; none on a platform that has none."""
    comments = getattr(platform, "comments", None)
    return comments(db, post_id) if comments else []


def _card(db: sqlite3.Connection, url: str) -> dict[str, Any]:
    row = db.execute("SELECT * FROM previews WHERE url = ?", (url,)).fetchone()
    host = urlsplit(url).hostname or ""
    return {
        "address": url,
        "site": (row["site"] if row and row["site"] else host),
        "title": row["title"] if row and row["title"] else url,
        "description": row["description"] if row else "",
        "image": f"/_rehearsal/preview/{row['image']}" if row and row["image"] else "",
    }
