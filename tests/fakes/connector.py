"""A platform without a network, for tests of the state machine: it keeps posts, and does what a script says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

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
    Payload,
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
from distribution.connectors.options import Option, gap
from distribution.connectors.registry import connectors
from distribution.connectors.texts import words_of

KIND = "scripted"
ABLE = ("can_edit", "can_delete", "can_lookup", "can_comment", "can_refresh_preview", "can_broadcast")


class WorkerDies(BaseException):
    """The worker's process is gone: nothing after this runs."""


def failure(kind: FailureClass, *, code: str = "throttled", retry_after: float | None = None) -> Failure:
    return Failure(kind, code, sentence(code), retry_after=retry_after)


@dataclass
class Post:
    remote_id: str
    marker: str
    text: str


@dataclass
class ScriptedPlatform:
    """`script` holds what the next calls do, by name of the call: a Failure to answer, or a function to call instead."""

    kind: str = KIND
    label: str = "Scripted"
    options: tuple[Option, ...] = (gap(0),)
    posts: dict[str, Post] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    script: dict[str, list[Any]] = field(default_factory=dict)
    can_lookup: bool = True
    can_edit: bool = True
    can_delete: bool = True
    minimum_gap: float = 0.0
    text_limit: int = 1000
    made: int = 0
    before_commit: Callable[[Payload], None] = lambda payload: None
    tells: tuple[str, ...] = ()  # metrics that it knows
    numbers: dict[str, Counts] = field(default_factory=dict)  # by post; one that is missing tells nothing
    can_comment: bool = False
    can_refresh_preview: bool = False
    can_broadcast: bool = False
    drafts: dict[str, str] = field(default_factory=dict)  # markers of drafts that a person has in the app, by the draft's id
    comments: list[tuple[str, str]] = field(default_factory=list)  # (post, words)
    cards: list[str] = field(default_factory=list)
    sent_to_followers: list[str] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)  # accounts by marker
    reads_late: int = 0  # so many lookups do not see a fresh post yet

    def will(self, call: str, *steps: Any) -> None:
        self.script.setdefault(call, []).extend(steps)

    def _next(self, call: str, marker: str) -> Any:
        self.calls.append((call, marker))
        steps = self.script.get(call)
        return steps.pop(0) if steps else None

    def capabilities(self, settings: JSON) -> Capabilities:
        able = {name: bool(settings.get(name, getattr(self, name))) for name in ABLE}  # an account may be able to do less than the platform
        return Capabilities(
            kinds=("text",), text_limit=self.text_limit, picture_limit=4, settle_seconds=30.0, minimum_gap=float(settings.get("minimum_gap", self.minimum_gap)),
            metrics=self.tells, has_comments=able["can_comment"], **able,
        )  # fmt: skip

    def compose(self, *, snapshot: Snapshot, marker: str, settings: JSON) -> Payload:
        card = {"title": snapshot.social_headline, "host": urlsplit(snapshot.link).netloc}
        return Payload("text", marker, {"message": words_of(snapshot), "link": f"{snapshot.link}?utm_id={marker}", "pictures": [], "card": card})

    def validate(self, *, payload: Payload, settings: JSON) -> list[Problem]:
        count = len(payload.body["message"])
        return [Problem("text", "text_too_long", sentence("text_too_long"), True, {"count": count, "limit": self.text_limit})] if count > self.text_limit else []

    def preview(self, *, payload: Payload) -> JSON:
        return {"text": payload.body["message"], "card": payload.body["card"], "pictures": []}

    def stage(self, *, target: Target, payload: Payload, handle: JSON, media: Media) -> Staged | Wait | Failure:
        step = self._next("stage", payload.marker)
        return step() if callable(step) else step or Staged({"staged": True})

    def commit(self, *, target: Target, payload: Payload, handle: JSON) -> Published | Wait | Handed | Failure:
        self.before_commit(payload)
        self.owners[payload.marker] = target.remote_id
        if target.settings.get("drafts") and not self.script.get("commit"):
            self.calls.append(("commit", payload.marker))
            return self.keep_draft(payload)
        step = self._next("commit", payload.marker)
        return step(self, payload) if callable(step) else step or self.post(payload)

    def post(self, payload: Payload) -> Published:
        self.made += 1
        remote_id = f"p{self.made}"
        self.posts[remote_id] = Post(remote_id, payload.marker, payload.body["message"])
        return Published(remote_id, f"https://social.example/{remote_id}")

    def keep_draft(self, payload: Payload) -> Handed:
        """A draft in the app, which a person finishes there."""
        draft = f"d{len(self.drafts) + 1}"
        self.drafts[draft] = payload.marker
        return Handed("", {"draft": draft, "marker": payload.marker})

    def a_person_posts(self, draft: str, text: str = "") -> Published:
        """What a person does in the app."""
        marker = self.drafts.pop(draft)
        return self.post(Payload("text", marker, {"message": text}))

    def check(self, *, target: Target, handle: JSON, remote_id: str) -> Look | Wait | Handed | Failure:
        step = self._next("check", remote_id or handle.get("draft", ""))
        if step is not None:
            return step() if callable(step) else step
        if handle.get("draft") in self.drafts:
            return Wait(1.0)
        found = next((post for post in self.posts.values() if post.marker == handle.get("marker")), None)
        if found is not None:
            return Look(Sight.FOUND, found.remote_id, f"https://social.example/{found.remote_id}")
        return Look(Sight.FOUND, remote_id, f"https://social.example/{remote_id}") if remote_id in self.posts else Look(Sight.NOT_FOUND)

    def lookup(self, *, target: Target, payload: Payload, since: datetime, handle: JSON) -> Look | Handed | Failure:
        step = self._next("lookup", payload.marker)
        if step is not None:
            return step() if callable(step) else step
        if not self.can_lookup:
            return Look(Sight.CANNOT)
        if payload.marker in self.drafts.values():
            return Handed("", {"draft": next(key for key, marker in self.drafts.items() if marker == payload.marker), "marker": payload.marker})
        found = next((post for post in self.posts.values() if post.marker == payload.marker), None)
        return Look(Sight.FOUND, found.remote_id, f"https://social.example/{found.remote_id}") if found else Look(Sight.NOT_FOUND)

    def update(self, *, target: Target, remote_id: str, payload: Payload) -> Done | Failure:
        step = self._next("update", remote_id)
        if step is not None:
            return step() if callable(step) else step
        if remote_id not in self.posts:
            return Done(gone=True)
        self.posts[remote_id].text = payload.body["message"]
        return Done()

    def delete(self, *, target: Target, remote_id: str) -> Done | Failure:
        step = self._next("delete", remote_id)
        if step is not None:
            return step() if callable(step) else step
        return Done(gone=self.posts.pop(remote_id, None) is None)

    def comment(self, *, target: Target, remote_id: str, text: str) -> Published | Failure:
        step = self._next("comment", remote_id)
        return step(self, remote_id, text) if callable(step) else step or self.say(remote_id, text)

    def say(self, remote_id: str, text: str) -> Published:
        self.comments.append((remote_id, text))
        return Published(f"c{len(self.comments)}", f"https://social.example/{remote_id}/c{len(self.comments)}")

    def find_comment(self, *, target: Target, remote_id: str, text: str) -> Look | Failure:
        step = self._next("find_comment", remote_id)
        if step is not None:
            return step() if callable(step) else step
        return Look(Sight.FOUND, f"c{self.comments.index((remote_id, text)) + 1}") if (remote_id, text) in self.comments else Look(Sight.NOT_FOUND)

    def listed(self, *, target: Target, since: datetime) -> tuple[Listed, ...] | Failure:
        step = self._next("listed", target.remote_id)
        own = [post for post in self.posts.values() if self.owners.get(post.marker, target.remote_id) == target.remote_id]
        return step or tuple(Listed(post.remote_id, f"https://social.example/{post.remote_id}", post.text, (post.marker,)) for post in own)

    def refresh_preview(self, *, target: Target, link: str) -> Done | Failure:
        step = self._next("refresh_preview", link)
        if step is not None:
            return step() if callable(step) else step
        self.cards.append(link)
        return Done()

    def broadcast(self, *, target: Target, remote_id: str) -> Published | Failure:
        step = self._next("broadcast", remote_id)
        if step is not None:
            return step(self, remote_id) if callable(step) else step
        self.sent_to_followers.append(remote_id)
        return Published(remote_id)

    def health(self, *, target: Target) -> Health | Failure:
        return self._next("health", target.remote_id) or Health("Scripted", target.remote_id)

    def refresh(self, *, target: Target) -> Credential | Failure:
        step = self._next("refresh", target.remote_id)
        return step() if callable(step) else step or failure(FailureClass.AUTH_DEAD, code="token_dead")

    def metrics(self, *, target: Target, remote_ids: tuple[str, ...]) -> dict[str, Counts] | Failure:
        step = self._next("metrics", ",".join(remote_ids))
        if step is not None:
            return step() if callable(step) else step
        return {remote_id: self.numbers[remote_id] for remote_id in remote_ids if remote_id in self.numbers}


