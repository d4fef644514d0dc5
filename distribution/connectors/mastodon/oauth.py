"""Connecting an account: its server's address and an access token that a person makes in the account's settings there. Proved before anything is kept.

The token may post and read, proved by a post without words: a server that would let it post says that the words are missing, and posts nothing.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from distribution.connectors.base import JSON, Credential, Failure, FailureClass, Phase, Target
from distribution.connectors.logins import App, Choice, KeyField
from distribution.connectors.mastodon.api import STATUSES, limits_of, mastodon, text_of
from distribution.connectors.mastodon.config import SCOPES
from distribution.connectors.messages import sentence

F = FailureClass


def _(sentence: str) -> str:
    """Mark for translation; connectors know no Django."""
    return sentence


class MastodonLogin:
    """A form of two fields."""

    label = "Mastodon"
    rehearsal = "mastodon"
    address = ""  # every account has its own server
    fields: tuple[KeyField, ...] = (
        KeyField("server", _("Server address"), help=_("Where the account is, for example https://mastodon.social.")),
        KeyField("token", _("Access token"), secret=True, help=_("Made on the server: Preferences, Development, New application, with the permissions read:accounts, read:statuses, write:statuses, write:media.")),
    )

    def choices(self, app: App, values: dict[str, str]) -> list[Choice] | Failure:
        """The account that the token belongs to, with the limits of its server."""
        address = server_of(values["server"], allowed_origins=app.allowed_origins)
        if address is None:
            return Failure(F.CONFIG, "no_server", sentence("no_server"))
        target = Target("", address, Credential(values["token"]), app.settings)
        about = mastodon(target, "GET", "api/v2/instance", phase=Phase.READ)
        if isinstance(about, Failure):
            return Failure(F.CONFIG, "no_server", sentence("no_server"), about.platform_message, raw=about.raw) if about.kind in (F.GONE, F.BUG, F.CONTENT) else about
        me = mastodon(target, "GET", "api/v1/accounts/verify_credentials", phase=Phase.READ)
        if isinstance(me, Failure):
            return me
        if (missing := _may_write(target)) is not None:
            return missing
        settings: JSON = {**limits_of(about), "page": text_of(me, "url")}
        return [Choice(text_of(me, "id"), text_of(me, "display_name") or text_of(me, "username"), values["token"], address=address, settings=settings)]


def server_of(text: str, *, allowed_origins: tuple[str, ...]) -> str | None:
    """The base address of what a person typed; None for what is none. Without https only where the origin is allowed (the rehearsal)."""
    address = text.strip()
    address = (address if "://" in address else f"https://{address}").rstrip("/")
    try:
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        usable = bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return None
    if not usable or parts.query or parts.fragment:
        return None
    if origin in allowed_origins:
        return address
    return origin if parts.scheme == "https" else None


def _may_write(target: Target) -> Failure | None:
    """Every permission, by calls that can write nothing: a post without words, a file that is not there."""
    for method, path in (("POST", STATUSES), ("POST", "api/v2/media")):
        answer = mastodon(target, method, path, phase=Phase.STAGE, body={})
        if isinstance(answer, Failure) and answer.kind != F.CONTENT:
            missing = answer.code == "missing_permission"
            return Failure(answer.kind, answer.code, answer.message, ", ".join(SCOPES) if missing else answer.platform_message, raw=answer.raw)
    return None
