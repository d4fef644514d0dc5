"""What changes a channel: uploads, words and state of a video, its thumbnail, captions, playlists. Checked first, then done under whatever fault is set."""

import sqlite3
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import calls, clock, media, posts
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import ConnectionCut, Context
from distribution.rehearsal.platforms.youtube import checks, errors, faulty, quota, tokens, uploads, videos
from distribution.rehearsal.platforms.youtube.errors import GoogleError, answer
from distribution.rehearsal.platforms.youtube.tokens import Token

PLATFORM = "youtube"
UPLOADERS = frozenset({tokens.UPLOAD, *tokens.WRITE})
CAPTIONERS = frozenset({tokens.FORCE_SSL})
ALLOWED = {"video": UPLOADERS, "thumbnail": UPLOADERS, "captions": CAPTIONERS}
NAME_OF = {"video": "open", "thumbnail": "thumbnail", "captions": "captions"}
Act = Callable[[Call], Response]


class Writes:
    """The write calls of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self.sessions = uploads.Sessions(context)

    def logged(self, request: Request, token: Token, name: str, act: Act, *, fields: dict[str, str] | None = None) -> Response:
        """Run a call and write down how it ended. Raises GoogleError or ConnectionCut."""
        about = fields if fields is not None else dict(request.args.items())
        call = calls.begin(self._store, platform=PLATFORM, account=token.channel, call=name, method=request.method, path=request.path, fields=about)
        try:
            response = act(call)
        except GoogleError as error:
            calls.finish(self._store, call, outcome="refused", status=error.status)
            raise
        except ConnectionCut:
            calls.finish(self._store, call, outcome="cut", status=None)
            raise
        calls.finish(self._store, call, outcome="answered" if response.status_code < 400 else "refused", status=response.status_code)
        return response

    def run(self, request: Request, token: Token, name: str, commit: Act, *, commits: bool = True) -> Response:
        """A logged write that is one step, counted and under the next fault."""

        def act(call: Call) -> Response:
            with self._store.write() as db:
                quota.spend(db, self._context.settings, name=name, now=clock.now())
            return faulty.run(self._context, request, call, name=name, token=token, commits=commits, commit=lambda: commit(call))

        return self.logged(request, token, name, act)

    # Uploads
    def upload(self, request: Request, token: Token, kind: str, base: str) -> Response:
        """Open a session, or take words and file in one request."""
        token.require(ALLOWED[kind])
        way = request.args.get("uploadType", "")
        if way == "resumable":
            return self._open(request, token, kind)
        if way not in ("multipart", "media"):
            raise GoogleError("Bad uploadType.", "badRequest", 400, domain="global", location="uploadType")
        body, content, mime = uploads.two_parts(request) if way == "multipart" else ({}, uploads.small_body(request), request.mimetype)
        params = dict(request.args.items())
        self._prepare(kind, token, body, params)

        def commit(call: Call) -> Response:
            file = self._keep(content)
            with self._store.write() as db:
                found = self._complete(db, kind, token.channel, body, params, file, mime, stuck=False)
            call.object_id = str(found)
            return self._result(kind, str(found), token.channel, base)

        return self.run(request, token, NAME_OF[kind], commit)

    def _keep(self, content: bytes) -> media.Picture:
        path = self._context.settings.media / f".{posts.new_number()}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        file = uploads.kept(path)
        path.unlink()
        media.write_once(self._context.settings.media, file.sha256, content)
        return file

    def _open(self, request: Request, token: Token, kind: str) -> Response:
        body, params = uploads.json_of(uploads.small_body(request)), dict(request.args.items())
        self._prepare(kind, token, body, params)
        size = request.headers.get("X-Upload-Content-Length", "0")
        total = int(size) if size.isascii() and size.isdigit() else 0

        def commit(call: Call) -> Response:
            mime = request.headers.get("X-Upload-Content-Type", "application/octet-stream")
            upload_id = self.sessions.open(kind=kind, channel=token.channel, total=total, mime=mime, body=body, params=params)
            response = answer({})
            response.set_data(b"")
            response.headers["Location"] = f"{request.base_url}?uploadType=resumable&upload_id={upload_id}"
            response.headers["X-GUploader-UploadID"] = upload_id[:20]
            return response

        return self.run(request, token, NAME_OF[kind], commit, commits=False)

    def chunk(self, request: Request, header: str, base: str) -> Response:
        """Bytes of a session, or the question how many are there. The token, where one is sent, must be good."""
        try:
            with self._store.read() as db:
                session = self.sessions.find(db, request.args["upload_id"])
                token = tokens.of_header(db, header) if header else Token("", session["channel"], "", ())
            if token.channel != session["channel"]:
                raise errors.forbidden()
            place = uploads.place_of(request, session)
        except GoogleError:
            uploads.drain(request)
            raise
        if session["result"] or place.first is None:
            uploads.drain(request)
            if session["result"]:
                return self._result(session["kind"], session["result"], token.channel, base)
            return uploads.unfinished(self.sessions.held(session))
        fields = {"range": request.headers.get("Content-Range", "")}
        return self.logged(request, token, "chunk", lambda call: self._receive(request, call, token, session, place, base), fields=fields)

    def _receive(self, request: Request, call: Call, token: Token, session: sqlite3.Row, place: uploads.Place, base: str) -> Response:
        last = (place.first or 0) + place.length == place.total
        try:
            fault = faulty.take(self._context, call, name="chunk", token=token, commits=last)
        except GoogleError:
            uploads.drain(request)
            raise
        name = fault.name if fault else ""
        most = place.length // 2 if name == "half_chunk" else place.length
        held = self.sessions.receive(request, session, place, most=most)
        if held < place.total:
            return uploads.unfinished(held, tell=name != "no_range")

        def commit() -> Response:
            return self._finish(call, token, session, place.total, base, stuck=name == "stuck_processing")

        return faulty.finish(self._context, request, fault, commit)

    def _finish(self, call: Call, token: Token, session: sqlite3.Row, total: int, base: str, *, stuck: bool) -> Response:
        with self.sessions.lock(session):
            with self._store.read() as db:
                result = str(self.sessions.find(db, session["id"])["result"])
            if not result:
                file = self.sessions.take_file(session)
                body, params = uploads.json_of(session["body"]), uploads.json_of(session["params"])
                with self._store.write() as db:
                    result = self._complete(db, session["kind"], token.channel, body, params, file, session["mime"], stuck=stuck)
                    self.sessions.finish(db, session, result, total=total)
        call.object_id = result
        return self._result(session["kind"], result, token.channel, base)

    def _prepare(self, kind: str, token: Token, body: dict[str, Any], params: dict[str, str]) -> None:
        """Refuse what the finished file could not be used for. Raises GoogleError."""
        if kind == "video":
            checks.parts(params.get("part", ""))
            checks.snippet(checks.part_of(body, "snippet"))
            checks.status(checks.part_of(body, "status"), now=clock.now())
            return
        about = checks.part_of(body, "snippet")
        video_id = params.get("videoId", "") if kind == "thumbnail" else str(about.get("videoId", ""))
        with self._store.read() as db:
            videos.own(db, video_id, token.channel)
            if kind == "captions" and self._has_captions(db, about):
                raise GoogleError("The specified video already has a caption track with that language and name.", "captionExists", 409, domain="youtube.caption")

    @staticmethod
    def _has_captions(db: sqlite3.Connection, about: dict[str, Any]) -> bool:
        key = (about.get("videoId"), about.get("language"), about.get("name", ""))
        return db.execute("SELECT 1 FROM youtube_captions WHERE video = ? AND language = ? AND name = ?", key).fetchone() is not None

    def _complete(
        self, db: sqlite3.Connection, kind: str, channel: str, body: dict[str, Any], params: dict[str, str], file: media.Picture, mime: str, *, stuck: bool
    ) -> str:
        if kind == "video":
            words = checks.snippet(checks.part_of(body, "snippet"))
            state = checks.status(checks.part_of(body, "status"), now=clock.now())
            return videos.create(db, channel=channel, snippet=words, status=state, file=file, stuck=stuck)
        data = media.path_of(self._context.settings.media, file.sha256).read_bytes()
        if kind == "thumbnail":
            picture = self._picture(data)
            values = (picture.sha256, picture.mime, params["videoId"])
            db.execute("UPDATE youtube_videos SET thumbnail = ?, thumbnail_mime = ? WHERE id = ?", values)
            return params["videoId"]
        return self._caption(db, checks.part_of(body, "snippet"), data)

    def _picture(self, data: bytes) -> media.Picture:
        try:
            picture = media.keep(self._context.settings.media, data)
        except media.NotAPicture as error:
            raise GoogleError("The provided image content is invalid.", "invalidImage", 400, domain="youtube.thumbnail") from error
        if picture.mime not in ("image/jpeg", "image/png"):
            raise GoogleError("The provided image content is invalid.", "invalidImage", 400, domain="youtube.thumbnail")
        return picture

    @staticmethod
    def _caption(db: sqlite3.Connection, about: dict[str, Any], data: bytes) -> str:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise GoogleError("The caption track could not be parsed.", "invalidCaption", 400, domain="youtube.caption") from error
        if "-->" not in text or not about.get("language"):
            raise GoogleError("The caption track could not be parsed.", "invalidCaption", 400, domain="youtube.caption")
        caption_id = "AUie" + videos.new_id()
        values = (caption_id, about["videoId"], about["language"], about.get("name", ""), text, clock.stamp(clock.now()))
        db.execute("INSERT INTO youtube_captions (id, video, language, name, body, updated_at) VALUES (?, ?, ?, ?, ?, ?)", values)
        return caption_id

    def _result(self, kind: str, result: str, channel: str, base: str) -> Response:
        with self._store.read() as db:
            if kind == "captions":
                row = db.execute("SELECT * FROM youtube_captions WHERE id = ?", (result,)).fetchone()
                return answer(caption(row))
            row = videos.own(db, result, channel)
        if kind == "thumbnail":
            picture = {"url": f"{base}/thumb/{result}", "width": 480, "height": 360}
            return answer({"kind": "youtube#thumbnailSetResponse", "etag": videos.etag(), "items": [{"default": picture, "high": picture}]})
        return answer(videos.resource(row, {"snippet", "status"}, base=base, own=True), status=200)

    # Words and state
    def update(self, request: Request, token: Token, base: str) -> Response:
        """PUT videos: every part that is named takes the place of the old one, whole."""
        token.require(tokens.WRITE)
        named, body = checks.parts(request.args.get("part", "")), uploads.json_of(uploads.small_body(request))
        video_id = str(body.get("id", ""))
        with self._store.read() as db:
            videos.own(db, video_id, token.channel)
        words = checks.snippet(checks.part_of(body, "snippet")) if "snippet" in named else None
        if words is not None and not checks.part_of(body, "snippet").get("categoryId"):
            raise checks.refused("The snippet.categoryId property specifies an invalid category ID.", "invalidCategoryId", "body.snippet.categoryId")
        state = checks.status(checks.part_of(body, "status"), now=clock.now()) if "status" in named else None

        def commit(call: Call) -> Response:
            with self._store.write() as db:
                videos.change(db, videos.own(db, video_id, token.channel), snippet=words, status=state)
                row = videos.own(db, video_id, token.channel)
            call.object_id = video_id
            return answer(videos.resource(row, named, base=base, own=True))

        return self.run(request, token, "update", commit)

    def delete(self, request: Request, token: Token) -> Response:
        """DELETE videos."""
        token.require(tokens.WRITE)
        video_id = request.args.get("id", "")
        with self._store.read() as db:
            videos.own(db, video_id, token.channel)

        def commit(call: Call) -> Response:
            with self._store.write() as db:
                videos.own(db, video_id, token.channel)
                posts.delete(db, platform=PLATFORM, post_id=video_id)
                db.execute("DELETE FROM youtube_playlist_items WHERE video = ?", (video_id,))
            call.object_id = video_id
            return Response(status=204)

        return self.run(request, token, "delete", commit)

    # Playlists
    def insert_playlist(self, request: Request, token: Token) -> Response:
        """POST playlists."""
        token.require(tokens.WRITE)
        title = checks.part_of(uploads.json_of(uploads.small_body(request)), "snippet").get("title")
        if not isinstance(title, str) or not title.strip():
            raise checks.refused("The request must specify a playlist title.", "playlistTitleRequired", "body.snippet.title")
        playlist_id = "PL" + videos.new_id()

        def commit(call: Call) -> Response:
            with self._store.write() as db:
                values = (playlist_id, token.channel, title, clock.stamp(clock.now()))
                db.execute("INSERT INTO youtube_playlists (id, channel, title, created_at) VALUES (?, ?, ?, ?)", values)
            call.object_id = playlist_id
            return answer({"kind": "youtube#playlist", "etag": videos.etag(), "id": playlist_id, "snippet": {"title": title, "channelId": token.channel}})

        return self.run(request, token, "playlist", commit)

    def insert_item(self, request: Request, token: Token) -> Response:
        """POST playlistItems."""
        token.require(tokens.WRITE)
        about = checks.part_of(uploads.json_of(uploads.small_body(request)), "snippet")
        playlist_id, video_id = str(about.get("playlistId", "")), str(checks.part_of(about, "resourceId").get("videoId", ""))
        with self._store.read() as db:
            videos.own(db, video_id, token.channel)
            mine = db.execute("SELECT 1 FROM youtube_playlists WHERE id = ? AND channel = ?", (playlist_id, token.channel)).fetchone()
        if not mine:
            raise GoogleError("The playlist identified with the request's playlistId parameter cannot be found.", "playlistNotFound", 404, domain="youtube.playlistItem")
        item_id = "UEw" + videos.new_id()

        def commit(call: Call) -> Response:
            with self._store.write() as db:
                values = (item_id, playlist_id, video_id, clock.stamp(clock.now()))
                db.execute("INSERT INTO youtube_playlist_items (id, playlist, video, created_at) VALUES (?, ?, ?, ?)", values)
            call.object_id = item_id
            return answer({"kind": "youtube#playlistItem", "etag": videos.etag(), "id": item_id, "snippet": about})

        return self.run(request, token, "playlist", commit)


def caption(row: sqlite3.Row) -> dict[str, Any]:
    """A caption track as captions.list gives it."""
    snippet = {"videoId": row["video"], "lastUpdated": row["updated_at"], "trackKind": "standard", "language": row["language"], "name": row["name"], "isDraft": False}
    return {"kind": "youtube#caption", "etag": videos.etag(), "id": row["id"], "snippet": {**snippet, "status": "serving"}}
