"""The app's inbox: the drafts of an account, and the form with which a person finishes or discards one. Stands for the phone."""

import json
from typing import Any

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from distribution.rehearsal.platforms.base import Context
from distribution.rehearsal.platforms.tiktok import checks, hooks, videos
from distribution.rehearsal.templating import page

WORDS = {"PUBLIC_TO_EVERYONE": "Mọi người", "MUTUAL_FOLLOW_FRIENDS": "Bạn bè", "SELF_ONLY": "Chỉ mình tôi"}


class Inbox:
    """/tiktok/inbox/<account>; a script may POST publish_id, caption, privacy (and act=discard) to it."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def handle(self, request: Request, account: str) -> Response:
        """Show the drafts, or finish one."""
        holder = videos.ACCOUNTS.get(account)
        if holder is None:
            return page("gone.html", status=404)
        wrong = self._finish(request, account) if request.method == "POST" else ""
        if request.method == "POST" and not wrong:
            hooks.tell(self._context, request.form["publish_id"])
            return redirect(f"/tiktok/inbox/{account}", code=303)
        with self._context.store.read() as db:
            rows = db.execute("SELECT * FROM tiktok_posts WHERE account = ? AND status = ? ORDER BY created_at DESC", (account, videos.INBOX)).fetchall()
        drafts = [self._draft(row) for row in rows]
        return page("tiktok_inbox.html", status=400 if wrong else 200, account=holder, drafts=drafts, privacies=WORDS.items(), wrong=wrong)

    @staticmethod
    def _draft(row: Any) -> dict[str, Any]:
        info = json.loads(row["info"])
        words = f"{info.get('title', '')}\n\n{info.get('description', '')}".strip()
        return {"id": row["publish_id"], "kind": row["kind"], "created_at": row["created_at"], "words": words, "film": f"/tiktok/draft/{row['publish_id']}" if row["kind"] == "video" else ""}

    def _finish(self, request: Request, account: str) -> str:
        form = request.form
        caption, privacy = form.get("caption", "").replace("\r\n", "\n").strip(), form.get("privacy", "")
        with self._context.store.write() as db:
            row = db.execute("SELECT * FROM tiktok_posts WHERE publish_id = ? AND account = ? AND status IN (?, ?)", (form.get("publish_id", ""), account, videos.INBOX, videos.COMPLETE)).fetchone()
            if row is None or row["mode"] != "draft":
                return "Bản nháp này không còn trong hộp thư."
            if form.get("act") == "discard":
                db.execute("UPDATE tiktok_posts SET status = ?, fail_reason = 'publish_cancelled' WHERE publish_id = ?", (videos.FAILED, row["publish_id"]))
                return ""
            if privacy not in WORDS:
                return "Hãy chọn ai được xem."
            if checks.units(caption) > 2200:
                return "Chú thích dài quá 2.200 ký tự."
            videos.show(db, row["publish_id"], caption=caption, privacy=privacy)
        return ""
