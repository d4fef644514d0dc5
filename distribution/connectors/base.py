"""The contract between deliveries and connectors (knowledge/channels.md 16, 18).

A connector is pure Python: no Django, no models, no Celery. Network methods take a `Call` (address, token, deadline) and
return a result or a `Failure`; they never raise for what a platform answers. Payloads are plain JSON: composed once from
a snapshot of the approved words, hashed, stored, and sent as stored.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from dataclasses import field as dataclass_field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from distribution.connectors.material import Caption as Caption
from distribution.connectors.material import Media as Media
from distribution.connectors.material import MediaFile as MediaFile
from distribution.connectors.material import Part as Part
from distribution.connectors.material import Picture as Picture
from distribution.connectors.material import Video as Video

JSON = dict[str, Any]


class FailureClass(StrEnum):
    """What a failure means for the delivery and its account (channels.md 18)."""

    TRANSIENT_SAFE = "transient_safe"
    AMBIGUOUS = "ambiguous"
    RATE = "rate"
    QUOTA = "quota"
    AUTH_REFRESHABLE = "auth_refreshable"
    AUTH_DEAD = "auth_dead"
    CONTENT = "content"
    CONFIG = "config"
    HOLD = "hold"
    PROCESSING = "processing"
    GONE = "gone"
    BUG = "bug"


class Phase(StrEnum):
    """Where in a delivery a call happened: classification asks this first."""

    STAGE = "stage"
    COMMIT = "commit"
    READ = "read"


@dataclass(frozen=True)
class Failure:
    """A typed refusal. `message` is a message id of `distribution.connectors.messages` (English source, translated above);
    `platform_message` is what the platform said, in its words; `retry_after` in seconds when the platform told it."""

    kind: FailureClass
    code: str
    message: str
    platform_message: str = ""
    retry_after: float | None = None
    raw: str = ""  # first 4 kB of the answer, scrubbed of secrets


@dataclass(frozen=True)
class Credential:
    """An opened token. `expires_at` None: no time expiry. `refresh_token`: what a new token can be asked for with, where the platform gives one.
    `ends_at`: when the platform stops giving new ones for it, and only a person connects the account again; None: it tells no such end."""

    token: str
    app_id: str = ""
    app_secret: str = ""
    expires_at: datetime | None = None
    refresh_token: str = ""
    ends_at: datetime | None = None


class Meter(Protocol):
    """Counts what an application may use of a platform in a day. The connector names the bucket, its limit and the day."""

    def spend(self, *, bucket: str, day: str, units: int, limit: int) -> bool:
        """Take units out of the bucket; False, and nothing taken, where too little is left."""


@dataclass(frozen=True)
class Job:
    """What a call that changes the platform belongs to: the id of this very operation (post, edit, take-down: the same at every try), the version that it
    tells, the story's event behind it, and where files are read from: some platforms take them in that call only. `shows`: what the post that is edited
    shows now, None where that is not sure (an edit's answer was lost, a person edited it); of a take-down what was first
    posted. `wanted`: False in a lookup for a post whose story was withdrawn meanwhile."""

    id: str
    version: int = 1
    event: str = "published"
    media: Media | None = None
    shows: Payload | None = None
    wanted: bool = True


@dataclass(frozen=True)
class Target:
    """The account a call goes to: its id on the platform, the base address (rehearsal or real), settings of its kind. `job` while something is sent or looked up."""

    remote_id: str
    address: str
    credential: Credential
    settings: JSON = field(default_factory=dict)
    meter: Meter | None = None
    job: Job | None = None


@dataclass(frozen=True)
class Snapshot:
    """A story version as plain data, made by `distribution.renditions`. `channel_text` is the approved text of this channel."""

    story_id: int
    version: int
    headline: str
    social_headline: str
    lead: str
    link: str
    channel_text: str
    pictures: tuple[Picture, ...] = ()
    published_at: str = ""  # ISO 8601, aware
    video: Video | None = None
    tags: tuple[str, ...] = ()
    channel_title: str = ""  # of this channel alone; empty: the social headline
    privacy: str = ""  # wanted for this story alone; empty: as the account is set up
    hashtags: tuple[str, ...] = ()  # without "#", as the desk wrote them
    first_comment: str = ""  # a comment of our own under the post, where the channel has comments
    notice: str = ""  # what a correction tells readers, first in the text of an edited copy
    byline: str = ""
    section: str = ""
    story_key: str = ""  # the story's stable id for partners, the same for every version
    body_html: str = ""  # the approved body as plain, safe HTML, for channels that carry whole stories
    parts: tuple[Part, ...] = ()  # the same body piece by piece, for channels that carry whole stories in blocks
    media: str = ""  # wanted for this story alone: picture, pictures, video, none; `pictures` and `video` hold no more than that. Empty: as the account is set up
    signed_by: str = ""  # who signed these exact words, with every choice of this channel; empty in a preview
    signed_at: str = ""  # ISO 8601, aware
    link_place: str = ""  # wanted for this story alone: card, text, comment; offered where `Capabilities.link_places` has it. Empty: as the account is set up


@dataclass(frozen=True)
class Payload:
    """What is sent, exactly. `marker` is in the link as `utm_id` and finds the post again."""

    kind: str
    marker: str
    body: JSON

    @property
    def sha256(self) -> str:
        """Hash of the canonical JSON, hex."""
        text = json.dumps({"kind": self.kind, "marker": self.marker, "body": self.body}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Problem:
    """Something wrong with a payload, found without the network. A blocking one keeps the story from being approved."""

    field: str
    code: str
    message: str
    blocking: bool
    values: JSON = dataclass_field(default_factory=dict)


@dataclass(frozen=True)
class Capabilities:
    """What a channel can do; drives the editor and the state machine."""

    kinds: tuple[str, ...]
    text_limit: int
    picture_limit: int
    can_edit: bool
    can_delete: bool
    can_lookup: bool
    link_editable: bool = False
    settle_seconds: float = 60.0  # NOT_FOUND is believed only after this long and two looks
    minimum_gap: float = 0.0  # seconds between two posts of one account
    needs_video: bool = False  # has a title, tags and privacy of its own; a new story is not meant for it until somebody says so
    text_unit: str = "characters"  # or "bytes" of UTF-8, or "utf16": code units, or "weighted" as X counts
    metrics: tuple[str, ...] = ()  # of `Counts`: what the platform tells of a post; not empty: the connector is a `Measures`
    can_comment: bool = False  # the connector is a `Comments`
    can_refresh_preview: bool = False  # the connector is a `RefreshesPreview`
    finishes_in_app: bool = False  # a commit may end with a draft that a person finishes in the platform's app (`Handed`)
    can_broadcast: bool = False  # the connector is a `Broadcasts`
    has_comments: bool = False  # the editor offers a first comment
    link_places: tuple[str, ...] = ()  # of card, text, comment: where the editor may ask for the link; empty: the editor does not ask
    can_carry_video: bool = False  # may carry a video without needing one; with `needs_video` the editor offers the story's video


@dataclass(frozen=True)
class Staged:
    """Staging is complete: the handle (plain JSON, resumable) that commit needs."""

    handle: JSON


@dataclass(frozen=True)
class Wait:
    """Staged in part, or the platform works: ask again after `seconds`."""

    seconds: float
    handle: JSON = field(default_factory=dict)


@dataclass(frozen=True)
class Published:
    """It is there."""

    remote_id: str
    url: str = ""


@dataclass(frozen=True)
class Handed:
    """The platform holds a draft that a person finishes in its app: the delivery waits for them (`check` is asked meanwhile).

    An answer of `commit`, and of a `check` or `lookup` that finds such a draft. Asked about a draft that still lies there, `check` says `Handed`
    or `Wait`; `Look(FOUND)` once it is posted; a failure of class CONTENT or GONE once it is lost.
    """

    remote_id: str = ""
    handle: JSON = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """An update or a delete was carried out; `gone`: the post was not there any more."""

    gone: bool = False


class Sight(StrEnum):
    """What a look at the platform saw."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    CANNOT = "cannot"


@dataclass(frozen=True)
class Look:
    """Answer of a lookup or a check."""

    sight: Sight
    remote_id: str = ""
    url: str = ""


@dataclass(frozen=True)
class Health:
    """State of an account as the platform tells it."""

    name: str
    remote_id: str
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None
    warnings: tuple[str, ...] = ()
    settings: JSON = field(default_factory=dict)  # what the platform allows this account now: kept among the account's settings
    ends_at: datetime | None = None  # when a person's consent ends although the key lives on


@dataclass(frozen=True)
class Counts:
    """What a platform tells of one post; None where it tells nothing (any more), never 0 in its place."""

    views: int | None = None
    reactions: int | None = None
    comments: int | None = None
    shares: int | None = None


class Connector(Protocol):
    """One platform. Every method but the pure ones (capabilities, compose, validate, preview) speaks to the network."""

    kind: str
    label: str

    def capabilities(self, settings: JSON) -> Capabilities: ...

    def compose(self, *, snapshot: Snapshot, marker: str, settings: JSON) -> Payload: ...

    def validate(self, *, payload: Payload, settings: JSON) -> list[Problem]: ...

    def preview(self, *, payload: Payload) -> JSON:
        """What readers there will see, of a payload that is written or was sent: `text`, `card` (title, host) or None, `pictures` (keys), and what there is of
        `length`, `title`, `link` (that is not in the text), `film` (format, seconds, title), `tags`, `privacy`."""

    def stage(self, *, target: Target, payload: Payload, handle: JSON, media: Media) -> Staged | Wait | Failure: ...

    def commit(self, *, target: Target, payload: Payload, handle: JSON) -> Published | Wait | Handed | Failure: ...

    def check(self, *, target: Target, handle: JSON, remote_id: str) -> Look | Wait | Handed | Failure: ...

    def lookup(self, *, target: Target, payload: Payload, since: datetime, handle: JSON) -> Look | Handed | Wait | Failure: ...

    def update(self, *, target: Target, remote_id: str, payload: Payload) -> Done | Failure: ...

    def delete(self, *, target: Target, remote_id: str) -> Done | Failure: ...

    def health(self, *, target: Target) -> Health | Failure: ...

    def refresh(self, *, target: Target) -> Credential | Failure:
        """A new token for one that is no longer good; AUTH_DEAD where the platform knows no such thing or the person took it back."""


@runtime_checkable
class Measures(Protocol):
    """A connector that reads what became of posts."""

    def metrics(self, *, target: Target, remote_ids: tuple[str, ...]) -> dict[str, Counts] | Failure:
        """Counts by post; a post that is missing in the answer told nothing."""


@runtime_checkable
class Comments(Protocol):
    """A connector that can comment under a post of its own (first comment, a correction where the post cannot be edited)."""

    def comment(self, *, target: Target, remote_id: str, text: str) -> Published | Failure:
        """Exactly one comment; its lost answer is AMBIGUOUS."""

    def find_comment(self, *, target: Target, remote_id: str, text: str) -> Look | Failure:
        """Whether our comment with these words is there."""


@runtime_checkable
class KnowsAddresses(Protocol):
    """A connector that can tell from a post's address, without the network, whose post it is."""

    def post_at(self, *, url: str, account_id: str, settings: JSON) -> str | None:
        """The post's id on the platform; empty where the address does not tell it; None for what is no post of this account."""


@runtime_checkable
class RefreshesPreview(Protocol):
    """A connector whose platform keeps a card of our page and can be told to read it anew."""

    def refresh_preview(self, *, target: Target, link: str) -> Done | Failure:
        """May be repeated."""


@runtime_checkable
class Broadcasts(Protocol):
    """A connector that can send a post to every follower. Never repeated by itself: no platform lets it be looked up."""

    def broadcast(self, *, target: Target, remote_id: str) -> Published | Failure:
        """Exactly one call, confirmed by a person before."""
