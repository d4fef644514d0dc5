"""Facebook Page: text, link and photo posts; one POST, then lookup by the marker in the link (channels.md 14)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

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
from distribution.connectors.facebook_page import comments, reach, reels, texts, videos
from distribution.connectors.facebook_page.config import KINDS, PICTURE_BYTES, PICTURE_LIMIT, SCOPES, TEXT_LIMIT
from distribution.connectors.facebook_page.graph import graph
from distribution.connectors.facebook_page.options import OPTIONS
from distribution.connectors.facebook_page.texts import markers_of, normal
from distribution.connectors.listings import Listed
from distribution.connectors.messages import sentence

POST_FIELDS = "id,message,created_time,permalink_url,attachments{unshimmed_url}"
LOOK_BACK = timedelta(minutes=2)
MOST_PAGES = 8


class FacebookPage:
    """Graph API. A post has no handle before its commit, so a lost answer is settled by looking for the marker."""

    kind = "facebook_page"
    label = "Facebook"
    options = OPTIONS

    def capabilities(self, settings: JSON) -> Capabilities:
        """What a Page can do; the pause between posts and the settling time come from the account's settings."""
        return Capabilities(
            kinds=KINDS, text_limit=TEXT_LIMIT, picture_limit=PICTURE_LIMIT, can_edit=True, can_delete=True, can_lookup=True,
            settle_seconds=float(settings.get("settle_seconds", 45)), minimum_gap=float(settings.get("minimum_gap", 180)),
            metrics=("views", "reactions", "comments", "shares"), can_comment=True, has_comments=True, can_refresh_preview=True, link_places=("card", "text", "comment"),
            can_carry_video=True,
        )  # fmt: skip

    def compose(self, *, snapshot: Snapshot, marker: str, settings: JSON) -> Payload:
        """The post of a story, as the desk chose for it, else as the account is set up."""
        return texts.compose(snapshot=snapshot, marker=marker, settings=settings)

    def validate(self, *, payload: Payload, settings: JSON) -> list[Problem]:
        """What the platform would refuse."""
        return texts.validate(payload=payload, settings=settings)

    def preview(self, *, payload: Payload) -> JSON:
        """What readers there will see."""
        return texts.preview(payload)

    def stage(self, *, target: Target, payload: Payload, handle: JSON, media: Media) -> Staged | Wait | Failure:
        """Upload the pictures unpublished, one after the other, or the video in parts; what is up already is in the handle."""
        if payload.kind in ("video", "reel"):
            file = videos.file_of(payload, media)
            if isinstance(file, Failure):
                return file
            return (reels if payload.kind == "reel" else videos).step(target, handle, file)
        done: JSON = dict(handle.get("photos", {}))
        for picture in payload.body["pictures"]:
            if picture["key"] in done:
                continue
            outcome = self._upload(target, picture, media)
            if isinstance(outcome, Failure):
                return outcome
            done[picture["key"]] = outcome
            return Wait(0.0, {"photos": done}) if len(done) < len(payload.body["pictures"]) else Staged({"photos": done})
        return Staged({"photos": done})

    def _upload(self, target: Target, picture: JSON, media: Media) -> str | Failure:
        try:
            content, mime = media.read(picture["key"])
        except LookupError:
            return Failure(FailureClass.CONTENT, "no_picture", sentence("no_picture"))
        if len(content) > PICTURE_BYTES:
            return Failure(FailureClass.CONTENT, "picture_too_big", sentence("picture_too_big"))
        answer = graph(
            target, "POST", f"{target.remote_id}/photos", phase=Phase.STAGE, data={"published": "false", "alt_text_custom": picture["alt"]},
            files={"source": ("picture.jpg", content, mime)},
        )  # fmt: skip
        return answer if isinstance(answer, Failure) else str(answer.get("id", ""))

    def commit(self, *, target: Target, payload: Payload, handle: JSON) -> Published | Wait | Failure:
        """The one POST that readers see: a feed post, or the end of a video's upload."""
        if payload.kind in ("video", "reel"):
            return (reels if payload.kind == "reel" else videos).finish(target, payload, handle)
        data: JSON = {"message": payload.body["message"], "published": "true"}
        if payload.body["link"]:
            data["link"] = payload.body["link"]
        photos = handle.get("photos", {})
        for number, picture in enumerate(payload.body["pictures"]):
            data[f"attached_media[{number}]"] = f'{{"media_fbid":"{photos[picture["key"]]}"}}'
        answer = graph(target, "POST", f"{target.remote_id}/feed", phase=Phase.COMMIT, params={"fields": "id,permalink_url"}, data=data)
        if isinstance(answer, Failure):
            return answer
        if not isinstance(answer.get("id"), str) or not answer["id"]:
            return Failure(FailureClass.AMBIGUOUS, "lost_answer", sentence("lost_answer"))
        return Published(answer["id"], str(answer.get("permalink_url", "")))

    def check(self, *, target: Target, handle: JSON, remote_id: str) -> Look | Wait | Failure:
        """Whether a post whose id is known is there; what became of a video that was finished."""
        if not remote_id and handle.get("video_id"):
            return videos.look(target, str(handle["video_id"]))
        answer = graph(target, "GET", remote_id, phase=Phase.READ, params={"fields": "id,permalink_url"})
        if isinstance(answer, Failure):
            return Look(Sight.NOT_FOUND) if answer.kind == FailureClass.GONE else answer
        return Look(Sight.FOUND, str(answer.get("id", "")), str(answer.get("permalink_url", "")))

    def lookup(self, *, target: Target, payload: Payload, since: datetime, handle: JSON) -> Look | Wait | Failure:
        """Ask for the video by its id; else look for the marker among the Page's posts since two minutes before the commit, then for the same text."""
        if handle.get("video_id"):
            return videos.look(target, str(handle["video_id"]))
        params: JSON = {"fields": POST_FIELDS, "since": int((since - LOOK_BACK).timestamp()), "limit": 25}
        twin: Look | None = None
        for _page in range(MOST_PAGES):
            answer = graph(target, "GET", f"{target.remote_id}/published_posts", phase=Phase.READ, params=params)
            if isinstance(answer, Failure):
                return answer
            posts = answer.get("data") or []
            for post in posts:
                if payload.marker in markers_of(post):
                    return _found(post)
                if not markers_of(post) and normal(post.get("message", "")) == normal(payload.body["message"]):
                    twin = twin or _found(post)
            after = ((answer.get("paging") or {}).get("cursors") or {}).get("after")
            if not after or not (answer.get("paging") or {}).get("next"):
                return twin or Look(Sight.NOT_FOUND)
            params = {**params, "after": after}
        return twin or Look(Sight.CANNOT)

    def listed(self, *, target: Target, since: datetime) -> tuple[Listed, ...] | Failure:
        """The Page's posts with their marks."""
        params: JSON = {"fields": POST_FIELDS, "since": int(since.timestamp()), "limit": 100}
        answer = graph(target, "GET", f"{target.remote_id}/published_posts", phase=Phase.READ, params=params)
        if isinstance(answer, Failure):
            return answer
        return tuple(
            Listed(str(post.get("id", "")), str(post.get("permalink_url") or ""), str(post.get("message") or "")[:200], tuple(sorted(markers_of(post)))) for post in answer.get("data") or []
        )

    def update(self, *, target: Target, remote_id: str, payload: Payload) -> Done | Failure:
        """Edit the text; link and pictures of a post stay as they are. Its card is read anew by a call of its own (`refresh_preview`)."""
        film = videos.shown_by(target, remote_id) if payload.body.get("video") else ""
        if film:
            words: JSON = {"description": payload.body["message"], "name": payload.body["title"]}
            return _done(graph(target, "POST", quote(film), phase=Phase.STAGE, data=words))
        return _done(graph(target, "POST", quote(remote_id, safe="_"), phase=Phase.STAGE, data={"message": payload.body["message"]}))

    def delete(self, *, target: Target, remote_id: str) -> Done | Failure:
        """Take the post away, and the video that it shows; what is not there is done."""
        film = videos.shown_by(target, remote_id)
        outcome = _done(graph(target, "DELETE", quote(remote_id, safe="_"), phase=Phase.STAGE))
        if isinstance(outcome, Failure) or not film or film == remote_id:
            return outcome
        also = _done(graph(target, "DELETE", quote(film), phase=Phase.STAGE))
        return also if isinstance(also, Failure) else outcome

    def metrics(self, *, target: Target, remote_ids: tuple[str, ...]) -> dict[str, Counts] | Failure:
        """Views, reactions, comments and shares of each post; a post that is gone is left out."""
        return reach.metrics(target, remote_ids)

    def comment(self, *, target: Target, remote_id: str, text: str) -> Published | Failure:
        """A comment of the Page's own under its post."""
        return comments.comment(target, remote_id, text)

    def find_comment(self, *, target: Target, remote_id: str, text: str) -> Look | Failure:
        """Whether the Page has said these words under its post."""
        return comments.find(target, remote_id, text)

    def refresh_preview(self, *, target: Target, link: str) -> Done | Failure:
        """Facebook reads the story's page anew, for every card that shows it."""
        return comments.refresh_preview(target, link)

    def health(self, *, target: Target) -> Health | Failure:
        """Prove the Page token: it must answer as the Page itself (channels.md 1.1, the trap of the user token)."""
        me = graph(target, "GET", "me", phase=Phase.READ, params={"fields": "id,name"})
        if isinstance(me, Failure):
            return me
        if str(me.get("id")) != target.remote_id:
            return Failure(FailureClass.AUTH_DEAD, "wrong_page", sentence("wrong_page"))
        return self._inspect(target, name=str(me.get("name", "")))

    def refresh(self, *, target: Target) -> Credential | Failure:
        """Facebook knows no refresh: a person connects the Page again."""
        return Failure(FailureClass.AUTH_DEAD, "token_dead", sentence("token_dead"))

    def _inspect(self, target: Target, *, name: str) -> Health | Failure:
        credential = target.credential
        app = Target(target.remote_id, target.address, type(credential)(f"{credential.app_id}|{credential.app_secret}"), target.settings)
        answer = graph(app, "GET", "debug_token", phase=Phase.READ, params={"input_token": credential.token})
        if isinstance(answer, Failure):
            return answer
        data: Any = answer.get("data") or {}
        if data.get("is_valid") is False:
            return Failure(FailureClass.AUTH_DEAD, "token_dead", sentence("token_dead"))
        scopes = tuple(str(scope) for scope in data.get("scopes") or ())
        if missing := [scope for scope in SCOPES if scope not in scopes]:
            return Failure(FailureClass.AUTH_DEAD, "missing_permission", sentence("missing_permission"), platform_message=", ".join(missing))
        return Health(name, target.remote_id, scopes, _moment(data.get("expires_at")), ends_at=_moment(data.get("data_access_expires_at")))


def _moment(told: Any) -> datetime | None:
    """A moment in unix seconds; 0: never."""
    seconds = int(told or 0)
    return datetime.fromtimestamp(seconds, tz=UTC) if seconds else None


def _found(post: JSON) -> Look:
    return Look(Sight.FOUND, str(post.get("id", "")), str(post.get("permalink_url", "")))


def _done(answer: JSON | Failure) -> Done | Failure:
    if isinstance(answer, Failure):
        return Done(gone=True) if answer.kind == FailureClass.GONE else answer
    return Done()
