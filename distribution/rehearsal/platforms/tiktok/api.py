"""The Content Posting API and the Display API's video calls, as channels.md section 3b describes them."""

import sqlite3
import threading
from collections.abc import Callable
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import calls, media, previews
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import ConnectionCut, Context
from distribution.rehearsal.platforms.tiktok import checks, faulty, hooks, tokens, videos
from distribution.rehearsal.platforms.tiktok.errors import TiktokError, answer, invalid
from distribution.rehearsal.platforms.tiktok.tokens import Token
from distribution.rehearsal.platforms.tiktok.uploads import Uploads

LONGEST_PICTURE = 20_000_000
PICTURE_MIMES = ("image/jpeg", "image/webp")
FIELDS = frozenset({"id", "share_url", "create_time", "video_description", "title", "view_count", "like_count", "comment_count", "share_count"})
UNAUDITED = "UNAUDITED"
Act = Callable[[Call], Response]


class Api:
    """The calls of clients."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self.uploads = Uploads(context)

    def handle(self, request: Request, path: str) -> Response:
        """Answer one call; every refusal has TikTok's shape. Raises ConnectionCut where a fault wants silence."""
        base = request.host_url.rstrip("/") + "/tiktok"
        table: dict[str, Callable[[Request, Token, str], Response]] = {
            "POST v2/post/publish/creator_info/query": self._creator, "POST v2/post/publish/video/init": self._direct, "POST v2/post/publish/inbox/video/init": self._draft,
            "POST v2/post/publish/content/init": self._photos, "POST v2/post/publish/status/fetch": self._status, "POST v2/video/query": self._query,
            "POST v2/video/list": self._list, "GET v2/user/info": self._user,
        }  # fmt: skip
        try:
            act = table.get(f"{request.method} {path.rstrip('/')}")
            if act is None:
                raise TiktokError("invalid_request", "Unsupported path.", 404)
            with self._store.read() as db:
                token = tokens.of_header(db, request.headers.get("Authorization", ""))
            return act(request, token, base)
        except TiktokError as error:
            return error.response()
        except HTTPException as error:
            return TiktokError("invalid_param", "The request could not be read.", error.code or 400).response()

    def _logged(self, request: Request, token: Token, name: str, act: Act) -> Response:
        call = calls.begin(self._store, platform="tiktok", account=token.account, call=name, method=request.method, path=request.path, fields=dict(request.args.items()))
        try:
            response = act(call)
        except TiktokError as error:
            calls.finish(self._store, call, outcome="refused", status=error.status)
            raise
        except ConnectionCut:
            calls.finish(self._store, call, outcome="cut", status=None)
            raise
        calls.finish(self._store, call, outcome="answered" if response.status_code < 400 else "refused", status=response.status_code)
        return response

    # Posting
    def _creator(self, request: Request, token: Token, base: str) -> Response:
        token.require(tokens.PUBLISH)
        checks.body_of(request, set())
        faulty.take(self._context, None, name="creator", token=token, commits=False)
        account = videos.ACCOUNTS[token.account]
        return answer(
            {
                "creator_avatar_url": f"{base}/avatar/{account.id}.svg", "creator_username": account.username, "creator_nickname": account.name, "comment_disabled": False,
                "privacy_level_options": _options(token.account), "duet_disabled": False, "stitch_disabled": False, "max_video_post_duration_sec": 600,
            }
        )  # fmt: skip

    def _direct(self, request: Request, token: Token, base: str) -> Response:
        token.require(tokens.PUBLISH)
        body = checks.body_of(request, {"post_info", "source_info"})
        info = checks.video_info(body.get("post_info"), _options(token.account))
        _audited(token.account)
        return self._init(request, token, base, mode="direct", info=info, cut=checks.source(body.get("source_info")))

    def _draft(self, request: Request, token: Token, base: str) -> Response:
        token.require(tokens.UPLOAD)
        body = checks.body_of(request, {"source_info"})
        return self._init(request, token, base, mode="draft", info={}, cut=checks.source(body.get("source_info")))

    def _init(self, request: Request, token: Token, base: str, *, mode: str, info: dict[str, Any], cut: tuple[int, int, int]) -> Response:
        def act(call: Call) -> Response:
            fault = faulty.take(self._context, call, name="init", token=token, commits=True)

            def commit() -> Response:
                with self._store.write() as db:
                    row = videos.create(db, account=token.account, kind="video", mode=mode, status=videos.UPLOADING, info=info, cut=cut)
                call.object_id = row["publish_id"]
                return answer({"publish_id": row["publish_id"], "upload_url": self.uploads.open(row, base)})

            return faulty.finish(self._context, request, fault, commit)

        return self._logged(request, token, "init", act)

    def _photos(self, request: Request, token: Token, base: str) -> Response:
        body = checks.body_of(request, {"media_type", "post_mode", "post_info", "source_info", "is_aigc"})
        if body.get("media_type") != "PHOTO" or body.get("post_mode") not in ("DIRECT_POST", "MEDIA_UPLOAD"):
            raise invalid("media_type must be PHOTO, post_mode DIRECT_POST or MEDIA_UPLOAD.")
        direct = body["post_mode"] == "DIRECT_POST"
        token.require(tokens.PUBLISH if direct else tokens.UPLOAD)
        info = checks.photo_info(body.get("post_info"), _options(token.account), direct=direct)
        urls = checks.photo_urls(body.get("source_info"))
        if direct:
            _audited(token.account)

        def act(call: Call) -> Response:
            fault = faulty.take(self._context, call, name="photos", token=token, commits=True)
            return faulty.finish(self._context, request, fault, lambda: self._pull(call, token, "direct" if direct else "draft", info, urls))

        return self._logged(request, token, "photos", act)

    def _pull(self, call: Call, token: Token, mode: str, info: dict[str, Any], urls: list[str]) -> Response:
        with self._store.write() as db:
            row = videos.create(db, account=token.account, kind="photos", mode=mode, status=videos.DOWNLOADING, info=info)
        call.object_id = row["publish_id"]
        threading.Thread(target=self._download, args=(row, urls), daemon=True).start()
        return answer({"publish_id": row["publish_id"]})

    def _download(self, row: sqlite3.Row, urls: list[str]) -> None:
        """Fetch the pictures, after the answer, as TikTok does."""
        self._fetch(row, urls)
        hooks.tell(self._context, row["publish_id"])

    def _fetch(self, row: sqlite3.Row, urls: list[str]) -> None:
        try:
            files = [media.keep(self._context.settings.media, previews.fetch(self._context.settings, url, limit=LONGEST_PICTURE, exact=True)) for url in urls]
        except (previews.NotFetched, media.NotAPicture):
            self._fail(row, "photo_pull_failed")
            return
        if any(file.mime not in PICTURE_MIMES for file in files):
            self._fail(row, "file_format_check_failed")
        elif any(min(file.width, file.height) > 1080 or max(file.width, file.height) > 1920 for file in files):
            self._fail(row, "picture_size_check_failed")
        else:
            with self._store.write() as db:
                videos.receive_all(db, row, files)

    def _fail(self, row: sqlite3.Row, reason: str) -> None:
        with self._store.write() as db:
            db.execute("UPDATE tiktok_posts SET status = ?, fail_reason = ? WHERE publish_id = ?", (videos.FAILED, reason, row["publish_id"]))

    # Reading
    def _status(self, request: Request, token: Token, base: str) -> Response:
        token.require(tokens.PUBLISH, tokens.UPLOAD)
        publish_id = checks.body_of(request, {"publish_id"}).get("publish_id")
        with self._store.read() as db:
            row = videos.find(db, str(publish_id or ""))
            if row["account"] != token.account:
                raise TiktokError("token_not_authorized_for_specified_publish_id", "The access token is not authorized for this publish_id.", 400)
            return answer(videos.status(db, row, held=self.uploads.held(row)))

    def _query(self, request: Request, token: Token, base: str) -> Response:
        token.require(tokens.LIST)
        fields = _fields(request)
        filters = checks.part(checks.body_of(request, {"filters"}).get("filters"), {"video_ids"}, "filters")
        ids = filters.get("video_ids")
        if not isinstance(ids, list) or not 1 <= len(ids) <= 20 or not all(isinstance(one, str) for one in ids):
            raise invalid("video_ids must be 1 to 20 texts.")
        fault = faulty.take(self._context, None, name="query", token=token, commits=False)
        hidden = frozenset({"like_count", "comment_count"}) if fault else frozenset[str]()
        with self._store.read() as db:
            rows = [row for row in videos.public(db, token.account) if row["id"] in ids]
        return answer({"videos": [videos.resource(row, fields, base=base, without=hidden) for row in rows]})

    def _list(self, request: Request, token: Token, base: str) -> Response:
        token.require(tokens.LIST)
        fields, body = _fields(request), checks.body_of(request, {"cursor", "max_count"})
        most = body.get("max_count", 10)
        if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= 20:
            raise invalid("max_count must be 1 to 20.")
        with self._store.read() as db:
            rows = videos.public(db, token.account)
        return answer({"videos": [videos.resource(row, fields, base=base) for row in rows[:most]], "cursor": 0, "has_more": len(rows) > most})

    def _user(self, request: Request, token: Token, base: str) -> Response:
        token.require(tokens.BASIC)
        account = videos.ACCOUNTS[token.account]
        known = {"open_id": account.id, "union_id": account.id, "avatar_url": f"{base}/avatar/{account.id}.svg", "display_name": account.name}
        fields = [name for name in request.args.get("fields", "").split(",") if name]
        if not fields or set(fields) - set(known):
            raise invalid("fields is missing or not permitted.")
        return answer({"user": {name: known[name] for name in fields}})


def _fields(request: Request) -> list[str]:
    fields = [name for name in request.args.get("fields", "").split(",") if name]
    if not fields or set(fields) - FIELDS:
        raise invalid("fields is missing or unknown.")
    return fields


def _options(account: str) -> list[str]:
    return list(checks.PRIVACIES)


def _audited(account: str) -> None:
    """The second account's application was not audited: creator_info offers everything, init refuses (3b, point 2)."""
    if UNAUDITED in videos.ACCOUNTS[account].tasks:
        raise TiktokError("unaudited_client_can_only_post_to_private_accounts", "Please review our integration guidelines.", 403)
