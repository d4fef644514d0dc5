"""Uploads: resumable sessions whose bytes are kept as they arrive, in steps of 256 KiB, so that a broken line loses little.

A session belongs to one video, thumbnail or caption file; what is done with the finished file is the caller's business.
"""

import hashlib
import json
import os
import re
import secrets
import sqlite3
import threading
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import clock, media
from distribution.rehearsal.platforms.base import Context
from distribution.rehearsal.platforms.youtube.errors import GoogleError, answer

STEP = 256 * 1024
PIECE = 64 * 1024
LARGEST = 256 * 1024**3
LARGEST_SMALL = 50 * 1024 * 1024  # thumbnails, captions, and videos that come in one part with their words
_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)\Z")


@dataclass(frozen=True)
class Place:
    """Where the bytes of a request belong; `first` None: it only asks."""

    first: int | None
    length: int
    total: int


class Sessions:
    """Upload sessions of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._folder = context.settings.media / "uploads"

    def open(self, *, kind: str, channel: str, total: int, mime: str, body: dict[str, Any], params: dict[str, str]) -> str:
        """A new session; its id is a key in itself."""
        upload_id = secrets.token_urlsafe(48)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path(upload_id).touch()
        with self._context.store.write() as db:
            db.execute(
                "INSERT INTO youtube_uploads (id, kind, channel, total, mime, body, params, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (upload_id, kind, channel, total, mime, json.dumps(body), json.dumps(params), clock.stamp(clock.now())),
            )
        return upload_id

    def find(self, db: sqlite3.Connection, upload_id: str) -> sqlite3.Row:
        """Raises GoogleError 404 for a session that is over or never was."""
        row: sqlite3.Row | None = db.execute("SELECT * FROM youtube_uploads WHERE id = ?", (upload_id,)).fetchone()
        if row is None or (not row["result"] and not self._path(upload_id).exists()):
            raise GoogleError("The upload session was not found.", "uploadNotFound", 404, domain="global")
        return row

    def _path(self, upload_id: str) -> Path:
        return self._folder / hashlib.sha256(upload_id.encode()).hexdigest()

    def receive(self, request: Request, session: sqlite3.Row, place: Place, *, most: int) -> int:
        """Append what belongs there, at most `most` bytes; how many the session holds now. What does not fit is read and thrown away."""
        with self._locks[session["id"]]:
            path = self._path(session["id"])
            held, arrived = path.stat().st_size, 0
            fits = place.first is not None and place.first <= held
            skip, room = held - (place.first or 0), most
            try:
                with path.open("ab") as file:
                    for piece in pieces(request):
                        arrived += len(piece)
                        known = min(skip, len(piece))  # these are there already
                        skip -= known
                        fresh = piece[known : known + room] if fits else b""
                        room -= len(fresh)
                        file.write(fresh)
            finally:
                held = self._settle(path, total=place.total)
                self._count(session["id"], arrived)
        return held

    def _settle(self, path: Path, *, total: int) -> int:
        """Only whole steps are kept until all is there."""
        size = path.stat().st_size
        if size >= total:
            return size
        whole = size - size % STEP
        os.truncate(path, whole)
        return whole

    def _count(self, upload_id: str, arrived: int) -> None:
        with self._context.store.write() as db:
            db.execute("UPDATE youtube_uploads SET wire_bytes = wire_bytes + ? WHERE id = ?", (arrived, upload_id))

    def held(self, session: sqlite3.Row) -> int:
        """Bytes that are there; waits for a request that still brings some."""
        with self._locks[session["id"]]:
            path = self._path(session["id"])
            return path.stat().st_size if path.exists() else int(session["total"])

    def take_file(self, session: sqlite3.Row) -> media.Picture:
        """Move the finished file to where media lie, under its hash."""
        path = self._path(session["id"])
        file = kept(path)
        target = media.path_of(self._context.settings.media, file.sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)
        return file

    def finish(self, db: sqlite3.Connection, session: sqlite3.Row, result: str, *, total: int) -> None:
        """From now on the session answers with what came of it."""
        db.execute("UPDATE youtube_uploads SET result = ?, total = ? WHERE id = ?", (result, total, session["id"]))

    def lock(self, session: sqlite3.Row) -> threading.Lock:
        """One request at a time finishes a session."""
        return self._locks[f"finish {session['id']}"]

    def listing(self, db: sqlite3.Connection) -> list[dict[str, Any]]:
        """What each upload brought over the line, for uploads.json."""
        rows = db.execute("SELECT kind, channel, total, wire_bytes, result, created_at FROM youtube_uploads ORDER BY created_at").fetchall()
        return [{"platform": "youtube", **dict(row)} for row in rows]


def kept(path: Path) -> media.Picture:
    """Hash, size and kind of a file, read in parts."""
    digest, size = hashlib.sha256(), path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        file.seek(0)
        while piece := file.read(1024 * 1024):
            digest.update(piece)
    return media.Picture(sha256=digest.hexdigest(), size=size, mime=kind_of(head), width=0, height=0)


def kind_of(head: bytes) -> str:
    """The MIME type that the first bytes tell, as far as a video platform can use it."""
    if head[4:8] == b"ftyp":
        return "video/mp4"
    if head[:4] == b"\x1aE\xdf\xa3":
        return "video/webm"
    return "application/octet-stream"


def pieces(request: Request) -> Any:
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


def small_body(request: Request) -> bytes:
    """A whole body that must be small. Raises GoogleError."""
    if (request.content_length or 0) > LARGEST_SMALL:
        drain(request)
        raise GoogleError("Request is too large.", "uploadTooLarge", 413, domain="global")
    return b"".join(pieces(request))


def place_of(request: Request, session: sqlite3.Row) -> Place:
    """What Content-Range says; without one the body is the whole file. Raises GoogleError."""
    length, header = request.content_length or 0, request.headers.get("Content-Range", "")
    if not header:
        return Place(0, length, int(session["total"]) or length)
    found = _RANGE.match(header)
    if found is None:
        raise GoogleError("Failed to parse Content-Range header.", "badContent", 400, domain="global")
    total = int(session["total"]) or int(found[3] if found[3] != "*" else 0)
    if found[3] not in ("*", str(total)) or not 0 < total <= LARGEST:
        raise GoogleError("The total size does not match the session.", "badContent", 400, domain="global")
    if found[1] is None:
        return Place(None, 0, total)
    first, last = int(found[1]), int(found[2])
    if last - first + 1 != length or last >= total:
        raise GoogleError("Content-Range does not match the body.", "badContent", 400, domain="global")
    return Place(first, length, total)


def unfinished(held: int, *, tell: bool = True) -> Response:
    """308: go on from here. Nothing held, or `tell` False: no Range."""
    response = answer({}, status=308)
    response.set_data(b"")
    if held and tell:
        response.headers["Range"] = f"bytes=0-{held - 1}"
    return response


def two_parts(request: Request) -> tuple[dict[str, Any], bytes, str]:
    """The resource and the file of a multipart/related body, with the file's MIME type. Raises GoogleError."""
    edge = str(request.mimetype_params.get("boundary", "")).encode()
    found = small_body(request).split(b"--" + edge) if edge else []
    if len(found) < 4:
        raise GoogleError("Malformed multipart body.", "badContent", 400, domain="global")
    head, _, first = found[1].strip(b"\r\n").partition(b"\n\n" if b"\r\n\r\n" not in found[1] else b"\r\n\r\n")
    about, _, content = found[2].lstrip(b"\r\n").partition(b"\n\n" if b"\r\n\r\n" not in found[2] else b"\r\n\r\n")
    mime = re.search(rb"content-type:\s*([^\r\n;]+)", about, re.I)
    content = content[:-2] if content.endswith(b"\r\n") else content.removesuffix(b"\n")
    return json_of(first), content, mime[1].decode().strip() if mime else "application/octet-stream"


def json_of(data: bytes) -> dict[str, Any]:
    """A JSON object. Raises GoogleError."""
    try:
        body = json.loads(data or b"{}")
    except (ValueError, RecursionError) as error:
        raise GoogleError("Invalid JSON payload received.", "parseError", 400, domain="global") from error
    if not isinstance(body, dict):
        raise GoogleError("Invalid JSON payload received.", "parseError", 400, domain="global")
    return body
