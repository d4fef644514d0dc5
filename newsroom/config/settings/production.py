"""Production: PostgreSQL, Redis, secrets from the environment only, HTTPS."""

from newsroom.config import env
from newsroom.config.settings.base import *  # noqa: F403
from newsroom.config.settings.base import PAPER_ADDRESS, SECRET_KEY, SECRETS_KEYS

if not SECRET_KEY or not SECRETS_KEYS:
    raise env.BadSetting(
        "Chạy thật phải có SECRET_KEY và NEWSROOM_SECRETS_KEYS trong môi trường.", "Production needs SECRET_KEY and NEWSROOM_SECRETS_KEYS in the environment."
    )
SECURE_SSL_REDIRECT = PAPER_ADDRESS.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL_REDIRECT else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
