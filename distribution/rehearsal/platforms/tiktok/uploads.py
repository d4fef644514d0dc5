"""The upload address: chunks in their order, each from where the last one ended. It carries a key of its own and is good for an hour."""

import hashlib
import os
import re
import sqlite3
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import calls, clock, media
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import ConnectionCut, Context
from distribution.rehearsal.platforms.tiktok import faulty, hooks, videos
from distribution.rehearsal.platforms.tiktok.errors import TiktokError
from distribution.rehearsal.platforms.tiktok.tokens import Token
from distribution.rehearsal.platforms.youtube.uploads import drain, kept, pieces

URL_SECONDS = 3600
TYPES = ("video/mp4", "video/quicktime", "video/webm")
_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})\Z")


class Uploads:
    """The uploads of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._folder = context.settings.media / "uploads"

    def _path(self, publish_id: str) -> Path:
        return self._folder / hashlib.sha256(publish_id.encode()).hexdigest()

    def open(self, row: sqlite3.Row, base: str) -> str:
        """The address of an upload."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path(row["publish_id"]).touch()
        return f"{base}/upload?upload_id={row['publish_id']}&upload_token={row['upload_token']}"

    def held(self, row: sqlite3.Row) -> int:
        """Bytes that are there."""
        path = self._path(row["publish_id"])
        return path.stat().st_size if path.exists() else int(row["size"]) if row["files"] != "[]" or row["status"] != videos.UPLOADING else 0

    def put(self, request: Request) -> Response:
        """PUT of a chunk. Raises ConnectionCut."""
        row = self._row(request)
        if row is None:
            drain(request)
            return _plain(404)
        token = Token("", row["account"], ())
        call = calls.begin(
            self._context.store, platform="tiktok", account=row["account"], call="chunk", method="PUT", path=request.path, fields={"range": request.headers.get("Content-Range", "")}
        )
        try:
            response = self._put(request, call, row, token)
        except TiktokError as error:
            drain(request)
            calls.finish(self._context.store, call, outcome="refused", status=error.status)
            return error.response()
        except ConnectionCut:
            calls.finish(self._context.store, call, outcome="cut", status=None)
            raise
        calls.finish(self._context.store, call, outcome="answered" if response.status_code < 400 else "refused", status=response.status_code)
        return response

    def _row(self, request: Request) -> sqlite3.Row | None:
        with self._context.store.read() as db:
            row: sqlite3.Row | None = db.execute(
                "SELECT * FROM tiktok_posts WHERE publish_id = ? AND upload_token = ? AND kind = 'video'", (request.args.get("upload_id", ""), request.args.get("upload_token", ""))
            ).fetchone()
        return row

    def _put(self, request: Request, call: Call, row: sqlite3.Row, token: Token) -> Response:
        call.object_id = row["publish_id"]
        if (clock.now() - clock.read(row["created_at"])).total_seconds() > URL_SECONDS:
            drain(request)
            return _plain(403)
        with self._locks[row["publish_id"]]:
            refused, end = self._place(request, row)
            if refused is not None:
                drain(request)
                return refused
            last = end == row["size"]
            fault = faulty.take(self._context, call, name="chunk", token=token, commits=last)
            name = fault.name if fault else ""
            if name == "container_expired":
                drain(request)
                return _plain(403)
            held = self._receive(request, row, most=(request.content_length or 0) // (2 if name == "half_chunk" else 1))
            if name == "half_chunk":
                return _plain(500)
            if held < end:
                return _plain(400)
            if not last:
                return _plain(206, held=held, total=row["size"], tell=name != "no_range")
            return faulty.finish(self._context, request, fault, lambda: self._finish(row, stuck=name == "stuck_processing"))

    def _place(self, request: Request, row: sqlite3.Row) -> tuple[Response | None, int]:
        found = _RANGE.match(request.headers.get("Content-Range", ""))
        if found is None or request.mimetype not in TYPES or "Authorization" in request.headers:
            return _plain(400), 0
        first, end, total, held = int(found[1]), int(found[2]) + 1, int(found[3]), self.held(row)
        if total != row["size"] or end - first != request.content_length:
            return _plain(400), 0
        number = min(first // row["chunk"], row["chunks"] - 1)
        wanted = row["size"] if number == row["chunks"] - 1 else row["chunk"] * (number + 1)
        if first != held or held >= total:
            return _plain(416, held=held, total=total), 0
        return (None, end) if end == wanted else (_plain(400), 0)

    def _receive(self, request: Request, row: sqlite3.Row, *, most: int) -> int:
        path, arrived, room = self._path(row["publish_id"]), 0, most
        with path.open("ab") as file:
            for piece in pieces(request):
                arrived += len(piece)
                file.write(piece[:room])
                room -= min(room, len(piece))
        with self._context.store.write() as db:
            db.execute("UPDATE tiktok_posts SET wire_bytes = wire_bytes + ? WHERE publish_id = ?", (arrived, row["publish_id"]))
        return path.stat().st_size

    def _finish(self, row: sqlite3.Row, *, stuck: bool) -> Response:
        path = self._path(row["publish_id"])
        file = kept(path)
        target = media.path_of(self._context.settings.media, file.sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)
        with self._context.store.write() as db:
            videos.receive_all(db, row, [file], stuck=stuck)
        hooks.tell(self._context, row["publish_id"])
        return _plain(201, held=row["size"], total=row["size"])

    def listing(self, db: sqlite3.Connection) -> list[dict[str, Any]]:
        """What each upload brought over the line, for uploads.json."""
        rows = db.execute("SELECT publish_id, account, size, wire_bytes, created_at FROM tiktok_posts WHERE kind = 'video' ORDER BY created_at").fetchall()
        return [
            {"platform": "tiktok", "kind": "video", "channel": row["account"], "total": row["size"], "wire_bytes": row["wire_bytes"], "result": row["publish_id"], "created_at": row["created_at"]}
            for row in rows
        ]  # fmt: skip


def _plain(status: int, *, held: int = -1, total: int = 0, tell: bool = True) -> Response:
    response = Response(b"", status=status)
    if held >= 0 and tell:
        response.headers["Content-Range"] = f"bytes 0-{held - 1}/{total}" if held else f"bytes */{total}"
    return response
