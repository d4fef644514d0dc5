"""What oauthlib asks every platform with a log-in of its own, answered from the store: the client, the way back, codes that are good once.

A platform adds its scopes, what a code carries, and its tokens; it overrides what its dialect does otherwise.
"""

import hmac
import sqlite3
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from oauthlib.oauth2 import RequestValidator

from distribution.rehearsal import clock, world
from distribution.rehearsal.settings import Settings
from distribution.rehearsal.store import Store

CODE_SECONDS = 600


class CodeValidator(RequestValidator):
    """One application, one secret, codes in the table `codes`."""

    pkce_required = False
    grants: tuple[str, ...] = ("authorization_code", "refresh_token")

    def __init__(self, settings: Settings, store: Store) -> None:
        super().__init__()
        self._settings = settings
        self._store = store

    # The dialog
    def validate_client_id(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        return client_id == self._settings.app_id

    def validate_redirect_uri(self, client_id: str, redirect_uri: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        try:
            parts = urlsplit(redirect_uri)
            host = (parts.hostname or "").lower()
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and host in self._settings.hosts and not parts.fragment

    def get_default_redirect_uri(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> Any:
        return None

    def validate_response_type(self, client_id: str, response_type: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        return response_type == "code"

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        return self.pkce_required

    def keep_code(self, code: str, request: Any, *, accounts: str, scopes: str = "[]", declined: str = "[]") -> None:
        """Write a code down with what it carries (JSON)."""
        values = (code, request.client_id, request.redirect_uri, request.person, scopes, declined, accounts)
        with self._store.write() as db:
            db.execute(
                "INSERT INTO codes (code, client_id, redirect_uri, person, scopes, declined, accounts, challenge, challenge_method, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, request.code_challenge, request.code_challenge_method, clock.stamp(clock.now())),
            )

    # The token endpoint
    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        return True

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        right = hmac.compare_digest((request.client_secret or "").encode(), self._settings.app_secret.encode())
        request.client = SimpleNamespace(client_id=request.client_id)
        return right and request.client_id == self._settings.app_id

    def validate_grant_type(self, client_id: str, grant_type: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        return grant_type in self.grants

    def validate_code(self, client_id: str, code: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        with self._store.write() as db:  # here the code is used up, by one caller only
            row = db.execute("SELECT * FROM codes WHERE code = ? AND client_id = ?", (code, client_id)).fetchone()
            if row is None or is_old(row):
                return False
            used = use_up(db, code)
        request.person = request.user = row["person"]
        self.open_code(row, request)
        return used

    def open_code(self, row: sqlite3.Row, request: Any) -> None:
        """Give the request what the code carries: its scopes and its accounts."""
        raise NotImplementedError

    def of_code(self, code: str, column: str) -> str | None:
        """What is known of a code."""
        with self._store.read() as db:
            row = db.execute("SELECT * FROM codes WHERE code = ?", (code,)).fetchone()
        return row[column] if row else None

    def get_code_challenge(self, code: str, request: Any) -> Any:
        return self.of_code(code, "challenge")

    def get_code_challenge_method(self, code: str, request: Any) -> Any:
        return self.of_code(code, "challenge_method")

    def confirm_redirect_uri(self, client_id: str, code: str, redirect_uri: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        return self.of_code(code, "redirect_uri") == redirect_uri

    def invalidate_authorization_code(self, client_id: str, code: str, request: Any, *args: Any, **kwargs: Any) -> None:
        """Nothing left to do: the code was used up when it was looked at."""


def is_old(row: sqlite3.Row) -> bool:
    """Whether a code has expired."""
    return (clock.now() - clock.read(row["created_at"])).total_seconds() > CODE_SECONDS


def use_up(db: sqlite3.Connection, code: str) -> bool:
    """Use a code; False where somebody did before."""
    return bool(db.execute("UPDATE codes SET used_at = ? WHERE code = ? AND used_at IS NULL", (clock.stamp(clock.now()), code)).rowcount)


def right_password(email: str, password: str) -> bool:
    """Whether the one person of these platforms signs in."""
    right = hmac.compare_digest(password.encode(), world.PERSON.password.encode())
    return right and email.strip().lower() == world.PERSON.email
