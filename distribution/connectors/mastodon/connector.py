"""Mastodon: pictures and videos first, then one POST with a key of its own, and a look by the marker in the link (channels.md 8, 14).

For an hour the server itself does a write of the same key only once; after that, and before anything is sent again, the account's posts are looked through.
"""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

from distribution.connectors.base import (
    JSON,
    Capabilities,
    Counts,
    Credential,
    Done,
    Failure,
    FailureClass,
    Health,
    Look,
    Media,
    Payload,
    Phase,
    Problem,
    Published,
    Sight,
    Snapshot,
    Staged,
    Target,
    Wait,
)  # fmt: skip
from distribution.connectors.listings import Listed
from distribution.connectors.mastodon import config, texts, uploads
from distribution.connectors.mastodon.api import STATUSES, limits_of, mastodon, mastodon_rows, media_ids, text_of
from distribution.connectors.mastodon.options import OPTIONS
from distribution.connectors.messages import sentence

F = FailureClass
LOOK_BACK = timedelta(minutes=2)
ID = re.compile(r"[0-9A-Za-z]{1,40}\Z")
TAG = re.compile(r"<[^>]*>")
MARKER = re.compile(r"[?&]utm_id=([0-9A-Za-z]+)")


class Mastodon:
    """One account on one server."""

    kind = "mastodon"
    label = "Mastodon"
    options = OPTIONS

    def capabilities(self, settings: JSON) -> Capabilities:
        """What an account can do; the limits are those of its server, less what the link takes."""
        limit = texts.number_of(settings, "text_limit", config.TEXT_LIMIT) - texts.number_of(settings, "url_length", config.URL_LENGTH) - 2
        return Capabilities(
            kinds=config.MODES, text_limit=limit, picture_limit=texts.number_of(settings, "picture_limit", config.PICTURE_LIMIT), can_edit=True, can_delete=True, can_lookup=True,
            link_editable=True, settle_seconds=float(settings.get("settle_seconds", 30)), minimum_gap=float(settings.get("minimum_gap", 0)),
            metrics=("reactions", "comments", "shares"), can_carry_video=True,
        )  # fmt: skip

    def compose(self, *, snapshot: Snapshot, marker: str, settings: JSON) -> Payload:
        """Words, link, hashtags, and what the post shows."""
        return texts.compose(snapshot=snapshot, marker=marker, settings=settings)

    def validate(self, *, payload: Payload, settings: JSON) -> list[Problem]:
        """Length by the server's own counting, emptiness, size of the video."""
        return texts.validate(payload=payload, settings=settings)

    def preview(self, *, payload: Payload) -> JSON:
        """What readers there will see."""
        return texts.preview(payload)

    def stage(self, *, target: Target, payload: Payload, handle: JSON, media: Media) -> Staged | Wait | Failure:
        """Send pictures or the video, one after the other, and wait until the server is done with them."""
        return uploads.step(target, payload, handle, media)

    def commit(self, *, target: Target, payload: Payload, handle: JSON) -> Published | Wait | Failure:
        """The one POST that readers see, with the operation's id as its key."""
        body = {**texts.status_of(payload, uploads.ids_of(payload, handle)), "visibility": payload.body["visibility"]}
        key = target.job.id if target.job else payload.marker
        answer = mastodon(target, "POST", STATUSES, phase=Phase.COMMIT, body=body, key=key)
        if isinstance(answer, Failure):
            return answer
        if not text_of(answer, "id"):
            return Failure(F.AMBIGUOUS, "lost_answer", sentence("lost_answer"))
        return Published(text_of(answer, "id"), text_of(answer, "url"))

    def check(self, *, target: Target, handle: JSON, remote_id: str) -> Look | Wait | Failure:
        """Whether a post whose id is known is there."""
        answer = self._post(target, remote_id)
        if isinstance(answer, Failure):
            return Look(Sight.NOT_FOUND) if answer.kind == F.GONE else answer
        return Look(Sight.FOUND, text_of(answer, "id"), text_of(answer, "url"))

    def lookup(self, *, target: Target, payload: Payload, since: datetime, handle: JSON) -> Look | Failure:
        """Look for the marker in the links of the account's posts since two minutes before the commit."""
        params: JSON = {"limit": config.PAGE_SIZE, "exclude_reblogs": "true"}
        for _page in range(config.MOST_PAGES):
            rows = mastodon_rows(target, f"api/v1/accounts/{target.remote_id}/statuses", params=params)
            if isinstance(rows, Failure):
                return rows
            for row in rows:
                if payload.marker in markers_of(row):
                    return Look(Sight.FOUND, text_of(row, "id"), text_of(row, "url"))
            if not rows or all(_older(row, since - LOOK_BACK) for row in rows):
                return Look(Sight.NOT_FOUND)
            params = {**params, "max_id": text_of(rows[-1], "id")}
        return Look(Sight.CANNOT)

    def listed(self, *, target: Target, since: datetime) -> tuple[Listed, ...] | Failure:
        """The account's newest posts with their marks."""
        rows = mastodon_rows(target, f"api/v1/accounts/{target.remote_id}/statuses", params={"limit": config.PAGE_SIZE, "exclude_reblogs": "true"})
        if isinstance(rows, Failure):
            return rows
        fresh = [row for row in rows if not _older(row, since)]
        return tuple(Listed(text_of(row, "id"), text_of(row, "url"), words_in(row)[:200], tuple(sorted(markers_of(row)))) for row in fresh)

    def update(self, *, target: Target, remote_id: str, payload: Payload) -> Done | Failure:
        """Edit the post. What it shows is named again, or it would lose it; sent anew only where it is not the same any more."""
        now = self._post(target, remote_id)
        if isinstance(now, Failure):
            return Done(gone=True) if now.kind == F.GONE else now
        ids = self._shown(target, payload, media_ids(now))
        if isinstance(ids, Failure):
            return ids
        answer = mastodon(target, "PUT", f"{STATUSES}/{remote_id}", phase=Phase.STAGE, body=texts.status_of(payload, ids))
        if isinstance(answer, Failure):
            return Done(gone=True) if answer.kind == F.GONE else answer
        return Done()

    @staticmethod
    def _shown(target: Target, payload: Payload, there: list[str]) -> list[str] | Failure:
        wanted = payload.body["media"]
        shows = target.job.shows if target.job else None
        if not wanted or (shows is not None and shows.body.get("media") == wanted and len(there) == len(wanted)):
            return there if wanted else []
        if target.job is None or target.job.media is None:
            return Failure(F.TRANSIENT_SAFE, "no_picture", sentence("no_picture"))
        return uploads.all_now(target, payload, target.job.media)

    def delete(self, *, target: Target, remote_id: str) -> Done | Failure:
        """Take the post and its files away; one that is not there is done."""
        if not ID.match(remote_id):
            return Failure(F.CONTENT, "bad_content", sentence("bad_content"))
        answer = mastodon(target, "DELETE", f"{STATUSES}/{remote_id}", phase=Phase.STAGE, params={"delete_media": "true"})
        if isinstance(answer, Failure):
            return Done(gone=True) if answer.kind == F.GONE else answer
        return Done()

    @staticmethod
    def _post(target: Target, remote_id: str) -> JSON | Failure:
        if not ID.match(remote_id):
            return Failure(F.GONE, "gone", sentence("gone"))
        return mastodon(target, "GET", f"{STATUSES}/{remote_id}", phase=Phase.READ)

    def health(self, *, target: Target) -> Health | Failure:
        """Whose key it is; and the server's limits, which may change."""
        me = mastodon(target, "GET", "api/v1/accounts/verify_credentials", phase=Phase.READ)
        if isinstance(me, Failure):
            return me
        if text_of(me, "id") != target.remote_id:
            return Failure(F.AUTH_DEAD, "wrong_channel", sentence("wrong_channel"))
        about = mastodon(target, "GET", "api/v2/instance", phase=Phase.READ)
        limits = {} if isinstance(about, Failure) else limits_of(about)
        return Health(text_of(me, "display_name") or text_of(me, "username"), target.remote_id, settings=limits)

    def refresh(self, *, target: Target) -> Credential | Failure:
        """Keys do not end by time: a person makes a new one."""
        return Failure(F.AUTH_DEAD, "token_dead", sentence("token_dead"))

    def metrics(self, *, target: Target, remote_ids: tuple[str, ...]) -> dict[str, Counts] | Failure:
        """Favourites, replies and boosts of each post; a post that is gone is left out. Nobody counts views."""
        found: dict[str, Counts] = {}
        for remote_id in remote_ids:
            answer = self._post(target, remote_id)
            if isinstance(answer, Failure):
                if answer.kind == F.GONE:
                    continue
                return answer
            found[remote_id] = Counts(reactions=_number(answer, "favourites_count"), comments=_number(answer, "replies_count"), shares=_number(answer, "reblogs_count"))
        return found

    def post_at(self, *, url: str, account_id: str, settings: JSON) -> str | None:
        """The post's id, where the address is one of this account's page."""
        page, address = str(settings.get("page") or ""), url.split("?")[0].split("#")[0].rstrip("/")
        if not page:
            return ""
        number = address.removeprefix(f"{page}/")
        return number if number != address and number.isascii() and number.isdigit() else None


def markers_of(status: JSON) -> set[str]:
    """Every utm_id in the links of a post and of its card. Takes whatever the server sends."""
    card = status.get("card")
    texts_in = [html.unescape(text_of(status, "content")), text_of(card, "url") if isinstance(card, dict) else ""]
    return {marker for text in texts_in for marker in MARKER.findall(text)}


def words_in(status: JSON) -> str:
    """The words of a post without its HTML."""
    return " ".join(html.unescape(TAG.sub(" ", text_of(status, "content"))).split())


def _older(status: JSON, moment: datetime) -> bool:
    try:
        made = datetime.fromisoformat(text_of(status, "created_at"))
    except ValueError:
        return False
    return (made if made.tzinfo else made.replace(tzinfo=UTC)) < moment


def _number(status: JSON, name: str) -> int | None:
    value = status.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
