"""Videos: rows of the shared tables for what readers see, with their words and state beside them."""

import json
import re
import secrets
import sqlite3
from datetime import datetime, timedelta
from typing import Any

from distribution.rehearsal import clock, media, posts, world
from distribution.rehearsal.platforms.youtube import checks, errors

PLATFORM = "youtube"
CHANNELS = {channel.id: channel for channel in world.YOUTUBE_CHANNELS}
LOCKED = "LOCKED_PRIVATE"
_URL = re.compile(r"https?://[^\s<>\"]+")
SMALL = 8 * 1024 * 1024  # bytes; such a video is processed at once
SECONDS, BYTES_A_SECOND = 0.5, 200 * 1024 * 1024
FOR_EVER = timedelta(days=3650)


def new_id() -> str:
    """Eleven letters, as theirs."""
    return secrets.token_urlsafe(9)[:11]


def text_of(snippet: dict[str, Any]) -> str:
    """Title and description as one text, for posts.json."""
    return f"{snippet['title']}\n\n{snippet.get('description', '')}".strip()


def _link_of(snippet: dict[str, Any]) -> str | None:
    found = _URL.search(str(snippet.get("description", "")))
    return found.group() if found else None


def create(db: sqlite3.Connection, *, channel: str, snippet: dict[str, Any], status: dict[str, Any], file: media.Picture, stuck: bool) -> str:
    """The video of a finished upload; its id."""
    video_id, now = new_id(), clock.now()
    status = _allowed(channel, status)
    until = now + (FOR_EVER if stuck else timedelta(seconds=0 if file.size < SMALL else SECONDS + file.size / BYTES_A_SECOND))
    media.add(db, platform=PLATFORM, account=channel, media_id=video_id, picture=file, alt="", caption="")
    shown = status["privacyStatus"] != "private"
    post = posts.NewPost(PLATFORM, channel, video_id, text_of(snippet), _link_of(snippet), (video_id,), shown)
    posts.create(db, post, print_of=video_id)
    db.execute(
        "INSERT INTO youtube_videos (id, channel, snippet, status, processing_until, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        (video_id, channel, json.dumps(snippet), json.dumps(status), clock.stamp(until), clock.stamp(now)),
    )
    return video_id


def _allowed(channel: str, status: dict[str, Any]) -> dict[str, Any]:
    """A channel whose application was not audited answers yes and keeps its videos private."""
    if LOCKED not in CHANNELS[channel].tasks:
        return status
    return {name: value for name, value in status.items() if name != "publishAt"} | {"privacyStatus": "private"}


def find(db: sqlite3.Connection, video_id: str) -> sqlite3.Row | None:
    """The video unless it is deleted or never was."""
    row: sqlite3.Row | None = db.execute(
        "SELECT v.*, p.state, p.link, m.bytes, m.sha256, m.mime FROM youtube_videos v JOIN posts p ON p.platform = 'youtube' AND p.id = v.id"
        " JOIN media m ON m.platform = 'youtube' AND m.id = v.id WHERE v.id = ? AND p.state <> 'deleted'",
        (video_id,),
    ).fetchone()
    return row


def own(db: sqlite3.Connection, video_id: str, channel: str) -> sqlite3.Row:
    """A video of this very channel. Raises GoogleError."""
    row = find(db, video_id)
    if row is None or (row["channel"] != channel and row["state"] != posts.PUBLISHED):
        raise errors.no_video(video_id)
    if row["channel"] != channel:
        raise errors.forbidden()
    return row


def change(db: sqlite3.Connection, row: sqlite3.Row, *, snippet: dict[str, Any] | None, status: dict[str, Any] | None) -> None:
    """New words or a new state; a part that is sent takes the place of the whole old one."""
    if snippet is not None and snippet != json.loads(row["snippet"]):
        db.execute("UPDATE youtube_videos SET snippet = ? WHERE id = ?", (json.dumps(snippet), row["id"]))
        posts.edit(db, platform=PLATFORM, post_id=row["id"], text=text_of(snippet))
        db.execute("UPDATE posts SET link = ? WHERE platform = 'youtube' AND id = ?", (_link_of(snippet), row["id"]))
    if status is not None:
        status = _allowed(row["channel"], status)
        db.execute("UPDATE youtube_videos SET status = ? WHERE id = ?", (json.dumps(status), row["id"]))
        show(db, row["id"], status["privacyStatus"])


