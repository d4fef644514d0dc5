"""Everything below /youtube but the log-in and the pages for readers: the Data API v3 as channels.md section 2 describes it."""

import sqlite3
from typing import Any

from oauthlib.oauth2 import WebApplicationServer
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import clock, posts
from distribution.rehearsal.platforms.base import Context, cut
from distribution.rehearsal.platforms.youtube import checks, faulty, provider, quota, tokens, uploads, videos
from distribution.rehearsal.platforms.youtube.errors import GoogleError, answer
from distribution.rehearsal.platforms.youtube.tokens import Token
from distribution.rehearsal.platforms.youtube.writes import CAPTIONERS, Writes, caption

READERS = frozenset({tokens.READONLY, *tokens.WRITE})
UPLOADS = {"videos": "video", "thumbnails/set": "thumbnail", "captions": "captions"}


class Api:
    """The calls of clients."""

    def __init__(self, context: Context, server: WebApplicationServer) -> None:
        self._context = context
        self._server = server
        self.writes = Writes(context)

    def handle(self, request: Request, path: str) -> Response:
        """Answer one call; every refusal has Google's shape. Raises ConnectionCut where a fault wants silence."""
        base = request.host_url.rstrip("/") + "/youtube"
        try:
            return self._route(request, path.rstrip("/"), base)
        except GoogleError as error:
            return error.response()
        except HTTPException as error:
            return GoogleError("The request could not be read.", "badRequest", error.code or 400, domain="global").response()

    def _route(self, request: Request, path: str, base: str) -> Response:
        if path in ("token", "revoke") and request.method == "POST":
            return self._token(request) if path == "token" else self._revoke(request)
        area, _, rest = path.partition("youtube/v3/")
        if area in ("upload/", "resumable/upload/") and rest in UPLOADS:
            return self._upload(request, rest, base)
        if area or not rest:
            raise GoogleError("Not Found", "notFound", 404, domain="global")
        reads = {"videos": self._videos, "videos:batchGetStats": self._videos, "channels": self._channels, "playlistItems": self._items, "captions": self._captions}
        if request.method in ("GET", "HEAD"):
            if rest not in reads:
                raise GoogleError("Not Found", "notFound", 404, domain="global")
            token = self._of(request, CAPTIONERS if rest == "captions" else READERS)
            return reads[rest](request, token, base)
        return self._write(request, rest, base)

    def _write(self, request: Request, rest: str, base: str) -> Response:
        try:
            token = self._of(request)
        except GoogleError:
            uploads.drain(request)
            raise
        name = f"{request.method} {rest}"
        if name == "PUT videos":
            return self.writes.update(request, token, base)
        if name == "DELETE videos":
            return self.writes.delete(request, token)
        if name == "POST playlists":
            return self.writes.insert_playlist(request, token)
        if name == "POST playlistItems":
            return self.writes.insert_item(request, token)
        uploads.drain(request)
        raise GoogleError("Not Found", "notFound", 404, domain="global")

    def _upload(self, request: Request, rest: str, base: str) -> Response:
        if request.args.get("upload_id") and request.method in ("PUT", "POST"):
            return self.writes.chunk(request, request.headers.get("Authorization", ""), base)
        if request.method != "POST":
            uploads.drain(request)
            raise GoogleError("Not Found", "notFound", 404, domain="global")
        try:
            token = self._of(request)
        except GoogleError:
            uploads.drain(request)
            raise
        return self.writes.upload(request, token, UPLOADS[rest], base)

    def _of(self, request: Request, allowed: frozenset[str] = frozenset()) -> Token:
        with self._context.store.read() as db:
            token = tokens.of_header(db, request.headers.get("Authorization", ""), given=request.args.get("access_token", ""))
        if allowed:
            token.require(allowed)
        return token

    # Tokens
    def _token(self, request: Request) -> Response:
        fields = {name: value[:5000] for name, value in request.form.items()}
        fault = None
        if fields.get("grant_type") == "refresh_token":
            with self._context.store.read() as db:
                holder = tokens.find(db, fields.get("refresh_token", ""), kind=tokens.REFRESH)
            fault = faulty.take(self._context, None, name="refresh", token=holder, commits=False)
        body, status = provider.token(self._server, fields)
        if fault is not None and fault.name == "refresh_lost":
            raise cut(request)
        return answer(body, status=status)

    def _revoke(self, request: Request) -> Response:
        with self._context.store.write() as db:
            found = tokens.find(db, request.form.get("token", "")) or tokens.find(db, request.form.get("token", ""), kind=tokens.REFRESH)
            if found is None:
                return answer({"error": "invalid_token", "error_description": "Token expired or revoked"}, status=400)
            tokens.revoke(db, found.channel, by="person")
        return answer({})

    # Reading
    def _videos(self, request: Request, token: Token, base: str) -> Response:
        wanted = checks.parts(request.args.get("part", ""))
        ids = [item for value in request.args.getlist("id") for item in value.split(",") if item]
        if not ids or len(ids) > 50:
            raise GoogleError("No filter selected. Expected one of: id", "missingRequiredParameter", 400, domain="youtube.parameter", location="id")
        hidden: frozenset[str] = frozenset()
        if "statistics" in wanted:
            fault = faulty.take(self._context, None, name="statistics", token=token, commits=False)
            hidden = frozenset({"likeCount", "commentCount"}) if fault else hidden
        with self._context.store.write() as db:
            quota.spend(db, self._context.settings, name="list", now=clock.now())
            videos.show_due(db, now=clock.now())
            rows = [row for row in (videos.find(db, item) for item in ids) if row and (row["channel"] == token.channel or row["state"] == posts.PUBLISHED)]
        found = [videos.resource(row, wanted, base=base, own=row["channel"] == token.channel, without=hidden) for row in rows]
        return answer(_list("video", found, total=len(found)))

    def _channels(self, request: Request, token: Token, base: str) -> Response:
        wanted = checks.parts(request.args.get("part", ""), frozenset({"id", "snippet", "contentDetails", "statistics", "status"}))
        ids = [token.channel] if request.args.get("mine") == "true" else request.args.get("id", "").split(",")
        self._spend("list")
        found = [_channel(videos.CHANNELS[item], wanted, base) for item in ids if item in videos.CHANNELS]
        return answer(_list("channel", found, total=len(found)))

    def _items(self, request: Request, token: Token, base: str) -> Response:
        wanted, playlist = checks.parts(request.args.get("part", ""), frozenset({"id", "snippet", "contentDetails", "status"})), request.args.get("playlistId", "")
        most, start = _number(request, "maxResults", 5, most=50), _number(request, "pageToken", 0, most=1_000_000)
        self._spend("list")
        with self._context.store.read() as db:
            rows = _rows_of(db, playlist, token.channel, request.args.get("videoId", ""))
        found = [_item(row, playlist, position, wanted) for position, row in enumerate(rows)][start : start + most]
        body = _list("playlistItem", found, total=len(rows))
        return answer({**body, **({"nextPageToken": str(start + most)} if start + most < len(rows) else {})})

    def _captions(self, request: Request, token: Token, base: str) -> Response:
        self._spend("captions.list")
        with self._context.store.read() as db:
            videos.own(db, request.args.get("videoId", ""), token.channel)
            rows = db.execute("SELECT * FROM youtube_captions WHERE video = ? ORDER BY updated_at", (request.args.get("videoId", ""),)).fetchall()
        return answer(_list("caption", [caption(row) for row in rows], total=len(rows)))

    def _spend(self, name: str) -> None:
        with self._context.store.write() as db:
            quota.spend(db, self._context.settings, name=name, now=clock.now())


