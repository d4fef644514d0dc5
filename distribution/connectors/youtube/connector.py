"""YouTube: the video goes up private, with its thumbnail and captions, while nobody sees it; making it public is the one call that readers see.

That call may be repeated without harm (it sets a state), so a lost answer is settled by reading the state back. A second video cannot come
of it: the upload's session is in the handle, and where a session was lost the channel's uploads are searched for the marker first.
"""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Any

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
from distribution.connectors.messages import sentence
from distribution.connectors.youtube import config, extras, oauth, texts, uploads
from distribution.connectors.youtube.api import google, items, part
from distribution.connectors.youtube.options import OPTIONS

MARKER = re.compile(r"utm_id=([0-9A-Za-z]+)")
MOST_PAGES = 4
STATISTICS = {"views": "viewCount", "reactions": "likeCount", "comments": "commentCount"}


class YouTube:
    """The Data API v3 of one channel."""

    kind = "youtube"
    label = "YouTube"
    options = OPTIONS

    def capabilities(self, settings: JSON) -> Capabilities:
        """What a channel can do. The state after a commit can be read at once: it settles quickly."""
        return Capabilities(
            kinds=("video",), text_limit=config.DESCRIPTION_LIMIT, picture_limit=1, can_edit=True, can_delete=True, can_lookup=True, link_editable=True,
            settle_seconds=float(settings.get("settle_seconds", 20)), minimum_gap=float(settings.get("minimum_gap", 0)), needs_video=True, text_unit="bytes",
            metrics=tuple(STATISTICS),
        )  # fmt: skip

    def compose(self, *, snapshot: Snapshot, marker: str, settings: JSON) -> Payload:
        """Title, description with the marked link, the video by its key."""
        return texts.compose(snapshot=snapshot, marker=marker, settings=settings)

    def validate(self, *, payload: Payload, settings: JSON) -> list[Problem]:
        """Lengths, signs that the platform refuses, and whether there is a video."""
        return texts.validate(payload=payload, settings=settings)

    def preview(self, *, payload: Payload) -> JSON:
        """What readers there will see."""
        return texts.preview(payload)

    def stage(self, *, target: Target, payload: Payload, handle: JSON, media: Media) -> Staged | Wait | Failure:
        """One step of: open the upload, send the bytes, thumbnail, captions, playlist, wait for the platform's processing."""
        if not payload.body.get("video"):
            return Failure(FailureClass.CONTENT, "no_video", sentence("no_video"))
        if not handle.get("video_id"):
            return self._upload(target, payload, handle, media)
        outcome = extras.step(target, payload, handle, media)
        return outcome if outcome is not None else self._processed(target, handle)

    def _upload(self, target: Target, payload: Payload, handle: JSON, media: Media) -> Wait | Failure:
        if not handle.get("session"):
            return self._open(target, payload, handle)
        try:
            file = media.file(payload.body["video"]["key"])
            if file.size != payload.body["video"]["size"]:
                return Failure(FailureClass.CONTENT, "video_changed", sentence("video_changed"))
            return uploads.step(target, payload, handle, file)
        except LookupError:
            return Failure(FailureClass.CONTENT, "no_video", sentence("no_video"))

    def _open(self, target: Target, payload: Payload, handle: JSON) -> Wait | Failure:
        opened = int(handle.get("opened", 0))
        if opened:  # an earlier session is lost; its last byte may have arrived
            found = self._by_marker(target, payload.marker)
            if isinstance(found, Failure):
                return found
            if found:
                return Wait(0.0, {"video_id": found, "uploaded_at": time.time()})
        session = uploads.open_session(target, payload)
        return session if isinstance(session, Failure) else Wait(0.0, {"session": session, "sent": 0, "opened": opened + 1})

    def _processed(self, target: Target, handle: JSON) -> Staged | Wait | Failure:
        """Whether the platform could use the file. "uploaded" may be published, so its processing is not waited for without end."""
        resource = self._resource(target, handle["video_id"], "status,processingDetails")
        if isinstance(resource, Failure):
            return resource
        status = part(resource, "status")
        state = status.get("uploadStatus")
        if not resource or state in ("failed", "rejected", "deleted"):
            reason = str(status.get("failureReason") or status.get("rejectionReason") or state or "")
            return Failure(FailureClass.CONTENT, "video_rejected", sentence("video_rejected"), platform_message=reason)
        waited = time.time() - float(handle.get("uploaded_at") or 0)
        if state == "uploaded" and waited < float(target.settings.get("processing_patience", config.PROCESSING_PATIENCE)):
            return Wait(min(30.0, max(2.0, waited / 4)))
        return Staged({"upload_status": str(state)})

    def commit(self, *, target: Target, payload: Payload, handle: JSON) -> Published | Wait | Failure:
        """Make the video public, then read the state back: an application that Google has not audited is answered yes and the video stays private."""
        video_id = str(handle.get("video_id") or "")
        body: JSON = {"id": video_id, "status": texts.status_of(payload, shown=True)}
        answer = google(target, "PUT", "youtube/v3/videos", cost="videos.update", phase=Phase.COMMIT, params={"part": "status"}, body=body)
        if isinstance(answer, Failure):
            return answer
        read_back = self._resource(target, video_id, "status")
        status = part(answer if isinstance(read_back, Failure) else read_back, "status")
        if texts.is_shown(payload.body, status):
            return Published(video_id, address_of(target, video_id))
        return Failure(FailureClass.CONTENT, "kept_private", sentence("kept_private"), platform_message=f"privacyStatus: {status.get('privacyStatus', '?')}")

    def check(self, *, target: Target, handle: JSON, remote_id: str) -> Look | Wait | Failure:
        """Whether the video is there."""
        video_id = remote_id or str(handle.get("video_id") or "")
        resource = self._resource(target, video_id, "status")
        if isinstance(resource, Failure):
            return resource
        return Look(Sight.FOUND, video_id, address_of(target, video_id)) if resource else Look(Sight.NOT_FOUND)

    def lookup(self, *, target: Target, payload: Payload, since: datetime, handle: JSON) -> Look | Failure:
        """Whether readers see the video: by its id, else by the marker among the channel's uploads. One that is still private is not there."""
        found = str(handle.get("video_id") or "") or self._by_marker(target, payload.marker)
        if isinstance(found, Failure):
            return found
        resource = self._resource(target, found, "status") if found else {}
        if isinstance(resource, Failure):
            return resource
        if resource and texts.is_shown(payload.body, part(resource, "status")):
            return Look(Sight.FOUND, found, address_of(target, found))
        return Look(Sight.NOT_FOUND)

    def listed(self, *, target: Target, since: datetime) -> tuple[Listed, ...] | Failure:
        """The channel's newest uploads with their marks; those that nobody may see too."""
        params = self._uploads_of(target)
        answer = params if isinstance(params, Failure) else google(target, "GET", "youtube/v3/playlistItems", cost="playlistItems.list", phase=Phase.READ, params=params)
        if isinstance(answer, Failure):
            return answer
        found = []
        for row in items(answer):
            video, snippet = str(part(row, "contentDetails").get("videoId") or ""), part(row, "snippet")
            markers = tuple(sorted(set(MARKER.findall(str(snippet.get("description") or "")))))
            found.append(Listed(video, address_of(target, video), str(snippet.get("title") or "")[:200], markers))
        return tuple(found)

    def _uploads_of(self, target: Target) -> JSON | Failure:
        """The question for the first page of the channel's uploads."""
        channels = google(target, "GET", "youtube/v3/channels", cost="channels.list", phase=Phase.READ, params={"part": "contentDetails", "mine": "true"})
        if isinstance(channels, Failure):
            return channels
        rows: list[Any] = [part(part(row, "contentDetails"), "relatedPlaylists").get("uploads") for row in items(channels)]
        if not rows or not rows[0]:
            return Failure(FailureClass.AUTH_DEAD, "no_channel", sentence("no_channel"))
        return {"part": "snippet,contentDetails", "playlistId": rows[0], "maxResults": 50}

    def _by_marker(self, target: Target, marker: str) -> str | Failure:
        """Id of the upload whose description holds the marker, or an empty text. Never `search.list`: it lags and has a hundred calls a day."""
        params = self._uploads_of(target)
        if isinstance(params, Failure):
            return params
        for _page in range(MOST_PAGES):
            answer = google(target, "GET", "youtube/v3/playlistItems", cost="playlistItems.list", phase=Phase.READ, params=params)
            if isinstance(answer, Failure):
                return answer
            for row in items(answer):
                if marker in MARKER.findall(str(part(row, "snippet").get("description") or "")):
                    return str(part(row, "contentDetails").get("videoId") or "")
            if not answer.get("nextPageToken"):
                break
            params = {**params, "pageToken": answer["nextPageToken"]}
        return ""

    def _resource(self, target: Target, video_id: str, parts: str) -> JSON | Failure:
        """One video; empty where it is not there."""
        answer = google(target, "GET", "youtube/v3/videos", cost="videos.list", phase=Phase.READ, params={"part": parts, "id": video_id})
        return answer if isinstance(answer, Failure) else next(iter(items(answer)), {})

    def update(self, *, target: Target, remote_id: str, payload: Payload) -> Done | Failure:
        """New words. What the part holds beside them is read first and kept; the video itself cannot be exchanged."""
        resource = self._resource(target, remote_id, "snippet")
        if isinstance(resource, Failure):
            return resource
        if not resource:
            return Done(gone=True)
        kept, words = part(resource, "snippet"), texts.snippet_of(payload)
        snippet = {name: kept[name] for name in ("categoryId", "defaultLanguage", "defaultAudioLanguage", "tags") if kept.get(name)}
        snippet |= {"title": words["title"], "description": words["description"]} | ({"tags": words["tags"]} if words["tags"] else {})
        snippet.setdefault("categoryId", words["categoryId"])
        body: JSON = {"id": remote_id, "snippet": snippet}
        answer = google(target, "PUT", "youtube/v3/videos", cost="videos.update", phase=Phase.STAGE, params={"part": "snippet"}, body=body)
        return _done(answer)

    def delete(self, *, target: Target, remote_id: str) -> Done | Failure:
        """Take the video away; one that is not there is done."""
        return _done(google(target, "DELETE", "youtube/v3/videos", cost="videos.delete", phase=Phase.STAGE, params={"id": remote_id}))

    def metrics(self, *, target: Target, remote_ids: tuple[str, ...]) -> dict[str, Counts] | Failure:
        """Views, likes, comments of up to 50 videos a call. None: the platform does not tell; a video that is gone is left out."""
        found: dict[str, Counts] = {}
        for start in range(0, len(remote_ids), 50):
            params = {"part": "statistics", "id": ",".join(remote_ids[start : start + 50]), "maxResults": 50}
            answer = google(target, "GET", "youtube/v3/videos", cost="videos.list", phase=Phase.READ, params=params)
            if isinstance(answer, Failure):
                return answer
            for row in items(answer):
                numbers = part(row, "statistics")
                found[str(row.get("id"))] = Counts(**{name: _number(numbers.get(field)) for name, field in STATISTICS.items()})
        return found

    def health(self, *, target: Target) -> Health | Failure:
        """The token must answer as this very channel."""
        answer = google(target, "GET", "youtube/v3/channels", cost="channels.list", phase=Phase.READ, params={"part": "snippet,status", "mine": "true"})
        if isinstance(answer, Failure):
            return answer
        row = next(iter(items(answer)), None)
        if row is None:
            return Failure(FailureClass.AUTH_DEAD, "no_channel", sentence("no_channel"))
        if str(row.get("id")) != target.remote_id:
            return Failure(FailureClass.AUTH_DEAD, "wrong_channel", sentence("wrong_channel"))
        return Health(str(part(row, "snippet").get("title") or ""), target.remote_id, config.SCOPES, target.credential.expires_at)

    def refresh(self, *, target: Target) -> Credential | Failure:
        """A new token for an hour; the upload under way goes on with it."""
        return oauth.refresh(target)


def address_of(target: Target, video_id: str) -> str:
    """Where readers watch it."""
    base = "https://www.youtube.com" if target.address.rstrip("/") == config.ADDRESS or target.settings.get("addresses") else target.address.rstrip("/")
    return f"{base}/watch?v={video_id}"


def _done(answer: JSON | Failure) -> Done | Failure:
    if isinstance(answer, Failure):
        return Done(gone=True) if answer.kind == FailureClass.GONE else answer
    return Done()


def _number(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else None
