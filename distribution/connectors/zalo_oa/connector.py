"""Zalo Official Account: an article is created hidden, asked after until Zalo has made it, then shown by one call that may be repeated.

Nothing is ever created twice for readers: what lies hidden nobody sees, its id is kept before it is shown, and a create whose answer was lost is looked for
by the marker in its links first. A message to followers has no such second look: one call, and a person is asked.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

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
from distribution.connectors.zalo_oa import config, oauth, texts, uploads
from distribution.connectors.zalo_oa.api import address_of, article, holds, is_shown, job, listed, ours, slices, video_in, zalo
from distribution.connectors.zalo_oa.options import OPTIONS

F = FailureClass
VIETNAM = timezone(timedelta(hours=7))


class ZaloOA:
    """The articles of one Official Account."""

    kind = "zalo_oa"
    label = "Zalo OA"
    options = OPTIONS

    def capabilities(self, settings: JSON) -> Capabilities:
        """What an account can do. Edits overwrite the whole article; likes and comments Zalo does not tell."""
        return Capabilities(
            kinds=("article",), text_limit=config.DESCRIPTION_LIMIT, picture_limit=20, can_edit=True, can_delete=True, can_lookup=True, link_editable=True,
            settle_seconds=float(settings.get("settle_seconds", 60)), minimum_gap=float(settings.get("minimum_gap", 0)), metrics=("views", "shares"), can_broadcast=True,
            can_carry_video=True,
        )  # fmt: skip

    def compose(self, *, snapshot: Snapshot, marker: str, settings: JSON) -> Payload:
        """The whole story as an article."""
        return texts.compose(snapshot=snapshot, marker=marker, settings=settings)

    def validate(self, *, payload: Payload, settings: JSON) -> list[Problem]:
        """Lengths in characters, and a cover: Zalo takes no article without one."""
        return texts.validate(payload=payload, settings=settings)

    def preview(self, *, payload: Payload) -> JSON:
        """What readers there will see."""
        return texts.preview(payload)

    def stage(self, *, target: Target, payload: Payload, handle: JSON, media: Media) -> Staged | Wait | Failure:
        """One step of: send the video, create hidden, ask after the job, know the article's id."""
        if handle.get("id"):
            return Staged({"id": handle["id"]})
        if handle.get("token"):
            return _made(target, handle)
        found = ours(target, payload)  # a worker before this one may have died between the call and the row
        if isinstance(found, Failure):
            return found
        if found:
            return Wait(0.0, {"id": found, "lost_at": 0.0})
        lost_at = float(handle.get("lost_at") or 0)
        if lost_at and time.time() - lost_at < float(target.settings.get("lost_settle", config.LOST_SETTLE)):
            return Wait(config.LOST_PAUSE)
        if payload.body["video"] and not handle.get("video_id"):
            return uploads.step(target, payload, handle, media)
        return _create(target, payload, handle)

    def commit(self, *, target: Target, payload: Payload, handle: JSON) -> Published | Wait | Failure:
        """Show the article: the whole of it again, with status "show". Repeated, it changes nothing."""
        body = texts.request(payload, status="show", article_id=str(handle.get("id") or ""), video_id=str(handle.get("video_id") or ""))
        data = zalo(target, "POST", "article/update", phase=Phase.COMMIT, body=body)
        if isinstance(data, Failure):
            return data
        return Wait(config.PAUSES[0][1], {"show_token": str(data.get("token") or ""), "shown_at": time.time()})

    def check(self, *, target: Target, handle: JSON, remote_id: str) -> Look | Wait | Failure:
        """Whether the article is shown by now. What Zalo says of the job counts only where the article itself does not show it."""
        article_id, token = str(remote_id or handle.get("id") or ""), str(handle.get("show_token") or "")
        if not article_id:
            return Look(Sight.CANNOT)
        outcome = job(target, token) if token and not remote_id else article_id
        if isinstance(outcome, Failure) and outcome.kind == F.PROCESSING:
            return Wait(config.pause(float(handle.get("shown_at") or 0)))
        if isinstance(outcome, Failure) and outcome.kind != F.CONTENT:
            return outcome
        seen = _seen(target, article_id)
        return outcome if isinstance(outcome, Failure) and isinstance(seen, Look) and seen.sight == Sight.NOT_FOUND else seen

    def lookup(self, *, target: Target, payload: Payload, since: datetime, handle: JSON) -> Look | Wait | Failure:
        """Whether the article whose id is kept is shown. Hidden means that the call never arrived."""
        found = str(handle.get("id") or "") or ours(target, payload)
        if isinstance(found, Failure):
            return found
        return _seen(target, found) if found else Look(Sight.NOT_FOUND)

    def update(self, *, target: Target, remote_id: str, payload: Payload) -> Done | Failure:
        """Overwrite the article, unless it says so already. One that somebody hid in Zalo's console stays hidden."""
        now = article(target, remote_id)
        if isinstance(now, Failure):
            return now
        if now is None:
            return Done(gone=True)
        if holds(now, payload.body["print"]):
            return Done()
        body = texts.request(payload, status="show" if is_shown(now) else "hide", article_id=remote_id, video_id=video_in(now))
        data = zalo(target, "POST", "article/update", phase=Phase.STAGE, body=body)
        if isinstance(data, Failure):
            return data
        return _changed(target, str(data.get("token") or ""))

    def delete(self, *, target: Target, remote_id: str) -> Done | Failure:
        """Take the article away; one that is not there is done. Zalo has no number for that: the article itself is asked."""
        data = zalo(target, "POST", "article/remove", phase=Phase.STAGE, body={"id": remote_id})
        if isinstance(data, Failure) and data.kind == F.CONTENT:
            return Done(gone=True) if article(target, remote_id) is None else data
        return data if isinstance(data, Failure) else Done()

    def broadcast(self, *, target: Target, remote_id: str) -> Published | Failure:
        """One message with the article to every follower. Outside Zalo's hours nothing is sent."""
        first, last = target.settings.get("broadcast_hours", config.BROADCAST_HOURS)
        if not may_call_followers(datetime.now(tz=UTC), hours=(int(first), int(last))):
            return Failure(F.CONTENT, "broadcast_night", sentence("broadcast_night"))
        element = {"media_type": "article", "attachment_id": remote_id}
        message = {"attachment": {"type": "template", "payload": {"template_type": "media", "elements": [element]}}}
        body = {"recipient": {"target": target.settings.get("audience", config.EVERYBODY)}, "message": message}
        data = zalo(target, "POST", "oa/message", phase=Phase.COMMIT, body=body)
        if isinstance(data, Failure):
            return data
        sent = str(data.get("message_id") or "")
        return Published(sent) if sent else Failure(F.AMBIGUOUS, "unreadable", sentence("unreadable"))

    def health(self, *, target: Target) -> Health | Failure:
        """Whose key it is, and whether the account may use the interface for longer: it needs verifying and a paid package."""
        about = oauth.account(target)
        if isinstance(about, Failure):
            return about
        if str(about.get("oa_id") or target.remote_id) != target.remote_id:
            return Failure(F.AUTH_DEAD, "wrong_channel", sentence("wrong_channel"))
        return Health(str(about.get("name") or ""), target.remote_id, expires_at=target.credential.expires_at, warnings=warnings_of(about, today=datetime.now(tz=VIETNAM).date()))

    def refresh(self, *, target: Target) -> Credential | Failure:
        """A new pair of tokens."""
        return oauth.refresh(target)

    def metrics(self, *, target: Target, remote_ids: tuple[str, ...]) -> dict[str, Counts] | Failure:
        """Views and shares by article: from the list, and one by one for those that are older. A number that is missing is None."""
        found: dict[str, Counts] = {}
        for rows in slices(target, pages=config.METRIC_PAGES):
            if isinstance(rows, Failure):
                return rows
            found |= {str(row.get("id")): _counts(row) for row in rows if str(row.get("id")) in remote_ids}
            if len(found) == len(remote_ids):
                return found
        for remote_id in remote_ids:
            one = article(target, remote_id) if remote_id not in found else None
            if isinstance(one, Failure):
                return one
            if one is not None:
                found[remote_id] = _counts(one)
        return found

    def listed(self, *, target: Target, since: datetime) -> tuple[Listed, ...] | Failure:
        """What the account shows."""
        return listed(target, since=since)


