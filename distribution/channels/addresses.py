"""Where an account's platform is: the rehearsal's, the account's own server, or where the configuration says that the real platform is."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from distribution.channels.models import Account
from distribution.connectors.registry import logins


def places_of(kind: str) -> dict[str, str]:
    """Addresses of the real platform by name; empty where every account has its own."""
    places: dict[str, str] = settings.PLATFORM_ADDRESSES.get(kind, {})
    return places


def real_settings(kind: str) -> dict[str, Any]:
    """What connectors are told of the real platform's addresses. Public ones pass the guard as they are; one that was set passes by its exact origin."""
    places, origins = places_of(kind), settings.PLATFORM_ORIGINS.get(kind, ())
    return {**({"addresses": places} if places else {}), **({"allowed_origins": origins} if origins else {})}


def interface_of(account: Account) -> str:
    """The base address that a call to the account goes to. The stored one says which platform it is, so it stays when the configuration moves the platform."""
    own = logins.get(account.kind).address if account.kind in logins else ""
    moved = not account.rehearsal and account.address and account.address == own
    return places_of(account.kind).get("address", account.address) if moved else account.address
