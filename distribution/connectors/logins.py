"""The way in to a platform: what a kind of channel brings so that a person can connect an account of it.

State is made and checked by the caller, which binds it to the session. Nothing here is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable

from distribution.connectors.base import JSON, Failure


@dataclass(frozen=True)
class App:
    """Our application at the platform: its id, secret, the addresses of interface and dialog, origins allowed beside public ones."""

    app_id: str
    app_secret: str
    address: str
    dialog: str
    allowed_origins: tuple[str, ...] = ()
    extra_scopes: tuple[str, ...] = ()  # permissions that the platform granted this application beside the usual ones
    places: Mapping[str, str] = field(default_factory=dict)  # the real platform's other addresses: token, video; empty at a rehearsal, where all is at `address`
    fixed_verifier: str = ""  # of PKCE, where the platform's console made one for the application; empty: each log-in has its own


    @property
    def settings(self) -> JSON:
        """What calls of the log-in are told, as `Target.settings`."""
        return {"allowed_origins": self.allowed_origins, **({"addresses": dict(self.places)} if self.places else {})}


@dataclass(frozen=True)
class Choice:
    """A Page or channel that the person may connect, with its own token. `expires_at` in unix seconds, 0: not by time;
    `ends_at` in the same way when the platform stops renewing the token.

    `address`: the base address of its interface where that is its own (a server, a webhook); empty: the application's.
    `settings`: what the new account starts with.
    """

    remote_id: str
    name: str
    token: str
    refresh_token: str = ""
    expires_at: float = 0.0
    address: str = ""
    settings: JSON = field(default_factory=dict)
    ends_at: float = 0.0


def end_of(seconds: object, *, usual: float | None = None) -> datetime | None:
    """The moment so many seconds from now, as platforms tell lives of tokens: a number or a text of one. `usual`: where it is neither."""
    text = str(seconds if seconds is not None else "")
    life = float(text) if text.isascii() and text.isdigit() and len(text) < 10 else usual
    return datetime.now(tz=UTC) + timedelta(seconds=life) if life else None


class Login(Protocol):
    """Log-in and consent of one platform."""

    label: str
    rehearsal: str  # name of its rehearsal platform, the first part of its path
    address: str  # the platform's own interface
    dialog: str  # where its log-in is
    setup: tuple[str, str]  # names of the settings that hold id and secret of our application

    def authorize_url(self, app: App, *, redirect_uri: str, state: str, verifier: str) -> str:
        """Where the browser goes. `verifier`: a secret of this log-in (PKCE) that `choices` is given again; some platforms know none."""

    def choices(self, app: App, *, redirect_uri: str, code: str, verifier: str) -> list[Choice] | Failure:
        """The accounts that may be connected, for a code that is good once; every permission checked."""


@runtime_checkable
class NamesAccount(Protocol):
    """A log-in whose way back names the account that was picked there, beside the code."""

    account_field: str  # of the address that the browser comes back to


@dataclass(frozen=True)
class KeyField:
    """One field of the form of a platform without a log-in in the browser. `label` and `help` are English source sentences.

    A secret one is never shown again, not even to who typed it.
    """

    name: str
    label: str
    secret: bool = False
    help: str = ""
    required: bool = True
    longest: int = 500


@runtime_checkable
class KeyLogin(Protocol):
    """The way in to a platform by keys that a person types: a bot's token, a server and its token, an address and a secret.

    It stands in the same registry as `Login`; what has `fields` is one of these. The rehearsal platform's card holds values for the demo under "fields".
    """

    label: str
    rehearsal: str  # name of its rehearsal platform, the first part of its path
    address: str  # the platform's own interface; empty where every account has its own
    fields: tuple[KeyField, ...]

    def choices(self, app: App, values: dict[str, str]) -> list[Choice] | Failure:
        """The accounts that these keys open, proved by the platform. `app` carries addresses and allowed origins only. A Failure's message stands over the form."""