def _list(kind: str, items: list[dict[str, Any]], *, total: int) -> dict[str, Any]:
    page = {"totalResults": total, "resultsPerPage": len(items)}
    return {"kind": f"youtube#{kind}ListResponse", "etag": videos.etag(), "items": items, "pageInfo": page}


def _channel(channel: Any, wanted: set[str], base: str) -> dict[str, Any]:
    picture = {"url": f"{base}/avatar/{channel.id}.svg", "width": 88, "height": 88}
    parts = {
        "snippet": {"title": channel.name, "description": channel.about, "customUrl": f"@{channel.username}", "thumbnails": {"default": picture}},
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": _uploads_of(channel.id)}},
        "statistics": {"viewCount": "0", "subscriberCount": "0", "hiddenSubscriberCount": False, "videoCount": "0"},
        "status": {"privacyStatus": "public", "isLinked": True, "longUploadsStatus": "allowed"},
    }
    return {"kind": "youtube#channel", "etag": videos.etag(), "id": channel.id, **{name: parts[name] for name in parts if name in wanted}}


def _uploads_of(channel: str) -> str:
    return "UU" + channel.removeprefix("UC")


def _rows_of(db: sqlite3.Connection, playlist: str, channel: str, video_id: str) -> list[sqlite3.Row]:
    """Videos of a playlist; of the channel's own uploads, newest first. Raises GoogleError."""
    if playlist.startswith("UU"):
        holder = "UC" + playlist.removeprefix("UU")
        ids = [row["id"] for row in db.execute("SELECT id FROM youtube_videos WHERE channel = ? ORDER BY created_at DESC", (holder,))]
        found = [row for row in (videos.find(db, item) for item in ids) if row]
    else:
        if not db.execute("SELECT 1 FROM youtube_playlists WHERE id = ?", (playlist,)).fetchone():
            raise GoogleError("The playlist identified with the request's playlistId parameter cannot be found.", "playlistNotFound", 404, domain="youtube.playlistItem")
        ids = [row["video"] for row in db.execute("SELECT video FROM youtube_playlist_items WHERE playlist = ? ORDER BY created_at", (playlist,))]
        found = [row for row in (videos.find(db, item) for item in ids) if row]
    return [row for row in found if row["id"] == (video_id or row["id"]) and (row["channel"] == channel or row["state"] == posts.PUBLISHED)]


def _item(row: sqlite3.Row, playlist: str, position: int, wanted: set[str]) -> dict[str, Any]:
    words = uploads.json_of(row["snippet"])
    parts = {
        "snippet": {
            "publishedAt": row["created_at"][:19] + "Z", "channelId": row["channel"], "title": words["title"], "description": words.get("description", ""),
            "playlistId": playlist, "position": position, "resourceId": {"kind": "youtube#video", "videoId": row["id"]},
        },
        "contentDetails": {"videoId": row["id"], "videoPublishedAt": row["created_at"][:19] + "Z"},
        "status": {"privacyStatus": uploads.json_of(row["status"])["privacyStatus"]},
    }  # fmt: skip
    return {"kind": "youtube#playlistItem", "etag": videos.etag(), "id": f"UEw{row['id']}", **{name: parts[name] for name in parts if name in wanted}}


def _number(request: Request, name: str, default: int, *, most: int) -> int:
    text = request.args.get(name, "") or str(default)
    if not text.isascii() or not text.isdigit() or int(text[:9]) > most:
        raise GoogleError(f"Invalid value for {name}.", "invalidParameter", 400, domain="global", location=name)
    return int(text[:9])
