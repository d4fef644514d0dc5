"""The Graph API: finds what a path means, checks the token, reads or hands the write on, and puts the usage headers on the answer."""

import re
import sqlite3
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from oauthlib.oauth2 import WebApplicationServer
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import calls, media, posts, previews, world
from distribution.rehearsal.platforms.base import ConnectionCut, Context
from distribution.rehearsal.platforms.facebook import (
    errors,
    fields,
    nodes,
    provider,
    talk,
    tokens,
    uploads,
    usage,
    videos,
)
from distribution.rehearsal.platforms.facebook.errors import GraphError, answer
from distribution.rehearsal.platforms.facebook.params import Params
from distribution.rehearsal.platforms.facebook.tokens import Token
from distribution.rehearsal.platforms.facebook.writes import PLATFORM, Writes

_VERSION = re.compile(r"v\d{1,3}\.\d{1,2}\Z")
_NUMBER = re.compile(r"[0-9]{5,40}(_[0-9]{5,40})?\Z")
MAX_LIMIT = 100
Handler = Callable[[Request, Params, str], Response]


class Graph:
    """Everything below /facebook except the dialog and the pages for readers."""

    def __init__(self, context: Context, server: WebApplicationServer) -> None:
        self._context = context
        self._server = server
        self._writes = Writes(context)
        self._talk = talk.Talk(context)
        self.uploads = uploads.Uploads(context)
        self._usage = usage.Usage()
        self._fixed: dict[tuple[str, str], Handler] = {
            ("GET", "me"): self._me,
            ("GET", "me/accounts"): self._accounts,
            ("GET", "me/permissions"): self._permissions,
            ("DELETE", "me/permissions"): self._remove_app,
            ("GET", "debug_token"): self._debug_token,
            ("GET", "oauth/access_token"): self._exchange,
            ("POST", "oauth/access_token"): self._exchange,
            ("POST", ""): self._scrape,
        }

    def handle(self, request: Request, path: str) -> Response:
        """Answer one call; every refusal has Graph's shape. Raises ConnectionCut where a fault wants silence."""
        parts = [part for part in path.split("/") if part]
        if parts and _VERSION.match(parts[0]):
            parts = parts[1:]
        method = "GET" if request.method == "HEAD" else request.method
        base = request.host_url.rstrip("/") + "/facebook"
        try:
            response = self._route(request, Params(request), method, parts, base)
        except GraphError as error:
            response = error.response()
        except HTTPException as error:
            response = GraphError("The request could not be read.", code=100, status=error.code or 400).response()
        response.headers.setdefault("X-App-Usage", usage.app_header(self._usage.count("app")))
        if parts and parts[0].partition("_")[0] in nodes.PAGES:
            page = parts[0].partition("_")[0]
            response.headers.setdefault("X-Business-Use-Case-Usage", usage.page_header(page, self._usage.count(page)))
        return response

    def _route(self, request: Request, params: Params, method: str, parts: list[str], base: str) -> Response:
        fixed = self._fixed.get((method, "/".join(parts)))
        if fixed:
            return fixed(request, params, base)
        if not parts or not _NUMBER.match(parts[0]) or len(parts) > 2:
            raise GraphError(f"Unknown path components: /{'/'.join(parts)[:200]}", code=2500)
        if method == "GET":
            with self._context.store.write() as db:
                videos.settle(db)
            return self._get(params, parts, base)
        if method in ("POST", "DELETE"):
            return self._write(request, params, method, parts, base)
        raise GraphError("Unsupported request method.", code=100, type="GraphMethodException")

    # Reading
    def _get(self, params: Params, parts: list[str], base: str) -> Response:
        wanted = params.text("fields")
        with self._context.store.read() as db:
            token = self._token(db, params)
            node = parts[0]
            if len(parts) == 2:
                return self._edge(db, params, token, node, parts[1], base)
            if node in nodes.PAGES:
                self._may_see(token, node, "GET")
                return answer(nodes.page(nodes.PAGES[node], wanted, base=base, token=token))
            row = posts.get(db, platform=PLATFORM, post_id=node)
            if row:
                self._may_see(token, row["account"], "GET", object_id=node)
                return answer(nodes.post(db, row, nodes.post_fields(wanted), base=base))
            film, said = videos.find(db, node), talk.find(db, node)
            if film or said:
                self._may_see(token, (film or said)["page"], "GET", object_id=node)
            if film:
                return answer(videos.node(film, wanted, base=base, held=self.uploads.held(node)))
            if said:
                return answer(talk.node(said, wanted or talk.DEFAULT, base=base))
            picture = media.get(db, platform=PLATFORM, media_id=node)
            if picture:
                self._may_see(token, picture["account"], "GET", object_id=node)
                return answer(nodes.photo(picture, wanted, base=base))
        raise errors.missing_object(node, "get")

    def _edge(self, db: sqlite3.Connection, params: Params, token: Token, node: str, edge: str, base: str) -> Response:
        row = posts.get(db, platform=PLATFORM, post_id=node)
        if row and edge in ("comments", "insights"):
            self._may_see(token, row["account"], "GET", object_id=node)
            return self._talk.listing(db, params, token, row, base) if edge == "comments" else self._talk.insights(params, token, row)
        if node not in nodes.PAGES:
            raise errors.missing_object(node, "get")
        if edge not in ("published_posts", "feed", "posts", "scheduled_posts"):
            raise errors.bad_parameter(f"Tried accessing nonexisting field ({edge[:100]}) on node type (Page)")
        if token.page != node:
            raise GraphError("This method must be called with a Page Access Token", code=190, subcode=2069032)
        if "pages_read_engagement" not in token.scopes:
            raise GraphError("(#10) This endpoint requires the 'pages_read_engagement' permission.", code=10)
        if edge == "scheduled_posts":
            return answer({"data": []})
        return self._list_posts(db, params, node, edge, base)

    def _list_posts(self, db: sqlite3.Connection, params: Params, page: str, edge: str, base: str) -> Response:
        limit, wanted = params.number("limit", default=25, least=1, most=MAX_LIMIT), nodes.post_fields(params.text("fields"))
        where, values = ["platform = 'facebook'", "account = ?", "state = 'published'"], [page]
        for name, sign in (("since", ">="), ("until", "<=")):
            if params.text(name):
                where.append(f"created_at {sign} ?")
                values.append(nodes.moment(params.text(name), name))
        order, more = "DESC", params.text("after") or params.text("before")
        if more:
            created, seq = nodes.read_cursor(more)
            order = "DESC" if params.text("after") else "ASC"
            where.append(f"(created_at, seq) {'<' if order == 'DESC' else '>'} (?, ?)")
            values += [created, str(seq)]
        rows = db.execute(
            f"SELECT * FROM posts WHERE {' AND '.join(where)} ORDER BY created_at {order}, seq {order} LIMIT ?",
            (*values, limit + 1),
        ).fetchall()
        further, rows = len(rows) > limit, rows[:limit]
        rows = rows if order == "DESC" else rows[::-1]
        body: dict[str, object] = {"data": [nodes.post(db, row, wanted, base=base) for row in rows]}
        if rows:
            body["paging"] = _paging(params, f"{base}/v26.0/{page}/{edge}", rows, older=further or order == "ASC", newer=bool(more))
        return answer(body)

    # Writing
    def _write(self, request: Request, params: Params, method: str, parts: list[str], base: str) -> Response:
        name = _name_of(params, method, parts)
        call = calls.begin(
            self._context.store,
            platform=PLATFORM,
            account=parts[0].partition("_")[0],
            call=name[:50],
            method=method,
            path="/" + "/".join(parts),
            fields=params.for_log(),
        )
        try:
            response = self._do_write(request, call, params, method, parts, base)
        except GraphError as error:
            calls.finish(self._context.store, call, outcome="refused", status=error.status)
            raise
        except ConnectionCut:
            calls.finish(self._context.store, call, outcome="cut", status=None)
            raise
        outcome = "answered" if response.status_code < 400 else "refused"
        calls.finish(self._context.store, call, outcome=outcome, status=response.status_code)
        return response

    def _do_write(self, request: Request, call: calls.Call, params: Params, method: str, parts: list[str], base: str) -> Response:
        with self._context.store.read() as db:
            token = self._token(db, params)
            row = posts.get(db, platform=PLATFORM, post_id=parts[0])
            picture = media.get(db, platform=PLATFORM, media_id=parts[0])
            said, film = talk.find(db, parts[0]), videos.find(db, parts[0])
        if film and len(parts) == 1:
            self._may_see(token, film["page"], method, object_id=parts[0])
            return (self._writes.delete_video if method == "DELETE" else self._writes.edit_video)(request, call, token, params, film)
        if len(parts) == 2 and parts[1] in ("videos", "video_reels") and parts[0] in nodes.PAGES and method == "POST":
            return self._upload(request, call, token, params, parts, base)
        if len(parts) == 2 and parts[1] == "comments" and row and method == "POST":
            self._may_see(token, row["account"], method, object_id=parts[0])
            return self._talk.say(request, call, token, params, row, base)
        if len(parts) == 2:
            edges = {"feed": self._writes.feed, "photos": self._writes.photos}
            if parts[0] not in nodes.PAGES or method != "POST" or parts[1] not in edges:
                raise errors.missing_object(parts[0], method)
            return edges[parts[1]](request, call, token, params, parts[0], base)
        if row and method == "POST":
            self._may_see(token, row["account"], method, object_id=parts[0])
            return self._writes.edit(request, call, token, params, row)
        if row:
            self._may_see(token, row["account"], method, object_id=parts[0])
            return self._writes.delete(request, call, token, row)
        if said and method == "DELETE":
            return self._talk.remove(request, call, token, said)
        if picture and method == "DELETE":
            return self._writes.delete_photo(request, call, token, picture)
        raise errors.missing_object(parts[0], method)

    def _upload(self, request: Request, call: calls.Call, token: Token, params: Params, parts: list[str], base: str) -> Response:
        """A step of a video's upload."""
        page, kind, phase = parts[0], "video" if parts[1] == "videos" else "reel", params.text("upload_phase")
        if phase == "start":
            return self.uploads.start(request, call, token, params, page, base, kind=kind)
        if phase == "transfer" and kind == "video":
            return self.uploads.transfer(request, call, token, params, page)
        if phase == "finish":
            return self.uploads.finish(request, call, token, params, page, kind=kind)
        raise errors.bad_parameter("param upload_phase must be one of the following values: start, transfer, finish")

    def receive(self, request: Request, video_id: str) -> Response:
        """A reel's bytes at the address that its start named."""
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        call = calls.begin(self._context.store, platform=PLATFORM, account="", call="reel_bytes", method="POST", path=f"/video-upload/{video_id[:40]}", fields={})
        try:
            with self._context.store.read() as db:
                token = tokens.require(db, text.strip() if scheme.lower() == "oauth" else "", settings=self._context.settings, proof="")
                row = videos.find(db, video_id)
            if row is None or row["kind"] != "reel":
                raise errors.missing_object(video_id, "post")
            response = self.uploads.receive(request, call, token, row)
        except GraphError as error:
            uploads.drain(request)
            response = error.response()
        except ConnectionCut:
            calls.finish(self._context.store, call, outcome="cut", status=None)
            raise
        calls.finish(self._context.store, call, outcome="answered" if response.status_code < 400 else "refused", status=response.status_code)
        return response

    # Me, tokens, links
    def _me(self, request: Request, params: Params, base: str) -> Response:
        with self._context.store.read() as db:
            token = self._token(db, params, me=True)
        if token.page:
            return answer(nodes.page(nodes.PAGES[token.page], params.text("fields"), base=base, token=token))
        return answer(nodes.person(params.text("fields")))

    def _accounts(self, request: Request, params: Params, base: str) -> Response:
        with self._context.store.read() as db:
            token = self._token(db, params, me=True)
        if token.page:
            raise errors.bad_parameter("Tried accessing nonexisting field (accounts) on node type (Page)")
        if "pages_show_list" not in token.scopes:
            return answer({"data": []})
        limit = params.number("limit", default=25, least=1, most=MAX_LIMIT)
        start = params.number("after", default=0, least=0, most=10_000)
        wanted = params.text("fields") or "access_token,category,name,id,tasks"
        pages = [page for page in world.FACEBOOK_PAGES if page.id in token.pages]
        names = {field.name for field in fields.parse(wanted)}
        data = []
        for page in pages[start : start + limit]:
            text = ""
            if "access_token" in names:
                with self._context.store.write() as db:
                    text = tokens.page_token(db, token, page.id, app_id=self._context.settings.app_id).text
            data.append(nodes.page(page, wanted, base=base, access_token=text))
        body: dict[str, object] = {"data": data}
        if data:
            paging: dict[str, object] = {"cursors": {"before": str(start), "after": str(start + len(data))}}
            if start + limit < len(pages):
                paging["next"] = _address(f"{base}/v26.0/me/accounts", params, limit=str(limit), after=str(start + limit))
            body["paging"] = paging
        return answer(body)

    def _permissions(self, request: Request, params: Params, base: str) -> Response:
        with self._context.store.read() as db:
            token = self._token(db, params, me=True)
        granted = [{"permission": name, "status": "granted"} for name in token.scopes]
        return answer({"data": granted + [{"permission": name, "status": "declined"} for name in token.declined]})

    def _remove_app(self, request: Request, params: Params, base: str) -> Response:
        with self._context.store.write() as db:
            token = self._token(db, params, me=True)
            tokens.kill_person(db, person=token.person)
        return answer({"success": True})

    def _debug_token(self, request: Request, params: Params, base: str) -> Response:
        settings, asked = self._context.settings, params.text("input_token")
        with self._context.store.read() as db:
            if params.token != f"{settings.app_id}|{settings.app_secret}":
                self._token(db, params)
            token = tokens.find(db, asked)
        if not asked:
            raise errors.bad_parameter("You must provide an input_token")
        if token is None:
            problem = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
            return answer({"data": {"error": problem, "is_valid": False, "scopes": []}})
        return answer({"data": tokens.describe(token, settings=settings, app_name=world.APP_NAME)})

    def _exchange(self, request: Request, params: Params, base: str) -> Response:
        names = ("grant_type", "client_id", "client_secret", "redirect_uri", "code", "code_verifier", "fb_exchange_token")
        body, status = provider.exchange(self._server, {name: params.text(name) for name in names if params.text(name)})
        return answer(body, status=status)

    def _scrape(self, request: Request, params: Params, base: str) -> Response:
        with self._context.store.read() as db:
            self._token(db, params)
        call = calls.begin(self._context.store, platform=PLATFORM, account="", call="scrape", method="POST", path="/", fields=params.for_log())
        try:
            response = self._read_anew(params)
        except GraphError as error:
            calls.finish(self._context.store, call, outcome="refused", status=error.status)
            raise
        calls.finish(self._context.store, call, outcome="answered", status=200)
        return response

    def _read_anew(self, params: Params) -> Response:
        url = params.text("id", longest=2_000)
        if not url or not params.flag("scrape", default=False):
            raise GraphError("Unsupported post request.", code=100, type="GraphMethodException")
        try:
            card = previews.look_again(self._context.settings, self._context.store, url)
        except previews.NotFetched as error:
            raise GraphError(
                "(#1611070) The URL could not be scraped.", code=1611070, user_message=f"Không đọc được trang: {error}"[:300]
            ) from error
        return answer({"url": url, "type": "article", "title": card.title, "description": card.description, "id": posts.new_number()})

    def _token(self, db: sqlite3.Connection, params: Params, *, me: bool = False) -> Token:
        return tokens.require(db, params.token, settings=self._context.settings, proof=params.text("appsecret_proof"), me=me)

    @staticmethod
    def _may_see(token: Token, page: str, method: str, *, object_id: str = "") -> None:
        if page not in (token.pages if not token.page else (token.page,)):
            raise errors.missing_object(object_id or page, method)


def _name_of(params: Params, method: str, parts: list[str]) -> str:
    """The call's name in the log: for uploads their kind and phase."""
    if len(parts) == 1:
        return "delete" if method == "DELETE" else "edit"
    kinds = {"videos": "video", "video_reels": "reel"}
    if parts[1] not in kinds:
        return parts[1]
    phase = params.text("upload_phase")[:20]
    return f"{kinds[parts[1]]}_{'chunk' if phase == 'transfer' else phase}"


def _paging(params: Params, address: str, rows: list[sqlite3.Row], *, older: bool, newer: bool) -> dict[str, object]:
    before, after = nodes.cursor(rows[0]), nodes.cursor(rows[-1])
    paging: dict[str, object] = {"cursors": {"before": before, "after": after}}
    if newer:
        paging["previous"] = _address(address, params, before=before)
    if older:
        paging["next"] = _address(address, params, after=after)
    return paging


def _address(address: str, params: Params, **more: str) -> str:
    """The address of another page of the same list; it carries the token, as Graph's do."""
    kept = ("access_token", "appsecret_proof", "fields", "since", "until", "limit")
    query = {name: params.text(name) for name in kept if params.text(name)}
    return f"{urlsplit(address).geturl()}?{urlencode(query | more)}"
