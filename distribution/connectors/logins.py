"""The way in to a platform: what a kind of channel brings so that a person can connect an account of it.

State is made and checked by the caller, which binds it to the session. Nothing here is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from distribution.connectors.base import Failure


@dataclass(frozen=True)
class App:
    """Our application at the platform: its id, secret, the addresses of interface and dialog, origins allowed beside public ones."""

    app_id: str
    app_secret: str
    address: str
    dialog: str
    allowed_origins: tuple[str, ...] = ()
    extra_scopes: tuple[str, ...] = ()  # permissions that the platform granted this application beside the usual ones


@dataclass(frozen=True)
class Choice:
    """A Page or channel that the person may connect, with its own token. `expires_at` in unix seconds, 0: not by time."""

    remote_id: str
    name: str
    token: str
    refresh_token: str = ""
    expires_at: float = 0.0


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
