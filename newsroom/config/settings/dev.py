"""The embedded default that `make run` serves: SQLite, queues in files, the rehearsal platforms."""

from newsroom.common.secret_file import ensure_secrets
from newsroom.config.settings.base import *  # noqa: F403
from newsroom.config.settings.base import SECRET_KEY, SECRETS_KEYS, VAR

if not (SECRET_KEY and SECRETS_KEYS):
    _made = ensure_secrets(VAR / "secrets.env")
    SECRET_KEY = SECRET_KEY or _made["SECRET_KEY"]
    SECRETS_KEYS = SECRETS_KEYS or [_made["NEWSROOM_SECRETS_KEYS"]]
