"""Files before a post shows them: kept, described, and for videos worked on for a moment."""

import secrets
import sqlite3
import time

from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import media, posts
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import Context
from distribution.rehearsal.platforms.mastodon import entities, faulty
from distribution.rehearsal.platforms.mastodon.errors import answer, invalid, not_found
from distribution.rehearsal.platforms.mastodon.tokens import Token

WORK_SECONDS = 0.5
FOR_EVER = 10 * 365 * 86_400.0


class Media:
    """POST /api/v2/media, GET and PUT /api/v1/media/:id."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def upload(self, request: Request, call: Call, token: Token, fields: dict[str, object], base: str) -> Response:
        """Keep a file. A picture is ready at once (200), a video is worked on (202)."""
        token.require("write:media")
        storage = request.files.get("file")
        if storage is None:
            raise invalid("File can't be blank")
        alt = str(fields.get("description") or "")
        if len(alt) > entities.DESCRIPTION:
            raise invalid(f"Description is too long (maximum is {entities.DESCRIPTION} characters)")
        fault = faulty.take(self._context, call, name="media", account=token.account, commits=False)
        picture, video, bad = self._kept(storage)
        ready = time.time() + (FOR_EVER if fault and fault.name == "stuck_processing" else WORK_SECONDS if video else -1.0)
        media_id = new_id()
        with self._context.store.write() as db:
            media.add(db, platform=entities.PLATFORM, account=token.account, media_id=media_id, picture=picture, alt=alt, caption="")
            db.execute(
                "INSERT INTO mastodon_media (id, account, kind, ready_at, broken) VALUES (?, ?, ?, ?, ?)", (media_id, token.account, "video" if video else "image", ready, int(bad))
            )
            row = media.get(db, platform=entities.PLATFORM, media_id=media_id)
            call.object_id = media_id
            return answer(entities.attachment(db, row, base) if row else {}, status=200 if ready <= time.time() else 202)

    def _kept(self, storage: FileStorage) -> tuple[media.Picture, bool, bool]:
        """The file, whether it is a video, whether it is one that nobody can play. Raises MastodonError."""
        head = storage.stream.read(12)
        storage.stream.seek(0)
        if (storage.mimetype or "").startswith("video/") or media.film_kind(head):
            film = media.keep_film(self._context.settings.media, storage.stream, mime=media.film_kind(head) or "video/mp4")
            if film.size > entities.VIDEO_BYTES:
                raise invalid("File must be less than 99 MB")
            return film, True, not media.film_kind(head)
        data = storage.stream.read(entities.IMAGE_BYTES + 1)
        if len(data) > entities.IMAGE_BYTES:
            raise invalid("File must be less than 16 MB")
        try:
            return media.keep(self._context.settings.media, data), False, False
        except media.NotAPicture as error:
            raise invalid("File content type is invalid, File is invalid") from error

    def one(self, token: Token, media_id: str, base: str) -> Response:
        """200 ready, 206 not yet, 422 for what cannot be used, 404 for what a post shows already."""
        token.require("write:media")
        with self._context.store.read() as db:
            row = free(db, token.account, media_id)
            more = db.execute("SELECT * FROM mastodon_media WHERE id = ?", (media_id,)).fetchone()
            waits = more["ready_at"] > time.time()
            if more["broken"] and not waits:
                raise invalid("Error processing thumbnail for uploaded media")
            return answer(entities.attachment(db, row, base), status=206 if waits else 200)

    def describe(self, token: Token, media_id: str, fields: dict[str, object], base: str) -> Response:
        """Other words for what a file shows, before it is posted."""
        token.require("write:media")
        with self._context.store.write() as db:
            row = free(db, token.account, media_id)
            db.execute("UPDATE media SET alt = ? WHERE seq = ?", (str(fields.get("description") or "")[: entities.DESCRIPTION], row["seq"]))
            return answer(entities.attachment(db, free(db, token.account, media_id), base))


def new_id() -> str:
    """In the shape of theirs: time first, so that later ones are larger."""
    return str((time.time_ns() // 1_000_000 << 16) + secrets.randbelow(1 << 16))


def free(db: sqlite3.Connection, account: str, media_id: str) -> sqlite3.Row:
    """A file that no post shows. Raises MastodonError."""
    row = media.get(db, platform=entities.PLATFORM, media_id=media_id)
    if row is None or row["account"] != account or row["post_id"] is not None:
        raise not_found()
    return row


def usable(db: sqlite3.Connection, account: str, ids: list[str], *, status: str = "") -> None:
    """Whether a post may show these. Raises MastodonError."""
    if len(ids) > entities.MOST_MEDIA:
        raise invalid("Cannot attach more than 4 files")
    kinds = set()
    for media_id in ids:
        row = media.get(db, platform=entities.PLATFORM, media_id=media_id)
        if row is None or row["account"] != account or row["post_id"] not in (None, status):
            raise invalid(f"Media {media_id} not found or already attached to another post")
        more = db.execute("SELECT * FROM mastodon_media WHERE id = ?", (media_id,)).fetchone()
        if more["ready_at"] > time.time():
            raise invalid("Cannot attach files that have not finished processing. Try again in a moment!")
        kinds.add(more["kind"])
    if "video" in kinds and len(ids) > 1:
        raise invalid("Cannot attach a video to a post that already contains images")


def attach(db: sqlite3.Connection, status: str, ids: list[str]) -> None:
    """The post shows exactly these from now on, in this order."""
    for row in posts.media_of(db, platform=entities.PLATFORM, post_id=status):
        if row["id"] not in ids:
            db.execute("UPDATE media SET post_id = NULL WHERE seq = ?", (row["seq"],))
    for position, media_id in enumerate(ids):
        db.execute("UPDATE media SET post_id = ?, position = ? WHERE platform = ? AND id = ?", (status, position, entities.PLATFORM, media_id))
