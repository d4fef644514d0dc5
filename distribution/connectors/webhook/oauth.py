"""Connecting a partner: its address and the secret that both know, proved by a signed ping before anything is kept.

To change a secret the partner is connected again with the new one and the old one: until it is connected with the new one alone, every message carries a
signature by each.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from distribution.connectors.base import Credential, Failure, FailureClass, Target
from distribution.connectors.logins import App, Choice, KeyField
from distribution.connectors.messages import sentence
from distribution.connectors.webhook.connector import Webhook
from newsroom.common.webhooks import secret_bytes

F = FailureClass


def _(sentence: str) -> str:
    """Mark for translation; connectors know no Django."""
    return sentence


class WebhookLogin:
    """A form of four fields."""

    label = "Webhook"
    rehearsal = "webhook"
    address = ""  # every partner has its own
    fields: tuple[KeyField, ...] = (
        KeyField("name", _("Partner's name"), longest=100),
        KeyField("address", _("Address that takes the messages"), help=_("Begins with https:// and holds no key and no question mark."), longest=300),
        KeyField("secret", _("Shared secret"), secret=True, help=_("whsec_ and 24 to 64 random bytes as base64. Made by either side, told to the other over a safe way."), longest=120),
        KeyField("old_secret", _("Old secret"), secret=True, help=_("Only while the secret is being changed: messages are then signed with both."), required=False, longest=120),
    )

    def choices(self, app: App, values: dict[str, str]) -> list[Choice] | Failure:
        """The partner, once its address has taken a signed ping."""
        address = endpoint_of(values["address"], allowed_origins=app.allowed_origins)
        if address is None:
            return Failure(F.CONTENT, "webhook_address", sentence("webhook_address"))
        secrets = [secret.strip() for secret in (values["secret"], values.get("old_secret", "")) if secret.strip()]
        if any(secret_bytes(secret) is None for secret in secrets):
            return Failure(F.CONTENT, "webhook_secret", sentence("webhook_secret"))
        token, host = " ".join(secrets), urlsplit(address).hostname or ""
        proof = Webhook().health(target=Target(host, address, Credential(token), app.settings))
        return proof if isinstance(proof, Failure) else [Choice(host, values["name"], token, address=address)]


def endpoint_of(text: str, *, allowed_origins: tuple[str, ...]) -> str | None:
    """The address that a person typed; None for what is none. Without https only where the origin is allowed (the rehearsal)."""
    address = text.strip()
    try:
        parts = urlsplit(address)
        usable = bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return None
    if not usable or parts.query or parts.fragment or any(letter.isspace() for letter in address):
        return None
    return address if parts.scheme == "https" or f"{parts.scheme}://{parts.netloc}" in allowed_origins else None
