"""TikTok's calls to its clients (3b.4): signed with the application's secret, sent in the background, once; theirs are repeated for three days."""

import hashlib
import hmac
import json
import logging
import threading
import time

import requests

from distribution.rehearsal.platforms.base import Context
from distribution.rehearsal.platforms.tiktok import videos

log = logging.getLogger(__name__)
SECONDS = 5
EVENTS = {videos.INBOX: "post.publish.inbox_delivered", videos.COMPLETE: "post.publish.complete", videos.FAILED: "post.publish.failed"}


def tell(context: Context, publish_id: str) -> None:
    """Say what became of an upload, where anybody listens."""
    if not context.settings.tiktok_hook:
        return
    with context.store.read() as db:
        row = videos.find(db, publish_id)
    if row["status"] not in EVENTS:
        return
    mode = {"draft": "INBOX_SHARE", "direct": "DIRECT_PUBLISH"}[row["mode"]]
    content = {"publish_id": publish_id, "publish_type": mode, **({"reason": row["fail_reason"]} if row["status"] == videos.FAILED else {})}
    message = {
        "client_key": context.settings.app_id, "event": EVENTS[row["status"]], "create_time": int(time.time()), "user_openid": row["account"],
        "content": json.dumps(content, separators=(",", ":")),
    }  # fmt: skip
    body = json.dumps(message, separators=(",", ":")).encode()
    threading.Thread(target=_send, args=(context.settings.tiktok_hook, body, context.settings.app_secret), daemon=True).start()


def signature(body: bytes, secret: str, at: int) -> str:
    """The header's value."""
    return f"t={at},s={hmac.new(secret.encode(), f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"


def _send(address: str, body: bytes, secret: str) -> None:
    headers = {"Content-Type": "application/json", "TikTok-Signature": signature(body, secret, int(time.time()))}
    try:
        requests.post(address, data=body, headers=headers, timeout=SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        log.warning("tiktok.hook.failed %s", error)