def may_call_followers(moment: datetime, *, hours: tuple[int, int] = config.BROADCAST_HOURS) -> bool:
    """Whether Zalo sends to followers now: from six in the morning to ten in the evening of Vietnam."""
    return hours[0] <= moment.astimezone(VIETNAM).hour < hours[1]


def warnings_of(about: JSON, *, today: date) -> tuple[str, ...]:
    """What a person should see to before the interface stops."""
    found = ["oa_unverified"] if about.get("is_verified") in (False, "false", 0) else []
    text = str(about.get("package_valid_through_date") or "")
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            end = datetime.strptime(text[:10], form).date()  # noqa: DTZ007  (a day, not a moment)
        except ValueError:
            continue
        found += ["oa_package_ends"] if end - today <= timedelta(days=config.PACKAGE_DAYS) else []
    return tuple(sentence(code) for code in found)


def _create(target: Target, payload: Payload, handle: JSON) -> Wait | Failure:
    """Create the article where nobody sees it. A lost answer is no failure yet: what it made is looked for first, and a new one is made after the third."""
    data = zalo(target, "POST", "article/create", phase=Phase.COMMIT, body=texts.request(payload, status="hide", video_id=str(handle.get("video_id") or "")))
    lost = int(handle.get("lost") or 0)
    if isinstance(data, Failure) and data.kind == F.AMBIGUOUS and lost < config.MOST_LOST and data.code != "refused_there":
        return Wait(config.LOST_PAUSE, {"lost_at": time.time(), "lost": lost + 1})
    if isinstance(data, Failure):
        return replace(data, kind=F.CONTENT if data.code == "refused_there" else F.TRANSIENT_SAFE) if data.kind == F.AMBIGUOUS else data
    token = str(data.get("token") or "")
    if not token:
        return Wait(config.LOST_PAUSE, {"lost_at": time.time(), "lost": lost + 1}) if lost < config.MOST_LOST else Failure(F.TRANSIENT_SAFE, "unreadable", sentence("unreadable"))
    return Wait(0.0, {"token": token, "asked_at": time.time(), "lost_at": 0.0})


