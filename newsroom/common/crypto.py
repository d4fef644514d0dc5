"""Tokens at rest: sealed with the newest of NEWSROOM_SECRETS_KEYS, opened with any of them, so keys can be rotated."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from newsroom.common.errors import NewsroomError


class CannotOpen(NewsroomError):
    """A sealed text was made with a key that is no longer among ours, or was damaged."""


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.SECRETS_KEYS])


def seal(text: str) -> str:
    """Encrypt a text for the database."""
    return _box().encrypt(text.encode()).decode()


def open_sealed(sealed: str) -> str:
    """Decrypt what `seal` made. Raises CannotOpen."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen("cannot_open", _("A stored key cannot be opened. Connect the channel again.")) from None


def reseal(sealed: str) -> str:
    """Encrypt again with the newest key. Raises CannotOpen."""
    try:
        return _box().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen("cannot_open", _("A stored key cannot be opened. Connect the channel again.")) from None


def newest_opens(sealed: str) -> bool:
    """Whether the newest key alone opens a sealed text: sealing it again would change nothing."""
    try:
        Fernet(settings.SECRETS_KEYS[0]).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True