def show(db: sqlite3.Connection, video_id: str, privacy: str) -> None:
    """Readers see it, or see it no more."""
    if privacy != "private":
        posts.publish(db, platform=PLATFORM, post_id=video_id)
    else:
        db.execute("UPDATE posts SET state = 'unpublished' WHERE platform = 'youtube' AND id = ? AND state = 'published'", (video_id,))


def show_due(db: sqlite3.Connection, *, now: datetime) -> None:
    """Videos whose `publishAt` has come are public from now on."""
    rows = db.execute(
        "SELECT v.id, v.status FROM youtube_videos v JOIN posts p ON p.platform = 'youtube' AND p.id = v.id"
        " WHERE p.state = 'unpublished' AND v.status LIKE '%publishAt%'"
    ).fetchall()
    for row in rows:
        status = json.loads(row["status"])
        moment = checks.moment_of(status.get("publishAt"))
        if moment is not None and moment <= now:
            status = {name: value for name, value in status.items() if name != "publishAt"} | {"privacyStatus": "public"}
            db.execute("UPDATE youtube_videos SET status = ? WHERE id = ?", (json.dumps(status), row["id"]))
            show(db, row["id"], "public")


def etag() -> str:
    """Every answer has one; nobody may rely on it."""
    return secrets.token_urlsafe(20)


def resource(row: sqlite3.Row, wanted: set[str], *, base: str, own: bool, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The video as videos.list gives it. `without`: statistics that are hidden."""
    found: dict[str, Any] = {"kind": "youtube#video", "etag": etag(), "id": row["id"]}
    makers = {"snippet": _snippet, "status": _status, "statistics": _statistics, "contentDetails": _content, "processingDetails": _processing}
    for name in sorted(wanted & set(makers)):
        if name != "processingDetails" or own:
            found[name] = makers[name](row, base)
    for name in without & set(found.get("statistics", {})):
        del found["statistics"][name]
    return found


def _snippet(row: sqlite3.Row, base: str) -> dict[str, Any]:
    channel = CHANNELS[row["channel"]]
    picture = {"url": f"{base}/thumb/{row['id']}", "width": 480, "height": 360}
    about = {"publishedAt": row["created_at"][:19] + "Z", "channelId": channel.id, "channelTitle": channel.name, "liveBroadcastContent": "none"}
    return {**json.loads(row["snippet"]), **about, "thumbnails": {"default": picture, "high": picture} if row["thumbnail"] else {}}


def _status(row: sqlite3.Row, base: str) -> dict[str, Any]:
    state: dict[str, Any] = {**json.loads(row["status"]), "madeForKids": False}
    if not _playable(row):
        return {**state, "uploadStatus": "failed", "failureReason": "emptyFile" if not row["bytes"] else "invalidFile"}
    return {**state, "uploadStatus": "uploaded" if _works(row) else "processed"}


def _statistics(row: sqlite3.Row, base: str) -> dict[str, Any]:
    return {"viewCount": str(row["views"]), "likeCount": "0", "favoriteCount": "0", "commentCount": "0"}


def _content(row: sqlite3.Row, base: str) -> dict[str, Any]:
    return {"dimension": "2d", "definition": "hd", "caption": "false", "licensedContent": False, "projection": "rectangular"}


def _processing(row: sqlite3.Row, base: str) -> dict[str, Any]:
    if not _playable(row):
        return {"processingStatus": "failed", "processingFailureReason": "other"}
    return {"processingStatus": "processing" if _works(row) else "succeeded"}


def _works(row: sqlite3.Row) -> bool:
    return bool(clock.read(row["processing_until"]) > clock.now())


def _playable(row: sqlite3.Row) -> bool:
    return bool(row["mime"] != "application/octet-stream" and row["bytes"])
