"""What changes a Page: feed, photos, edit, delete. Checked first, then done in one transaction under whatever fault is set."""

import sqlite3
from typing import Any
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import media, posts, previews
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import Context
from distribution.rehearsal.platforms.facebook import errors, faulty, nodes, videos
from distribution.rehearsal.platforms.facebook.errors import answer, bad_parameter
from distribution.rehearsal.platforms.facebook.params import Params
from distribution.rehearsal.platforms.facebook.tokens import Token

PLATFORM = "facebook"
MAX_MESSAGE = 63_206  # characters
MAX_PHOTO = 4 * 1024 * 1024  # bytes
MAX_PHOTOS = 10
MAX_LINK = 2_000


class Writes:
    """The write calls of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store

    def feed(self, request: Request, call: Call, token: Token, params: Params, page: str, base: str) -> Response:
        """POST /{page}/feed."""
        published = params.flag("published", default=True)
        may_post(token, page, published=published)
        _no_schedule(params)
        message, link, photos = _message(params, "message"), _link(params), params.attached_media()
        if not (message or link or photos):
            raise bad_parameter("Missing message or attachment", title="Bài viết trống", explain="Bài cần có lời, liên kết hoặc ảnh.")
        if len(photos) > MAX_PHOTOS or len(set(photos)) != len(photos):
            raise bad_parameter(f"param attached_media takes up to {MAX_PHOTOS} different photos.")
        wanted = nodes.post_fields(params.text("fields") or "id")
        post = posts.NewPost(PLATFORM, page, f"{page}_{posts.new_number()}", message, link, tuple(photos), published)

        def commit() -> Response:
            with self._store.write() as db:
                pictures = [_free_photo(db, page, media_id)["sha256"] for media_id in photos]
                self._put_up(db, post, pictures)
                node = nodes.post(db, _row(db, post.id), wanted, base=base)
            call.object_id = post.id
            if link:
                self._context.looker.ask(link)
            return answer(node)

        return faulty.run(self._context, request, call, name="feed", page=page, commits=True, commit=commit)

    def photos(self, request: Request, call: Call, token: Token, params: Params, page: str, base: str) -> Response:
        """POST /{page}/photos: a photo for later (published=false) or a post of its own."""
        published = params.flag("published", default=True)
        may_post(token, page, published=published)
        _no_schedule(params)
        caption = _message(params, "caption") or _message(params, "message")
        picture = self._picture(params)
        alt = params.text("alt_text_custom", longest=1_000)
        photo_id = posts.new_number()
        post = posts.NewPost(PLATFORM, page, f"{page}_{posts.new_number()}", caption, None, (photo_id,), True)

        def commit() -> Response:
            with self._store.write() as db:
                media.add(db, platform=PLATFORM, account=page, media_id=photo_id, picture=picture, alt=alt, caption=caption)
                if published:
                    self._put_up(db, post, [picture.sha256])
            call.object_id = post.id if published else photo_id
            return answer({"id": photo_id, "post_id": post.id} if published else {"id": photo_id})

        return faulty.run(self._context, request, call, name="photos", page=page, commits=published, commit=commit)

    def edit(self, request: Request, call: Call, token: Token, params: Params, row: sqlite3.Row) -> Response:
        """POST /{post}: new text, or is_published=true for a post made unpublished."""
        may_post(token, row["account"], published=True)
        has_text, show = params.has("message"), params.flag("is_published", default=False)
        message = _message(params, "message")

        def commit() -> Response:
            with self._store.write() as db:
                _row(db, row["id"], method="POST")
                if has_text:
                    posts.edit(db, platform=PLATFORM, post_id=row["id"], text=message)
                if show:
                    posts.publish(db, platform=PLATFORM, post_id=row["id"])
            call.object_id = row["id"]
            return answer({"success": True})

        return faulty.run(self._context, request, call, name="edit", page=row["account"], commits=True, commit=commit)

    def delete(self, request: Request, call: Call, token: Token, row: sqlite3.Row) -> Response:
        """DELETE /{post}."""
        may_post(token, row["account"], published=True)

        def commit() -> Response:
            with self._store.write() as db:
                _row(db, row["id"], method="DELETE")
                posts.delete(db, platform=PLATFORM, post_id=row["id"])
            call.object_id = row["id"]
            return answer({"success": True})

        return faulty.run(self._context, request, call, name="delete", page=row["account"], commits=True, commit=commit)

    def delete_photo(self, request: Request, call: Call, token: Token, row: sqlite3.Row) -> Response:
        """DELETE /{photo}: alone, or the last one of a post with the post."""
        may_post(token, row["account"], published=True)

        def commit() -> Response:
            with self._store.write() as db:
                db.execute("UPDATE media SET deleted_at = ? WHERE seq = ?", (nodes.clock.stamp(nodes.clock.now()), row["seq"]))
            call.object_id = row["id"]
            return answer({"success": True})

        return faulty.run(self._context, request, call, name="delete", page=row["account"], commits=True, commit=commit)

    def edit_video(self, request: Request, call: Call, token: Token, params: Params, row: sqlite3.Row) -> Response:
        """POST /{video}: new title or description."""
        may_post(token, row["page"], published=True)
        title, text = params.text("name", longest=255), _message(params, "description") if params.has("description") else None

        def commit() -> Response:
            with self._store.write() as db:
                videos.edit(db, row, title=title, text=text)
            call.object_id = row["id"]
            return answer({"success": True})

        return faulty.run(self._context, request, call, name="edit", page=row["page"], commits=True, commit=commit)

    def delete_video(self, request: Request, call: Call, token: Token, params: Params, row: sqlite3.Row) -> Response:
        """DELETE /{video}, with the post that shows it."""
        may_post(token, row["page"], published=True)

        def commit() -> Response:
            with self._store.write() as db:
                videos.delete(db, row)
            call.object_id = row["id"]
            return answer({"success": True})

        return faulty.run(self._context, request, call, name="delete", page=row["page"], commits=True, commit=commit)

    def _put_up(self, db: sqlite3.Connection, post: posts.NewPost, pictures: list[str]) -> None:
        print_of = posts.fingerprint(text=post.text, link=post.link, pictures=pictures)
        if post.published and print_of == posts.latest_fingerprint(db, platform=PLATFORM, account=post.account):
            raise errors.duplicate()
        posts.create(db, post, print_of=print_of)

    def _picture(self, params: Params) -> media.Picture:
        data = params.upload()
        if data is None and params.has("url"):
            try:
                data = previews.fetch(self._context.settings, params.text("url", longest=MAX_LINK), limit=MAX_PHOTO, exact=True)
            except previews.NotFetched as error:
                raise errors.GraphError("(#324) Missing or invalid image file", code=324, subcode=2069019) from error
        if data is None:
            raise errors.GraphError("(#324) Requires upload file", code=324)
        if len(data) > MAX_PHOTO:
            raise bad_parameter(
                "Invalid parameter", subcode=1366046, title="Ảnh quá lớn", explain="Ảnh phải dưới 4 MB và là JPEG hoặc PNG."
            )
        try:
            return media.keep(self._context.settings.media, data)
        except media.NotAPicture as error:
            raise bad_parameter(
                "Invalid parameter", subcode=2069019, title="Không đọc được ảnh", explain="Tệp này không phải ảnh JPEG hoặc PNG."
            ) from error


def may_post(token: Token, page: str, *, published: bool) -> None:
    """Is this the Page's own token, with the permission and the task? Raises GraphError 200."""
    if token.page != page and not published:
        raise errors.no_permission("Unpublished posts must be posted to a page as the page itself.")
    tasks = nodes.PAGES[page].tasks
    if token.page != page or "pages_manage_posts" not in token.scopes or "CREATE_CONTENT" not in tasks:
        raise errors.no_permission(
            "If posting to a page, requires both pages_read_engagement and pages_manage_posts as an admin with sufficient "
            "administrative permission"
        )


