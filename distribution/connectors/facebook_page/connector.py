"""Facebook Page: text, link and photo posts; one POST, then lookup by the marker in the link (channels.md 14)."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

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
from distribution.connectors.facebook_page.config import MODES, PICTURE_BYTES, PICTURE_LIMIT, SCOPES, TEXT_LIMIT
from distribution.connectors.facebook_page.graph import graph
from distribution.connectors.listings import Listed
from distribution.connectors.messages import sentence
from distribution.connectors.texts import with_hashtags

URL = re.compile(r"https?://\S+")
POST_FIELDS = "id,message,created_time,permalink_url,attachments{unshimmed_url}"
COUNT_FIELDS = "shares,comments.limit(0).summary(true),reactions.limit(0).summary(true)"
LOOK_BACK = timedelta(minutes=2)
MOST_PAGES = 8


class FacebookPage:
    """Graph API. A post has no handle before its commit, so a lost answer is settled by looking for the marker."""

    kind = "facebook_page"
    label = "Facebook"

    def capabilities(self, settings: JSON) -> Capabilities:
        """What a Page can do; the pause between posts and the settling time come from the account's settings."""
        return Capabilities(
            kinds=MODES, text_limit=TEXT_LIMIT, picture_limit=PICTURE_LIMIT, can_edit=True, can_delete=True, can_lookup=True,
            settle_seconds=float(settings.get("settle_seconds", 45)), minimum_gap=float(settings.get("minimum_gap", 180)),
            metrics=("reactions", "comments", "shares"),
        )  # fmt: skip

    def compose(self, *, snapshot: Snapshot, marker: str, settings: JSON) -> Payload:
        """The post of a story: its channel text (the lead where there is none), the marked link, pictures where the mode wants them."""
        mode = settings.get("mode", "link") if settings.get("mode", "link") in MODES else "link"
        link = marked(snapshot.link, marker)
        text = with_hashtags(snapshot)
        pictures = [{"key": picture.key, "alt": picture.alt} for picture in snapshot.pictures[:PICTURE_LIMIT]] if mode == "photos" else []
        if mode == "photos" and not pictures:
            mode = "link"
        message = text if mode == "link" else f"{text}\n\n{link}".strip()
        body: JSON = {"message": message, "link": link if mode == "link" else "", "pictures": pictures}
        body["card"] = {"title": snapshot.social_headline or snapshot.headline, "host": urlsplit(snapshot.link).netloc}
        return Payload(kind=mode, marker=marker, body=body)

    def validate(self, *, payload: Payload, settings: JSON) -> list[Problem]:
        """Length and emptiness; pictures beyond the limit were left out while composing."""
        count = len(payload.body.get("message", ""))
        if count > TEXT_LIMIT:
            return [Problem("text", "text_too_long", sentence("text_too_long"), True, {"count": count, "limit": TEXT_LIMIT})]
        if not payload.body.get("message", "").strip():
            return [Problem("text", "text_empty", sentence("text_empty"), True)]
        return []

    def preview(self, *, payload: Payload) -> JSON:
        """What readers there will see."""
        card = payload.body.get("card", {}) if payload.body.get("link") else {}
        return {"text": payload.body["message"], "card": card, "pictures": [picture["key"] for picture in payload.body["pictures"]]}

    def stage(self, *, target: Target, payload: Payload, handle: JSON, media: Media) -> Staged | Wait | Failure:
        """Upload the pictures unpublished, one after the other; what is up already is in the handle."""
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
        """The one POST that readers see."""
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
        """Whether a post whose id is known is there."""
        answer = graph(target, "GET", remote_id, phase=Phase.READ, params={"fields": "id,permalink_url"})
        if isinstance(answer, Failure):
            return Look(Sight.NOT_FOUND) if answer.kind == FailureClass.GONE else answer
        return Look(Sight.FOUND, str(answer.get("id", "")), str(answer.get("permalink_url", "")))

    def lookup(self, *, target: Target, payload: Payload, since: datetime, handle: JSON) -> Look | Failure:
        """Look for the marker among the Page's posts since two minutes before the commit, then for the same text."""
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
        """Edit the text; link and pictures of a post stay as they are. The link card is asked to be read anew."""
        answer = graph(target, "POST", remote_id, phase=Phase.STAGE, data={"message": payload.body["message"]})
        if isinstance(answer, Failure):
            return Done(gone=True) if answer.kind == FailureClass.GONE else answer
        if payload.body["link"]:
            graph(target, "POST", "", phase=Phase.STAGE, params={"id": payload.body["link"], "scrape": "true"})
        return Done()

    def delete(self, *, target: Target, remote_id: str) -> Done | Failure:
        """Take the post away; one that is not there is done."""
        answer = graph(target, "DELETE", quote(remote_id, safe="_"), phase=Phase.STAGE)
        if isinstance(answer, Failure):
            return Done(gone=True) if answer.kind == FailureClass.GONE else answer
        return Done()

    def metrics(self, *, target: Target, remote_ids: tuple[str, ...]) -> dict[str, Counts] | Failure:
        """Reactions, comments and shares of each post; a post that is gone is left out. Views need a right that connecting does not ask for: None."""
        found: dict[str, Counts] = {}
        for remote_id in remote_ids:
            answer = graph(target, "GET", quote(remote_id, safe="_"), phase=Phase.READ, params={"fields": COUNT_FIELDS})
            if isinstance(answer, Failure):
                if answer.kind == FailureClass.GONE:
                    continue
                return answer
            found[remote_id] = Counts(reactions=_total(answer, "reactions"), comments=_total(answer, "comments"), shares=_shares(answer))
        return found

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
        expires = int(data.get("expires_at") or 0)
        return Health(name, target.remote_id, scopes, datetime.fromtimestamp(expires, tz=UTC) if expires else None)


def marked(link: str, marker: str) -> str:
    """The story's address with the marker of this delivery: it survives link shims and finds the post again."""
    return f"{link}{'&' if '?' in link else '?'}{urlencode({'utm_source': 'facebook', 'utm_medium': 'social', 'utm_id': marker})}"


def markers_of(post: Any) -> set[str]:
    """Every utm_id in a post's text and link cards. Takes whatever the platform sends."""
    texts = [str(post.get("message") or "")] if isinstance(post, dict) else []
    attachments = post.get("attachments") if isinstance(post, dict) else None
    rows = attachments.get("data") if isinstance(attachments, dict) else None
    texts += [str(row.get("unshimmed_url") or "") for row in rows or [] if isinstance(row, dict)]
    found: set[str] = set()
    for text in texts:
        for address in URL.findall(text):
            try:
                found |= set(parse_qs(urlsplit(address).query).get("utm_id", []))
            except ValueError:
                continue
    return found


def normal(text: str) -> str:
    """Text for comparing: NFC, one space between words, addresses left out."""
    return " ".join(URL.sub("", unicodedata.normalize("NFC", str(text or ""))).split())


def _total(answer: JSON, edge: str) -> int | None:
    """The total of an edge's summary; None where the platform does not tell it."""
    rows = answer.get(edge)
    summary = rows.get("summary") if isinstance(rows, dict) else None
    total = summary.get("total_count") if isinstance(summary, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) else None


def _shares(answer: JSON) -> int | None:
    """Facebook leaves the field out while nobody has shared, and where it does not tell: both are None."""
    shares = answer.get("shares")
    count = shares.get("count") if isinstance(shares, dict) else None
    return count if isinstance(count, int) and not isinstance(count, bool) else None


def _found(post: JSON) -> Look:
    return Look(Sight.FOUND, str(post.get("id", "")), str(post.get("permalink_url", "")))