def _made(target: Target, handle: JSON) -> Wait | Failure:
    """Ask after the job of a create."""
    outcome = job(target, str(handle["token"]))
    if not isinstance(outcome, Failure):
        return Wait(0.0, {"id": outcome})
    if outcome.kind != F.PROCESSING:
        return outcome
    asked_at = float(handle.get("asked_at") or time.time())
    if time.time() - asked_at > float(target.settings.get("stuck_seconds", config.STUCK_SECONDS)):
        return Failure(F.CONTENT, "article_stuck", sentence("article_stuck"), platform_message=outcome.platform_message)
    return Wait(config.pause(asked_at))


def _changed(target: Target, token: str) -> Done | Failure:
    """Ask after the job of an edit, a few times; what is not done then is seen at the next try, in the article itself."""
    outcome: str | Failure = Failure(F.PROCESSING, "article_busy", sentence("article_busy"))
    for look in range(config.VERIFY_LOOKS):
        if look:
            time.sleep(float(target.settings.get("verify_pause", config.VERIFY_PAUSE)))
        outcome = job(target, token)
        if not (isinstance(outcome, Failure) and outcome.kind == F.PROCESSING):
            break
    return outcome if isinstance(outcome, Failure) else Done()


def _seen(target: Target, article_id: str) -> Look | Failure:
    found = article(target, article_id)
    if isinstance(found, Failure):
        return found
    return Look(Sight.FOUND, article_id, address_of(found)) if found is not None and is_shown(found) else Look(Sight.NOT_FOUND)


def _counts(row: JSON) -> Counts:
    return Counts(views=_count(row, "total_view", "view"), shares=_count(row, "total_share", "share"))


def _count(row: JSON, *names: str) -> int | None:
    for value in (row.get(name) for name in names):
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
            return int(value)
    return None
