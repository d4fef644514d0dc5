"""The OA API's calls that a newspaper needs: articles, the account itself, messages to followers. Each is one row of channels.md 3.2."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import calls, media, previews, world
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import ConnectionCut, Context
from distribution.rehearsal.platforms.zalo import articles, checks, faulty, tokens, videos
from distribution.rehearsal.platforms.zalo.errors import INVALID, NO_PACKAGE, OUT_OF_RANGE, RATE, Broken, ZaloError, answer, broken
from distribution.rehearsal.platforms.zalo.tokens import Token

LONGEST_PICTURE = 1_000_000  # bytes (3.2, cover)
PICTURE_MIMES = ("image/jpeg", "image/png")
LONGEST_LIST = 10
ACCOUNTS = {account.id: account for account in world.ZALO_OAS}
WITHOUT_PACKAGE = "WITHOUT_PACKAGE"
Act = Callable[[Call], Response]


class Api:
    """The calls of clients."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self._lock = threading.Lock()
        self._minute, self._used = 0, 0

    def handle(self, request: Request, path: str) -> Response:
        """Answer one call; every refusal has Zalo's shape. Raises ConnectionCut where a fault wants silence."""
        table: dict[str, Callable[[Request, Token], Response]] = {
            "POST v2.0/article/create": self._create, "POST v2.0/article/update": self._update, "POST v2.0/article/verify": self._verify,
            "POST v2.0/article/remove": self._remove, "GET v2.0/article/getdetail": self._detail, "GET v2.0/article/getslice": self._slice,
            "POST v2.0/article/upload_video/preparevideo": self._prepare, "GET v2.0/article/upload_video/verify": self._video,
            "GET v2.0/oa/getoa": self._account, "POST v2.0/oa/message": self._message,
        }  # fmt: skip
        try:
            act = table.get(f"{request.method} {path.rstrip('/')}")
            if act is None:
                raise ZaloError(INVALID, "Not supported api", 404)
            remain = self._count()
            with self._store.read() as db:
                token = tokens.of_header(db, request.headers.get("access_token", ""), proof=request.headers.get("appsecret_proof"), secret=self._context.settings.app_secret)
            if "article/" in path and WITHOUT_PACKAGE in ACCOUNTS[token.oa].tasks:
                raise ZaloError(NO_PACKAGE)
            with self._store.write() as db:
                articles.settle(db)
            response = act(request, token)
        except ZaloError as error:
            return error.response()
        except Broken:
            return broken()
        except HTTPException as error:
            return ZaloError(INVALID, "The request could not be read", error.code or 400).response()
        response.headers.update({"X-RateLimit-Limit": str(faulty.A_MINUTE), "X-RateLimit-Remain": str(remain)})
        return response

    def _count(self) -> int:
        """4,000 a minute for the application (3.3). Raises ZaloError."""
        minute = int(time.time() // 60)
        with self._lock:
            self._minute, self._used = minute, self._used + 1 if minute == self._minute else 1
            if self._used > faulty.A_MINUTE:
                raise ZaloError(RATE, headers={"X-RateLimit-Limit": str(faulty.A_MINUTE), "X-RateLimit-Remain": "0"})
            return faulty.A_MINUTE - self._used

    def _logged(self, request: Request, token: Token, name: str, act: Act) -> Response:
        call = calls.begin(self._store, platform="zalo", account=token.oa, call=name, method=request.method, path=request.path, fields={})
        try:
            response = act(call)
        except (ZaloError, Broken) as error:
            calls.finish(self._store, call, outcome="refused", status=error.status if isinstance(error, ZaloError) else 502)
            raise
        except ConnectionCut:
            calls.finish(self._store, call, outcome="cut", status=None)
            raise
        calls.finish(self._store, call, outcome="answered" if response.status_code < 400 else "refused", status=response.status_code)
        return response

    # Articles
    def _create(self, request: Request, token: Token) -> Response:
        _, content = checks.article(request, update=False)
        return self._logged(request, token, "create", lambda call: self._job(request, token, call, "create", "", content))

    def _update(self, request: Request, token: Token) -> Response:
        article, content = checks.article(request, update=True)
        with self._store.read() as db:
            if articles.find(db, token.oa, article) is None:
                raise checks.invalid("id is invalid")
        return self._logged(request, token, "update", lambda call: self._job(request, token, call, "update", article, content))

    def _job(self, request: Request, token: Token, call: Call, name: str, article: str, content: dict[str, Any]) -> Response:
        with self._store.read() as db:
            if not all(videos.file_of(db, str(block.get("video_id"))) for block in content["body"] if block["type"] == "video"):
                raise checks.invalid("body.video_id is invalid")
        fault = faulty.take(self._context, call, name=name, token=token, kind=faulty.JOB)
        pictures, trouble = self._fetch(content)
        works = articles.working_time(fault)

        def commit() -> Response:
            with self._store.write() as db:
                job = articles.ask(db, oa=token.oa, article=article, content=content, pictures=pictures, trouble=trouble, works=works)
            call.object_id = article or job
            return answer({"token": job})

        return faulty.finish(self._context, request, fault, commit)

    def _fetch(self, content: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """The article's pictures, as the platform fetches them. Hosts beyond this machine are not asked: their pictures are taken on trust."""
        found: dict[str, Any] = {}
        for url in dict.fromkeys([content["cover"]["photo_url"], *(block["url"] for block in content["body"] if block["type"] == "image")]):
            if (urlsplit(url).hostname or "").lower() not in self._context.settings.hosts:
                continue
            try:
                file = media.keep(self._context.settings.media, previews.fetch(self._context.settings, url, limit=LONGEST_PICTURE, exact=True))
            except (previews.NotFetched, media.NotAPicture) as error:
                return {}, f"photo_url is invalid: {error}"[:300]
            if file.mime not in PICTURE_MIMES:
                return {}, f"photo_url is invalid: {file.mime}"
            found[url] = [file.sha256, file.size, file.mime, file.width, file.height]
        return found, ""

    def _prepare(self, request: Request, token: Token) -> Response:
        """A video's file in a form."""
        file = request.files.get("file")
        content = file.read() if file else b""
        if not 0 < len(content) <= videos.LONGEST:
            raise checks.invalid("file must be a video of at most 50 MB")

        def act(call: Call) -> Response:
            fault = faulty.take(self._context, call, name="video", token=token, kind=faulty.JOB)

            def commit() -> Response:
                with self._store.write() as db:
                    call.object_id = videos.keep(db, self._context.settings.media, oa=token.oa, content=content, works=articles.working_time(fault))
                return answer({"token": call.object_id})

            return faulty.finish(self._context, request, fault, commit)

        return self._logged(request, token, "video", act)

    def _video(self, request: Request, token: Token) -> Response:
        """The token comes in a header of that name, or in the query."""
        _only(request, {"token"})
        with self._store.read() as db:
            return answer(videos.state(db, token.oa, request.headers.get("token") or request.args.get("token", "")))

    def _verify(self, request: Request, token: Token) -> Response:
        job = checks.body_of(request, {"token"}).get("token")
        with self._store.read() as db:
            return answer({"id": articles.outcome(db, token.oa, str(job or ""))})

    def _remove(self, request: Request, token: Token) -> Response:
        article = str(checks.body_of(request, {"id"}).get("id") or "")

        def act(call: Call) -> Response:
            fault = faulty.take(self._context, call, name="remove", token=token, kind=faulty.WRITE)
            call.object_id = article

            def commit() -> Response:
                with self._store.write() as db:
                    articles.remove(db, token.oa, article)
                return answer({})

            return faulty.finish(self._context, request, fault, commit)

        return self._logged(request, token, "remove", act)

    def _detail(self, request: Request, token: Token) -> Response:
        _only(request, {"id"})
        numbers = faulty.take(self._context, None, name="detail", token=token, kind=faulty.NUMBERS) is None
        with self._store.read() as db:
            row = articles.find(db, token.oa, request.args.get("id", ""))
        if row is None:
            raise checks.invalid("id is invalid")
        return answer(articles.detail(row, base=_base(request), numbers=numbers))

    def _slice(self, request: Request, token: Token) -> Response:
        _only(request, {"offset", "limit", "type"})
        numbers = [request.args.get(name, "") for name in ("offset", "limit")]
        if not all(text.isascii() and text.isdigit() and len(text) < 7 for text in numbers) or request.args.get("type") not in ("normal", "video"):
            raise checks.invalid("offset, limit and type are required")
        offset, limit = int(numbers[0]), int(numbers[1])
        if not 1 <= limit <= LONGEST_LIST:
            raise ZaloError(OUT_OF_RANGE, "limit is out of range")
        told = faulty.take(self._context, None, name="list", token=token, kind=faulty.NUMBERS) is None
        with self._store.read() as db:
            rows = articles.listing(db, token.oa, offset=offset, limit=limit) if request.args["type"] == "normal" else []
        return answer({"medias": [articles.summary(row, base=_base(request), numbers=told) for row in rows], "total": len(rows)})

    # The account
    def _account(self, request: Request, token: Token) -> Response:
        account, verified = ACCOUNTS[token.oa], WITHOUT_PACKAGE not in ACCOUNTS[token.oa].tasks
        package = {"package_name": "Nâng cao", "package_valid_through_date": "31/12/2099"} if verified else {"package_name": "Cơ bản", "package_valid_through_date": ""}
        # `oa_id` is not in 3.2's list of fields, public samples show it [U].
        return answer({"oa_id": account.id, "name": account.name, "num_follower": 12_480, "is_verified": verified, **package})

    def _message(self, request: Request, token: Token) -> Response:
        ids, target = checks.message(request)

        def act(call: Call) -> Response:
            fault = faulty.take(self._context, call, name="message", token=token, kind=faulty.WRITE)

            def commit() -> Response:
                with self._store.write() as db:
                    call.object_id = articles.send(db, token.oa, ids, target)
                return answer({"message_id": call.object_id})

            return faulty.finish(self._context, request, fault, commit)

        return self._logged(request, token, "message", act)


def _base(request: Request) -> str:
    return request.host_url.rstrip("/") + "/zalo"


def _only(request: Request, known: set[str]) -> None:
    """Plain query fields; the JSON in `data=` of other OA calls gives -201 (3.2, detail and list)."""
    if unknown := set(request.args) - known:
        raise checks.invalid(f"unknown: {json.dumps(sorted(unknown), ensure_ascii=False)[:200]}")
