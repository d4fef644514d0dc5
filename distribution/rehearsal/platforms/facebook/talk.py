"""Comments under a post and what is told of its reach: the edges /{post}/comments and /{post}/insights, and the comment as a node."""

import sqlite3
from typing import Any

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import clock, faults, posts
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import Context
from distribution.rehearsal.platforms.facebook import errors, faulty, fields, nodes, tables
from distribution.rehearsal.platforms.facebook.errors import GraphError, answer, bad_parameter
from distribution.rehearsal.platforms.facebook.params import Params
from distribution.rehearsal.platforms.facebook.tokens import Token

MAX_COMMENT = 8_000  # characters
METRICS = ("post_media_view", "post_total_media_view_unique", "post_clicks", "post_reactions_by_type_total")
DEFAULT = "created_time,from,message,id"


class Talk:
    """The comment and insight calls of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store

    def say(self, request: Request, call: Call, token: Token, params: Params, row: sqlite3.Row, base: str) -> Response:
        """POST /{post}/comments, as the Page itself."""
        page = row["account"]
        if token.page != page or "pages_manage_engagement" not in token.scopes or "MODERATE" not in nodes.PAGES[page].tasks:
            raise errors.no_permission("Commenting as a Page requires the pages_manage_engagement permission and the MODERATE task.")
        message = params.text("message", longest=MAX_COMMENT).strip()
        if not message:
            raise bad_parameter("Missing message or attachment", title="Bình luận trống", explain="Bình luận cần có lời.")
        wanted = params.text("fields") or "id"
        comment_id = f"{row['id'].rpartition('_')[2]}_{posts.new_number()}"

        def commit() -> Response:
            with self._store.write() as db:
                db.execute(
                    "INSERT INTO facebook_comments (id, post, page, message, created_at) VALUES (?, ?, ?, ?, ?)",
                    (comment_id, row["id"], page, message, clock.stamp(clock.now())),
                )
                made = node(find(db, comment_id), wanted, base=base)
            call.object_id = comment_id
            return answer(made)

        return faulty.run(self._context, request, call, name="comments", page=page, commits=True, commit=commit)

    def remove(self, request: Request, call: Call, token: Token, row: sqlite3.Row) -> Response:
        """DELETE /{comment}."""
        if token.page != row["page"] or "pages_manage_engagement" not in token.scopes:
            raise errors.no_permission("Deleting a comment requires the pages_manage_engagement permission.")

        def commit() -> Response:
            with self._store.write() as db:
                db.execute("UPDATE facebook_comments SET deleted_at = ? WHERE id = ?", (clock.stamp(clock.now()), row["id"]))
            call.object_id = row["id"]
            return answer({"success": True})

        return faulty.run(self._context, request, call, name="delete", page=row["page"], commits=True, commit=commit)

    def listing(self, db: sqlite3.Connection, params: Params, token: Token, row: sqlite3.Row, base: str) -> Response:
        """GET /{post}/comments, oldest first unless the order is turned."""
        if token.page != row["account"] or "pages_read_engagement" not in token.scopes:
            raise GraphError("(#10) This endpoint requires the 'pages_read_engagement' permission.", code=10)
        limit, start = params.number("limit", default=25, least=1, most=100), params.number("after", default=0, least=0, most=10_000_000)
        rows = of_post(db, row["id"])
        if params.text("order") == "reverse_chronological":
            rows = rows[::-1]
        wanted = params.text("fields") or DEFAULT
        shown = rows[start : start + limit]
        body: dict[str, Any] = {"data": [node(item, wanted, base=base) for item in shown]}
        if shown:
            paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + len(shown))}}
            if start + limit < len(rows):
                paging["next"] = f"{base}/v26.0/{row['id']}/comments?limit={limit}&after={start + limit}"
            body["paging"] = paging
        if params.text("summary"):
            body["summary"] = {"total_count": len(rows)}
        return answer(body)

    def insights(self, params: Params, token: Token, row: sqlite3.Row) -> Response:
        """GET /{post}/insights: one metric that is not known fails the whole call."""
        if token.page != row["account"] or "read_insights" not in token.scopes:
            raise GraphError("(#200) This endpoint requires the 'read_insights' permission.", code=200)
        wanted = params.names("metric")
        with self._store.write() as db:
            fault = faults.take(db, platform="facebook", account=row["account"], call="insights", commits=False)
            views = tables.views(db, row["id"])
        if not wanted or set(wanted) - set(METRICS) or (fault and fault.name == "metric_gone"):
            raise bad_parameter("The value must be a valid insights metric")
        values: dict[str, Any] = {"post_reactions_by_type_total": {}}
        return answer(
            {
                "data": [
                    {"name": name, "period": "lifetime", "values": [{"value": values.get(name, views if name != "post_clicks" else 0)}], "title": name, "id": f"{row['id']}/insights/{name}/lifetime"}
                    for name in wanted
                ]
            }
        )


def of_post(db: sqlite3.Connection, post_id: str) -> list[sqlite3.Row]:
    """The comments that stand under a post, oldest first."""
    return db.execute("SELECT * FROM facebook_comments WHERE post = ? AND deleted_at IS NULL ORDER BY seq", (post_id,)).fetchall()


def find(db: sqlite3.Connection, comment_id: str) -> Any:
    """A comment that stands, or None."""
    return db.execute("SELECT * FROM facebook_comments WHERE id = ? AND deleted_at IS NULL", (comment_id,)).fetchone()


def node(row: sqlite3.Row, wanted: str, *, base: str) -> dict[str, Any]:
    """A comment with the wanted fields. Raises GraphError."""
    page, number = nodes.PAGES[row["page"]], row["id"].rpartition("_")[2]
    makers: nodes.Makers = {
        "id": lambda field: row["id"],
        "message": lambda field: row["message"],
        "created_time": lambda field: nodes.graph_time(row["created_at"]),
        "from": lambda field: {"name": page.name, "id": page.id},
        "permalink_url": lambda field: f"{base}/{page.id}/posts/{row['post'].rpartition('_')[2]}?comment_id={number}",
        "like_count": lambda field: 0,
    }
    return fields.render(fields.parse(wanted), makers, node="Comment")
