"""Settings of the suite: every switch that a test relies on is pinned here, never read from the machine."""

import os
import tempfile
from pathlib import Path

from newsroom.config.settings.base import *  # noqa: F403
from newsroom.config.settings.base import CACHES, CELERY_BROKER_TRANSPORT_OPTIONS, DATABASES, REDIS_URL, STORAGES

SECRET_KEY = "test-key-for-the-suite-only"  # noqa: S105
SECRETS_KEYS = ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="]
NEWSROOM_DEMO = False
NEWSROOM_REHEARSAL = False
ELASTICSEARCH_URL = ""  # the tests of that engine say where theirs is
PAPER_ADDRESS = "http://testserver"
WAGTAILADMIN_BASE_URL = PAPER_ADDRESS
ALLOWED_HOSTS = ["*"]
_var = Path(tempfile.mkdtemp(prefix="newsroom-test-"))
MEDIA_ROOT = _var / "media"
PRIVATE_ROOT = _var / "private"
STATIC_ROOT = _var / "static"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
if REDIS_URL:  # the pass on PostgreSQL: cache and doorbells go through the real Redis, under names of this run
    # Two tests at a time: emptying the cache empties a whole Redis database, so each process has one to itself.
    REDIS_URL = f"{REDIS_URL.rpartition('/')[0]}/{os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw')}"
    CELERY_BROKER_URL = REDIS_URL
    CACHES = {"default": CACHES["default"] | {"LOCATION": REDIS_URL, "KEY_PREFIX": _var.name}}
    CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {"global_keyprefix": f"{_var.name}:"}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CELERY_BROKER_URL = "memory://"
    CELERY_BROKER_TRANSPORT = None
    CELERY_BROKER_TRANSPORT_OPTIONS = {}
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AXES_ENABLED = False
PAGE_STORE = False  # the tests of the store turn it on
PAGE_STORE_FOLDER = _var / "pages"
WAGTAILFRONTENDCACHE = {}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["NAME"] = str(_var / "test.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": str(_var / "test.sqlite3")}