def _no_schedule(params: Params) -> None:
    if params.has("scheduled_publish_time"):
        raise errors.GraphError(
            "(#3) The rehearsal platform does not schedule: the newsroom keeps the time.",
            code=3,
            user_message="Nền tảng chạy thử không hẹn giờ.",
        )


def _message(params: Params, name: str) -> str:
    text = params.text(name)
    if len(text) > MAX_MESSAGE:
        raise bad_parameter(
            f"param {name} must not be longer than {MAX_MESSAGE} characters.",
            title="Bài quá dài",
            explain="Lời dẫn tối đa 63.206 ký tự.",
        )
    return text


def _link(params: Params) -> str | None:
    link = params.text("link", longest=MAX_LINK).strip()
    if not link:
        return None
    try:
        parts = urlsplit(link)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not any(letter.isspace() for letter in link)
    except ValueError:
        good = False
    if not good:
        raise bad_parameter("link URL is not properly formatted", subcode=2061006, title="Liên kết hỏng", explain="Địa chỉ không hợp lệ.")
    if (parts.hostname or "").endswith("facebook.com"):
        raise bad_parameter("Invalid link", subcode=1609008, title="Không dùng được liên kết", explain="Không đăng liên kết facebook.com.")
    return link


def _free_photo(db: sqlite3.Connection, page: str, media_id: str) -> sqlite3.Row:
    row = media.get(db, platform=PLATFORM, media_id=media_id)
    if row is None or row["account"] != page:
        raise errors.missing_object(media_id, "post")
    if row["post_id"]:
        raise bad_parameter("Invalid parameter", subcode=1366051, title="Ảnh đã được đăng", explain="Ảnh này đã nằm trong một bài đã đăng.")
    return row


def _row(db: sqlite3.Connection, post_id: str, *, method: str = "GET") -> Any:
    row = posts.get(db, platform=PLATFORM, post_id=post_id)
    if row is None:
        raise errors.missing_object(post_id, method)
    return row
