"""How videos arrive: in parts that the server asks for (start, transfer, finish), and reels by one address that keeps whatever came (channels.md 1.3, 1.4)."""

import os
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import clock, media, posts
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import Context
from distribution.rehearsal.platforms.facebook import errors, faulty, videos
from distribution.rehearsal.platforms.facebook.errors import GraphError, answer, bad_parameter
from distribution.rehearsal.platforms.facebook.params import Params
from distribution.rehearsal.platforms.facebook.tokens import Token
from distribution.rehearsal.platforms.facebook.writes import MAX_MESSAGE, MAX_PHOTO, may_post
from distribution.rehearsal.platforms.youtube.uploads import kept

MB = 1024 * 1024
PIECE = 64 * 1024
LARGEST = 4 * 1024 * MB
SMALL, BIG_SECONDS, STUCK = 8 * MB, 3, timedelta(days=3650)
FINISHED = "6000: there was a problem uploading your video file. Please try again with another file."


class Uploads:
    """Uploads of one process."""

    def __init__(self, context: Context) -> None:
        self._context, self._store = context, context.store
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._folder = context.settings.media / "uploads"

    def held(self, video_id: str) -> int:
        """Bytes that have arrived."""
        path = self._path(video_id)
        return path.stat().st_size if path.exists() else 0

    def _path(self, video_id: str) -> Path:
        return self._folder / f"facebook-{video_id}"

    # Both kinds
    def start(self, request: Request, call: Call, token: Token, params: Params, page: str, base: str, *, kind: str) -> Response:
        """upload_phase=start: a session, and the id of a video that nobody sees."""
        may_post(token, page, published=True)
        total = params.number("file_size", default=0, least=1, most=10**15) if kind == "video" else 0
        if kind == "video" and not 0 < total <= LARGEST:
            raise bad_parameter("Invalid parameter", subcode=1363023, title="Video quá lớn", explain="Tệp video phải dưới 4 GB.")
        video_id, session = posts.new_number(), posts.new_number()

        def commit() -> Response:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._path(video_id).touch()
            with self._store.write() as db:
                db.execute(
                    "INSERT INTO facebook_videos (id, page, kind, session, total, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                    (video_id, page, kind, session, total, clock.stamp(clock.now())),
                )
            call.object_id = video_id
            if kind == "reel":
                return answer({"video_id": video_id, "upload_url": f"{base}/video-upload/v26.0/{video_id}"})
            return answer({"video_id": video_id, "upload_session_id": session, **offsets(0, total)})

        return faulty.run(self._context, request, call, name=f"{kind}_start", page=page, commits=False, commit=commit)

    def transfer(self, request: Request, call: Call, token: Token, params: Params, page: str) -> Response:
        """upload_phase=transfer: exactly the part that was asked for, else the place to go on from."""
        may_post(token, page, published=True)
        row, start, part = self._session(params, page), params.number("start_offset", default=0, least=0, most=10**15), params.upload()
        if part is None:
            raise bad_parameter("video_file_chunk is required")

        def commit() -> Response:
            with self._locks[row["id"]]:
                self._count(row["id"], len(part))
                reached = self.held(row["id"])
                wanted = offsets(reached, row["total"])
                if row["state"] != videos.UPLOADING or start != reached or len(part) != int(wanted["end_offset"]) - reached:
                    raise wrong_place(wanted)
                with self._path(row["id"]).open("ab") as file:
                    file.write(part)
            return answer(offsets(reached + len(part), row["total"]))

        return faulty.run(self._context, request, call, name="video_chunk", page=page, commits=False, commit=commit)

    def receive(self, request: Request, call: Call, token: Token, row: sqlite3.Row) -> Response:
        """A reel's bytes: what arrives is kept, also of a line that broke off."""
        may_post(token, row["page"], published=True)
        first, total = (int(text) if (text := request.headers.get(name, "")).isascii() and text.isdigit() else -1 for name in ("offset", "file_size"))

        def commit() -> Response:
            with self._locks[row["id"]]:
                if not 0 < total <= LARGEST or first != self.held(row["id"]) or row["state"] != videos.UPLOADING:
                    drain(request)
                    return answer({"debug_info": {"retriable": False, "type": "OffsetInvalidError", "message": "Offset mismatch"}}, status=400)
                with self._store.write() as db:
                    db.execute("UPDATE facebook_videos SET total = ? WHERE id = ?", (total, row["id"]))
                arrived = self._append(request, row["id"], room=total - first)
            if first + arrived < total:
                return answer({"debug_info": {"retriable": True, "type": "PartialRequestError", "message": "Partial request"}}, status=400)
            return answer({"success": True, "message": "Upload successful."})

        return faulty.run(self._context, request, call, name="reel_bytes", page=row["page"], commits=False, commit=commit)

    def _append(self, request: Request, video_id: str, *, room: int) -> int:
        arrived = 0
        try:
            with self._path(video_id).open("ab") as file:
                for piece in pieces(request):
                    file.write(piece[: max(0, room - arrived)])
                    arrived += len(piece)
        finally:
            self._count(video_id, arrived)
        return arrived

    def finish(self, request: Request, call: Call, token: Token, params: Params, page: str, *, kind: str) -> Response:
        """upload_phase=finish: from here on the platform works on it, and then readers see it."""
        may_post(token, page, published=True)
        row = self._session(params, page) if kind == "video" else self._reel(params, page)
        if params.has("scheduled_publish_time"):
            raise GraphError("(#3) The rehearsal platform does not schedule: the newsroom keeps the time.", code=3)
        shown = params.flag("published", default=True) if kind == "video" else params.text("video_state") == "PUBLISHED"
        words = (params.text("title", longest=255), params.text("description", longest=MAX_MESSAGE))
        thumb = self._thumb(params)

        def commit() -> Response:
            with self._locks[row["id"]]:
                if self.held(row["id"]) < row["total"] or not row["total"] or self._state(row["id"]) != videos.UPLOADING:
                    raise GraphError(f"(#6000) {FINISHED}", code=6000, subcode=1363030, is_transient=True)
                self._take_in(row, words, thumb, shown=shown, stuck=call.fault == "stuck_processing")
            call.object_id = row["id"]
            return answer({"success": True})

        return faulty.run(self._context, request, call, name=f"{kind}_finish", page=page, commits=True, commit=commit)

    def _take_in(self, row: sqlite3.Row, words: tuple[str, str], thumb: media.Picture | None, *, shown: bool, stuck: bool) -> None:
        path = self._path(row["id"])
        file = kept(path)
        target = media.path_of(self._context.settings.media, file.sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)
        ready = clock.now() + (STUCK if stuck else timedelta(seconds=BIG_SECONDS if file.size > SMALL else 0))
        with self._store.write() as db:
            db.execute(
                "UPDATE facebook_videos SET state = ?, title = ?, description = ?, wanted = ?, sha256 = ?, mime = ?, bytes = ?, thumb = ?, thumb_mime = ?, ready_at = ? WHERE id = ?",
                (videos.PROCESSING, *words, shown, file.sha256, file.mime, file.size, thumb.sha256 if thumb else "", thumb.mime if thumb else "", clock.stamp(ready), row["id"]),
            )
            videos.settle(db)

    def _thumb(self, params: Params) -> media.Picture | None:
        data = params.upload("thumb")
        if not data:
            return None
        if len(data) > MAX_PHOTO:
            raise bad_parameter("Invalid parameter", subcode=1366046, title="Ảnh quá lớn", explain="Ảnh phải dưới 4 MB và là JPEG hoặc PNG.")
        try:
            return media.keep(self._context.settings.media, data)
        except media.NotAPicture as error:
            raise bad_parameter("Invalid parameter", subcode=2069019, title="Không đọc được ảnh") from error

    def _session(self, params: Params, page: str) -> Any:
        session = params.text("upload_session_id", longest=100)
        with self._store.read() as db:
            row = db.execute("SELECT * FROM facebook_videos WHERE session = ? AND page = ? AND kind = 'video'", (session, page)).fetchone()
        if row is None:
            raise errors.missing_object(session, "post")
        return row

    def _reel(self, params: Params, page: str) -> Any:
        video_id = params.text("video_id", longest=100)
        with self._store.read() as db:
            row = videos.find(db, video_id)
        if row is None or row["page"] != page or row["kind"] != "reel":
            raise errors.missing_object(video_id, "post")
        return row

    def _state(self, video_id: str) -> str:
        with self._store.read() as db:
            return str(videos.find(db, video_id)["state"])

    def _count(self, video_id: str, arrived: int) -> None:
        with self._store.write() as db:
            db.execute("UPDATE facebook_videos SET wire_bytes = wire_bytes + ? WHERE id = ?", (arrived, video_id))

    def listing(self, db: sqlite3.Connection) -> list[dict[str, Any]]:
        """What each upload brought over the line, for uploads.json."""
        rows = db.execute("SELECT kind, page AS channel, total, wire_bytes, post AS result, created_at FROM facebook_videos ORDER BY created_at").fetchall()
        return [{"platform": "facebook", **dict(row)} for row in rows]


def offsets(start: int, total: int) -> dict[str, str]:
    """The part that the server wants next, as texts; both equal once it has all."""
    size = max(MB, min(16 * MB, total // 50))
    return {"start_offset": str(start), "end_offset": str(min(total, start + size))}


def wrong_place(wanted: dict[str, str]) -> GraphError:
    """1363037: go on from there."""
    error = bad_parameter("There was a problem uploading your video file. Please try again with the correct start offset.", subcode=1363037)
    error.data = dict(wanted)
    return error


def pieces(request: Request) -> Iterator[bytes]:
    """The body in parts, straight from the line; ends early where the client went away."""
    stream, left = request.environ["wsgi.input"], request.content_length or 0
    while left > 0:
        try:
            piece = stream.read(min(PIECE, left))
        except OSError:
            return
        if not piece:
            return
        left -= len(piece)
        yield piece


def drain(request: Request) -> None:
    """Read the body and forget it: an answer before its end would be lost with the connection."""
    for _piece in pieces(request):
        pass
