"""TikTok: a video goes up, and with its last chunk it is a draft in the account's inbox that a person finishes in the app, or a post by itself.

TikTok knows no two posts as the same, so an upload's publish_id is kept before any byte is sent: whatever is lost later, it can be asked for.
Pictures have no such number before the one call that posts them: where that answer is lost, and they are not seen, a person is asked.
"""

from __future__ import annotations

import hmac
import time
import unicodedata
from collections.abc import Mapping
from datetime import datetime

from distribution.connectors.base import (
    JSON,
    Capabilities,
    Counts,
    Credential,
    Done,
    Failure,
    FailureClass,
    Handed,
    Health,
    Look,
    Media,
    MediaFile,
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
from distribution.connectors.messages import sentence
from distribution.connectors.rings import Ring
from distribution.connectors.tiktok import config, hooks, oauth, texts, uploads
from distribution.connectors.tiktok.api import State, creator, newest, state_of, tiktok, videos
from distribution.connectors.tiktok.errors import RETRYABLE, failed
from distribution.connectors.tiktok.options import OPTIONS
from distribution.connectors.tiktok.pictures import picture_address, picture_proof

F = FailureClass
PREFIX = 100  # of a caption that a list shows in part (150 at most)


class TikTok:
    """The Content Posting API of one account."""

    kind = "tiktok"
    label = "TikTok"
    options = OPTIONS

    def capabilities(self, settings: JSON) -> Capabilities:
        """What an account can do. No post can be edited or taken down from outside: corrections are a person's task."""
        return Capabilities(
            kinds=("video", "photos") if texts.takes_photos(settings) else ("video",), text_limit=config.CAPTION_LIMIT,
            picture_limit=config.MOST_PICTURES if texts.takes_photos(settings) else 0, can_edit=False, can_delete=False, can_lookup=True,
            settle_seconds=float(settings.get("settle_seconds", 60)), minimum_gap=float(settings.get("minimum_gap", 0)), needs_video=True, text_unit="utf16",
            metrics=("views", "reactions", "comments", "shares"), finishes_in_app=not texts.is_direct(settings),
        )  # fmt: skip

    def compose(self, *, snapshot: Snapshot, marker: str, settings: JSON) -> Payload:
        """Caption, and the video or the pictures by their keys."""
        return texts.compose(snapshot=snapshot, marker=marker, settings=settings)

    def validate(self, *, payload: Payload, settings: JSON) -> list[Problem]:
        """Lengths in UTF-16 units, length and sides of the video, and whether a person picked who sees it."""
        return texts.validate(payload=payload, settings=settings)

    def preview(self, *, payload: Payload) -> JSON:
        """What readers there will see."""
        return texts.preview(payload)

    def stage(self, *, target: Target, payload: Payload, handle: JSON, media: Media) -> Staged | Wait | Failure:
        """One step of: ask what the account may do, open the upload, send every chunk but the last."""
        if payload.kind == "photos":
            return _allowed(target, payload) or Staged({})
        if not payload.body.get("video"):
            return Failure(F.CONTENT, "no_video", sentence("no_video"))
        if not handle.get("publish_id"):
            return _allowed(target, payload) or uploads.open_upload(target, payload, handle)
        file = _file(media, payload)
        if isinstance(file, Failure):
            return file
        try:
            return uploads.step(target, handle, file)
        except LookupError:
            return Failure(F.CONTENT, "no_video", sentence("no_video"))

    def commit(self, *, target: Target, payload: Payload, handle: JSON) -> Published | Wait | Handed | Failure:
        """The last chunk of a video, or the one call that posts pictures."""
        refused = _allowed(target, payload)
        if refused is not None:
            return refused
        if payload.kind == "photos":
            return _post_photos(target, payload)
        if not handle.get("complete"):
            media = target.job.media if target.job else None
            file = _file(media, payload) if media else Failure(F.TRANSIENT_SAFE, "no_video", sentence("no_video"))
            if isinstance(file, Failure):
                return file
            failure = uploads.finish(target, handle, file)
            if failure is not None:
                return failure
        return _accepted(payload, {"upload_url": ""})

    def check(self, *, target: Target, handle: JSON, remote_id: str) -> Look | Wait | Failure:
        """Whether what was sent is a post by now, waits for a person, or came to nothing."""
        if remote_id:
            return _still_public(target, remote_id)
        publish_id = str(handle.get("publish_id") or "")
        if not publish_id:
            return Look(Sight.CANNOT)
        state = state_of(target, publish_id)
        return state if isinstance(state, Failure) else _seen(target, state, handle)

    def lookup(self, *, target: Target, payload: Payload, since: datetime, handle: JSON) -> Look | Handed | Wait | Failure:
        """What became of a call whose answer was lost. An upload that lacks bytes is no post; a draft that is there is told to a person; pictures that
        are not seen may still come."""
        publish_id = str(handle.get("publish_id") or "")
        if not publish_id:
            return _among_newest(target, payload, since) if payload.kind == "photos" else Look(Sight.NOT_FOUND)
        state = state_of(target, publish_id)
        if isinstance(state, Failure):
            return state
        size = int((payload.body.get("video") or {}).get("size") or 0)
        if payload.kind == "video" and not state.failed and not state.accepted(size):
            return Look(Sight.NOT_FOUND)
        if state.failed:
            return Look(Sight.NOT_FOUND)
        if payload.body["mode"] == "draft" and not state.complete:
            return _accepted(payload, {"upload_url": ""})
        return _seen(target, state, handle)

    def update(self, *, target: Target, remote_id: str, payload: Payload) -> Done | Failure:
        """TikTok has no such call."""
        return Failure(F.CONTENT, "cannot_change", sentence("cannot_change"))

    def delete(self, *, target: Target, remote_id: str) -> Done | Failure:
        """TikTok has no such call."""
        return Failure(F.CONTENT, "cannot_change", sentence("cannot_change"))

    def health(self, *, target: Target) -> Health | Failure:
        """Whose key it is; with direct posts also whether the account may post now."""
        me = oauth.user(target)
        if isinstance(me, Failure):
            return me
        if str(me.get("open_id") or "") != target.remote_id:
            return Failure(F.AUTH_DEAD, "wrong_channel", sentence("wrong_channel"))
        name = str(me.get("display_name") or "")
        if not texts.is_direct(target.settings):
            return Health(name, target.remote_id, expires_at=target.credential.expires_at)
        about = creator(target)
        if isinstance(about, Failure):
            return about
        return Health(name, target.remote_id, expires_at=target.credential.expires_at, settings=_offered(about))

    def refresh(self, *, target: Target) -> Credential | Failure:
        """A new pair of tokens."""
        return oauth.refresh(target)

    def heard(self, *, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Ring | None:
        """What TikTok's call is about (3b.4)."""
        return hooks.heard(secret=secret, headers=headers, body=body, now=now)

    def picture_at(self, *, payload: Payload, key: str, proof: str, settings: JSON) -> tuple[int, int] | None:
        """The box of a picture whose address we gave to TikTok."""
        known = payload.kind == "photos" and key in [picture["key"] for picture in payload.body["pictures"]]
        right = hmac.compare_digest(proof.encode(), picture_proof(settings, payload.marker, key).encode())
        return config.PICTURE_BOX if known and right and texts.takes_photos(settings) else None

    def may_fetch(self, handle: JSON) -> bool:
        """Only once the answer is written down: a post whose answer was lost fails for want of pictures, it does not appear."""
        return bool(handle.get("publish_id"))

    def metrics(self, *, target: Target, remote_ids: tuple[str, ...]) -> dict[str, Counts] | Failure:
        """Counts by post. A post that is not public (any more) tells nothing."""
        found = videos(target, tuple(one for one in remote_ids if one.isdigit()))
        if isinstance(found, Failure):
            return found
        return {
            key: Counts(_number(row, "view_count"), _number(row, "like_count"), _number(row, "comment_count"), _number(row, "share_count"))
            for key, row in found.items() if key in remote_ids
        }  # fmt: skip


def _number(row: JSON, name: str) -> int | None:
    value = row.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _offered(about: JSON) -> JSON:
    """What creator_info tells of the account, as its settings keep it: the editor is told before anything is sent."""
    options = about.get("privacy_level_options")
    longest = _number(about, "max_video_post_duration_sec")
    found: JSON = {"privacy_options": [str(one) for one in options]} if isinstance(options, list) else {}
    return {**found, "longest_seconds": longest} if longest else found


def _file(media: Media, payload: Payload) -> MediaFile | Failure:
    try:
        file = media.file(payload.body["video"]["key"])
    except LookupError:
        return Failure(F.CONTENT, "no_video", sentence("no_video"))
    if file.size != payload.body["video"]["size"]:
        return Failure(F.CONTENT, "video_changed", sentence("video_changed"))
    return file


def _allowed(target: Target, payload: Payload) -> Failure | None:
    """For a post that appears by itself: whether the account may post now, to whom the person chose, so long a video. Drafts need no such question."""
    if payload.body["mode"] != "direct":
        return None
    about = creator(target)
    if isinstance(about, Failure):
        return about
    if payload.body["privacy"] not in (about.get("privacy_level_options") or []):
        return Failure(F.CONTENT, "privacy_not_offered", sentence("privacy_not_offered"), platform_message=payload.body["privacy"])
    longest = _number(about, "max_video_post_duration_sec")
    if payload.kind == "video" and longest is not None and float(payload.body["video"].get("duration") or 0) > longest:
        return Failure(F.CONTENT, "video_rejected_duration", sentence("video_rejected_duration"), platform_message=f"max_video_post_duration_sec: {longest}")
    return None


def _accepted(payload: Payload, handle: JSON) -> Wait | Handed:
    """TikTok has it all: a draft waits for a person, a post for TikTok's own processing."""
    kept: JSON = {**handle, "accepted_at": time.time(), "mode": payload.body["mode"], "public": payload.body.get("privacy", "") in ("", "PUBLIC_TO_EVERYONE")}
    return Handed("", kept) if payload.body["mode"] == "draft" else Wait(config.PAUSES[0][1], kept)


def _post_photos(target: Target, payload: Payload) -> Wait | Handed | Failure:
    """The one call; its publish_id comes with the answer only."""
    direct = payload.body["mode"] == "direct"
    info = texts.post_info(payload) if direct else {"title": payload.body["title"], "description": payload.body["caption"]}
    urls = [picture_address(target.settings, payload.marker, picture["key"]) for picture in payload.body["pictures"]]
    body: JSON = {
        "media_type": "PHOTO", "post_mode": "DIRECT_POST" if direct else "MEDIA_UPLOAD", "post_info": info, "is_aigc": payload.body["ai_made"],
        "source_info": {"source": "PULL_FROM_URL", "photo_images": urls, "photo_cover_index": 0},
    }  # fmt: skip
    data = tiktok(target, "v2/post/publish/content/init/", body, phase=Phase.COMMIT)
    if isinstance(data, Failure):
        return data
    publish_id = str(data.get("publish_id") or "")
    if not publish_id:
        return Failure(F.AMBIGUOUS, "unreadable", sentence("unreadable"))
    return _accepted(payload, {"publish_id": publish_id, "publish_ids": [publish_id]})


def _seen(target: Target, state: State, handle: JSON) -> Look | Wait | Failure:
    """What a state means for a delivery whose bytes are all there."""
    draft = handle.get("mode", "draft") == "draft"
    age = max(0.0, time.time() - float(handle.get("accepted_at") or handle.get("opened_at") or time.time()))
    if state.failed:
        return Look(Sight.NOT_FOUND) if state.reason in RETRYABLE and not draft else failed(state.reason)
    if not state.complete:
        return Wait(_pause(target, age, draft=draft))
    if state.posts:
        found = videos(target, state.posts[:1])
        row = {} if isinstance(found, Failure) else found.get(state.posts[0], {})
        return Look(Sight.FOUND, state.posts[0], str(row.get("share_url") or ""))
    patience = config.DRAFT_ID_PATIENCE if draft else config.DIRECT_ID_PATIENCE
    if not handle.get("public", True) or age > patience:
        return Look(Sight.FOUND, str(handle.get("publish_id") or ""))  # it has no public id
    return Wait(_pause(target, age, draft=draft))


def _still_public(target: Target, remote_id: str) -> Look | Failure:
    """A post that is public is there; one that is missing was deleted, made private, or is looked at by TikTok: nobody can tell which."""
    found = videos(target, (remote_id,)) if remote_id.isdigit() else {}
    if isinstance(found, Failure):
        return found
    return Look(Sight.FOUND, remote_id, str(found[remote_id].get("share_url") or "")) if remote_id in found else Look(Sight.CANNOT)


def _pause(target: Target, age: float, *, draft: bool) -> float:
    if draft:
        return float(target.settings.get("draft_pause", config.DRAFT_PAUSE)) * (1 if age < 1800 else 10)
    return next((pause for until, pause in config.PAUSES if age < until), config.LONGEST_PAUSE)


def _among_newest(target: Target, payload: Payload, since: datetime) -> Look | Failure:
    """Pictures whose answer was lost: seen among the newest public posts, or not to be known. Drafts never show there."""
    if payload.body["mode"] != "direct":
        return Look(Sight.CANNOT)
    rows = newest(target)
    if isinstance(rows, Failure):
        return rows
    wanted = {_bare(payload.body["caption"]), _bare(f"{payload.body['title']} {payload.body['caption']}")}
    for row in rows:
        said = _bare(str(row.get("video_description") or ""))
        if said in wanted and (_number(row, "create_time") or 0) >= since.timestamp() - 120:
            return Look(Sight.FOUND, str(row.get("id")), str(row.get("share_url") or ""))
    return Look(Sight.CANNOT)


def _bare(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())[:PREFIX]