def hands_over(platform: ScriptedPlatform, payload: Payload) -> Handed:
    """The platform keeps a draft for a person."""
    return platform.keep_draft(payload)


def hands_over_and_loses_the_answer(platform: ScriptedPlatform, payload: Payload) -> Failure:
    platform.keep_draft(payload)
    return failure(FailureClass.AMBIGUOUS, code="lost_answer")


def loses_the_answer(platform: ScriptedPlatform, payload: Payload) -> Failure:
    """The post is made; we never hear of it."""
    platform.post(payload)
    return failure(FailureClass.AMBIGUOUS, code="lost_answer")


def never_arrives(platform: ScriptedPlatform, payload: Payload) -> Failure:
    """We cannot know that nothing was made."""
    return failure(FailureClass.AMBIGUOUS, code="lost_answer")


def dies_before_sending(platform: ScriptedPlatform, payload: Payload) -> Published:
    raise WorkerDies


def dies_after_sending(platform: ScriptedPlatform, payload: Payload) -> Published:
    platform.post(payload)
    raise WorkerDies


@contextmanager
def scripted_platform(**fields: Any) -> Iterator[ScriptedPlatform]:
    """The platform, registered for the time of a test."""
    platform = ScriptedPlatform(**fields)
    connectors.add(KIND, platform)
    settings.PLATFORM_APPS[KIND] = ("app", "secret")
    try:
        yield platform
    finally:
        connectors.remove(KIND)
        settings.PLATFORM_APPS.pop(KIND, None)
