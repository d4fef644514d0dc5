"""Videos and reels of a Page: what they are as nodes, how they become posts once the platform has worked on them, and how readers get them."""

import sqlite3
from typing import Any

from distribution.rehearsal import clock, media, posts
from distribution.rehearsal.platforms.facebook import fields, nodes

PLATFORM = "facebook"
UPLOADING, PROCESSING, READY, ERROR, DELETED = "uploading", "processing", "ready", "error", "deleted"
DEFAULT = "description,updated_time,id"


def find(db: sqlite3.Connection, video_id: str) -> Any:
    """A video that was not deleted, or None."""
    return db.execute("SELECT * FROM facebook_videos WHERE id = ? AND state <> ?", (video_id, DELETED)).fetchone()


def of_post(db: sqlite3.Connection, post_id: str) -> Any:
    """The video that a post shows, or None."""
    return db.execute("SELECT * FROM facebook_videos WHERE post = ? AND post <> ''", (post_id,)).fetchone()


def settle(db: sqlite3.Connection) -> None:
    """What the platform has worked on long enough is there: a video that was to be published is a post now."""
    due = db.execute("SELECT * FROM facebook_videos WHERE state = ? AND ready_at <= ?", (PROCESSING, clock.stamp(clock.now()))).fetchall()
    for row in due:
        if row["mime"] not in ("video/mp4", "video/webm"):
            db.execute("UPDATE facebook_videos SET state = ? WHERE id = ?", (ERROR, row["id"]))
            continue
        post_id = f"{row['page']}_{posts.new_number()}" if row["wanted"] else ""
        if post_id:
            _show(db, row, post_id)
        db.execute("UPDATE facebook_videos SET state = ?, post = ? WHERE id = ?", (READY, post_id, row["id"]))


def _show(db: sqlite3.Connection, row: sqlite3.Row, post_id: str) -> None:
    file = media.Picture(sha256=row["sha256"], size=row["bytes"], mime=row["mime"], width=0, height=0)
    media.add(db, platform=PLATFORM, account=row["page"], media_id=row["id"], picture=file, alt="", caption=row["title"])
    post = posts.NewPost(PLATFORM, row["page"], post_id, row["description"], None, (row["id"],), True)
    posts.create(db, post, print_of=posts.fingerprint(text=row["description"], link=None, pictures=[row["sha256"]]))


def status(row: sqlite3.Row, *, held: int) -> dict[str, Any]:
    """The phases of a video as Graph tells them."""
    done = row["state"] in (READY, ERROR) or row["state"] == PROCESSING
    whole = done or (row["total"] > 0 and held >= row["total"])
    works = {UPLOADING: "not_started", PROCESSING: "in_progress", READY: "complete", ERROR: "error"}[row["state"]]
    state = row["state"] if row["state"] != UPLOADING or not whole else "upload_complete"
    publishing = {"status": "complete" if row["post"] else "not_started", **({"publish_status": "published"} if row["post"] else {})}
    return {
        "video_status": state,
        "uploading_phase": {"status": "complete" if whole else "in_progress" if held else "not_started", "bytes_transferred": row["bytes"] if done else held},
        "processing_phase": {"status": works, **({"errors": [{"code": 1363024, "message": "Video format is not supported"}]} if works == "error" else {})},
        "publishing_phase": publishing,
    }


def node(row: sqlite3.Row, wanted: str, *, base: str, held: int) -> dict[str, Any]:
    """A video with the wanted fields. Raises GraphError."""
    page, number = nodes.PAGES[row["page"]], row["post"].partition("_")[2]
    makers: nodes.Makers = {
        "id": lambda field: row["id"],
        "title": lambda field: row["title"] or None,
        "description": lambda field: row["description"] or None,
        "created_time": lambda field: nodes.graph_time(row["created_at"]),
        "updated_time": lambda field: nodes.graph_time(row["created_at"]),
        "from": lambda field: {"name": page.name, "id": page.id},
        "status": lambda field: status(row, held=held),
        "published": lambda field: bool(row["post"]),
        "post_id": lambda field: number or None,
        "permalink_url": lambda field: f"{base}/{row['page']}/posts/{number}" if number else None,
        "source": lambda field: f"{base}/film/{row['id']}" if row["state"] == READY else None,
        "picture": lambda field: f"{base}/thumb/{row['id']}" if row["thumb"] else None,
        "comments": lambda field: nodes.counter(field, 0),
        "likes": lambda field: nodes.counter(field, 0),
    }
    return fields.render(fields.parse(wanted or DEFAULT), makers, node="Video")


def film(db: sqlite3.Connection, post_id: str) -> dict[str, Any] | None:
    """What the player of a post needs."""
    row, post = of_post(db, post_id), posts.get(db, platform=PLATFORM, post_id=post_id)
    if row is None or post is None:
        return None
    seen = db.execute("SELECT views FROM facebook_views WHERE post = ?", (post_id,)).fetchone()
    return {
        "title": row["title"], "text": post["text"], "tags": ["Reel"] if row["kind"] == "reel" else [], "views": seen["views"] if seen else 0, "tracks": [],
        "address": f"/facebook/film/{row['id']}", "poster": f"/facebook/thumb/{row['id']}" if row["thumb"] else "",
        "permalink": f"/facebook/{row['page']}/posts/{post_id.partition('_')[2]}", "upright": row["kind"] == "reel",
    }  # fmt: skip


def edit(db: sqlite3.Connection, row: sqlite3.Row, *, title: str, text: str | None) -> None:
    """New words, also of the post that shows the video."""
    db.execute("UPDATE facebook_videos SET title = ?, description = ? WHERE id = ?", (title or row["title"], row["description"] if text is None else text, row["id"]))
    if row["post"] and text is not None:
        posts.edit(db, platform=PLATFORM, post_id=row["post"], text=text)


def delete(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    """Take the video away, and its post."""
    db.execute("UPDATE facebook_videos SET state = ? WHERE id = ?", (DELETED, row["id"]))
    if row["post"] and posts.get(db, platform=PLATFORM, post_id=row["post"]):
        posts.delete(db, platform=PLATFORM, post_id=row["post"])

