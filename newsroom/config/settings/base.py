"""What every way of running shares. Values come from the environment through `env`; apps are named by dotted strings only."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

from newsroom.config import env, platforms

BASE_DIR = Path(__file__).resolve().parents[3]
VAR = Path(env.text("NEWSROOM_VAR", default="var", doc="Folder for everything the newsroom writes: database, media, queues, logs.")).absolute()
PORT = env.number("PORT", default=8000, low=1, high=65534, doc="Port of the paper and the admin; the rehearsal platforms use the next one.")

SECRET_KEY = env.text("SECRET_KEY", doc="Key for sessions and signed links. `make run` makes one; production must give it.", secret=True)
SECRETS_KEYS = env.words(
    "NEWSROOM_SECRETS_KEYS", doc="Fernet keys for tokens at rest, newest first, comma separated. `make run` makes one; production must give it.", secret=True
)
NEWSROOM_DEMO = env.flag("NEWSROOM_DEMO", default=False, doc="Demo mode: sample users, sample stories and the notice on every page. `make run` turns it on.")
NEWSROOM_REHEARSAL = env.flag("NEWSROOM_REHEARSAL", default=False, doc="Connect channels to the rehearsal platforms instead of the real ones. `make run` turns it on.")
REHEARSAL_ADDRESS = env.url(
    "REHEARSAL_ADDRESS", default=f"http://127.0.0.1:{PORT + 1}", schemes=("http", "https"), doc="Where the rehearsal platforms answer."
)
PAPER_ADDRESS = env.url(
    "PAPER_ADDRESS", default=f"http://127.0.0.1:{PORT}", schemes=("http", "https"), doc="Address of the paper as readers type it, without a slash at the end."
)

PLATFORM_APPS = {
    "facebook_page": (
        env.text("FACEBOOK_APP_ID", doc="Id of the newsroom's application at Facebook."),
        env.text("FACEBOOK_APP_SECRET", doc="Secret of the newsroom's application at Facebook.", secret=True),
    ),
    "youtube": (
        env.text("YOUTUBE_APP_ID", doc="Client id of the newsroom's application at Google (OAuth, type web application)."),
        env.text("YOUTUBE_APP_SECRET", doc="Client secret of the newsroom's application at Google.", secret=True),
    ),
    "tiktok": (
        env.text("TIKTOK_APP_ID", doc="Client key of the newsroom's application at TikTok."),
        env.text("TIKTOK_APP_SECRET", doc="Client secret of the newsroom's application at TikTok.", secret=True),
    ),
    "zalo_oa": (
        env.text("ZALO_APP_ID", doc="Id of the newsroom's application at Zalo."),
        env.text("ZALO_APP_SECRET", doc="Secret of the newsroom's application at Zalo.", secret=True),
    ),
    "rehearsal": (
        env.text("REHEARSAL_APP_ID", default="740219980000101", doc="Application id at the rehearsal platforms."),
        env.text("REHEARSAL_APP_SECRET", default="chay-thu-khong-phai-bi-mat-that", doc="Application secret at the rehearsal platforms; no secret at all.", secret=True),
    ),
}

DELIVERY_LEASE_SECONDS = env.number(
    "DELIVERY_LEASE_SECONDS", default=90, low=10, high=1800, doc="How long a worker that sends to a platform may be silent before another takes over. Uploads say that they live every five seconds."
)
RECONCILE_DAYS = env.number("RECONCILE_DAYS", default=30, low=1, high=365, doc="Posts of so many days are looked at every night: are they still there, are taken-down ones gone.")
RECONCILE_BATCH = env.number("RECONCILE_BATCH", default=25, low=1, high=1000, doc="How many posts of an account are looked at in ten minutes of the night.")
TIKTOK_DIRECT_POST = env.flag(
    "TIKTOK_DIRECT_POST", default=False, doc="TikTok has audited the newsroom's application: posts appear by themselves. Else they are drafts that a person finishes in the app."
)
TELEGRAM_ENABLED = env.flag("TELEGRAM_ENABLED", default=False, doc="Telegram channels may be connected and posted to. Off: only the rehearsal one; take-downs of what was posted still go out.")
PLATFORM_ADDRESSES = platforms.addresses()
PLATFORM_ORIGINS = platforms.origins(PLATFORM_ADDRESSES)
# What connectors of a kind are told unless an account's own settings say otherwise.
PLATFORM_SETTINGS: dict[str, dict[str, Any]] = {
    "youtube": {
        "quota": {
            "units": env.number("YOUTUBE_DAILY_UNITS", default=10_000, doc="Units a day that Google gives the newsroom's application."),
            "uploads": env.number("YOUTUBE_DAILY_UPLOADS", default=100, doc="Uploads a day that Google gives the newsroom's application."),
            "reserved": env.number("YOUTUBE_RESERVED_PERCENT", default=20, high=90, doc="Percent of the units that is kept back for take-downs and looks.") / 100,
        },
    },
    "telegram_channel": {"enabled": TELEGRAM_ENABLED},
    "tiktok": {"direct_post": TIKTOK_DIRECT_POST, "extra_scopes": ["video.publish"] if TIKTOK_DIRECT_POST else []},
    "zalo_oa": {
        "code_verifier": env.text("ZALO_CODE_VERIFIER", doc="The code verifier that Zalo's console made for the application. Empty: every log-in makes its own.", secret=True),
        "cover": env.text("ZALO_COVER", doc="Address of the picture that stories without one get as their cover on Zalo. Empty: they cannot go there."),
    },
}

DEBUG = False
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default="127.0.0.1,localhost,[::1]", doc="Host names that the paper answers to.")
CSRF_TRUSTED_ORIGINS = [PAPER_ADDRESS]

INSTALLED_APPS = [
    "newsroom.common",
    "newsroom.accounts",
    "newsroom.contributors",
    "newsroom.media",
    "newsroom.pages",
    "newsroom.articles",
    "publishing.events",
    "publishing.deposit",
    "publishing.workflow",
    "publishing.releases",
    "publishing.corrections",
    "publishing.fronts",
    "publishing.archive",
    "publishing.reader",
    "distribution.epaper",
    "distribution.channels",
    "distribution.deliveries",
    "distribution.metrics",
    "wagtail.contrib.settings",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "axes",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "newsroom.common.middleware.RefuseBrokenAddresses",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "newsroom.common.middleware.AdminPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "newsroom.config.urls"
WSGI_APPLICATION = "newsroom.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "publishing.reader.context_processors.paper",
            ]
        },
    }
]

DATABASE_URL = env.url(
    "DATABASE_URL", default=f"sqlite:///{VAR / 'newsroom.sqlite3'}", schemes=("sqlite", "postgres", "postgresql"), doc="The database: SQLite in the folder of NEWSROOM_VAR, or PostgreSQL 15 and later.", secret=True
)
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Read-then-write transactions deadlock on SQLite unless they take the write lock at once (knowledge/wagtail.md, tried).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.url("REDIS_URL", schemes=("redis", "rediss", "unix"), doc="Redis for the queues, the cache and the rates. Empty: queues in files, cache in files.", secret=True)
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR / "cache"}
}

PAGE_STORE = env.flag("PAGE_STORE", default=True, doc="Store readers' pages as files that are served without Django (docs/page-store.md).")
PAGE_STORE_FOLDER = VAR / "pages"
PAGE_STORE_MEGABYTES = env.number("PAGE_STORE_MEGABYTES", default=2048, low=10, doc="Size of the page store, without its compressed twins. What was rendered longest ago leaves first.")
PURGE_ADDRESS = env.url("PURGE_ADDRESS", schemes=("http", "https"), doc="Where a cache before the paper takes PURGE requests (Varnish, Squid, most CDNs' gateways). Empty: none.")
WAGTAILFRONTENDCACHE = {"paper": {"BACKEND": "wagtail.contrib.frontend_cache.backends.HTTPBackend", "LOCATION": PURGE_ADDRESS}} if PURGE_ADDRESS else {}
PAPER_CHECK_ADDRESS = env.url(
    "PAPER_CHECK_ADDRESS", schemes=("http", "https"), doc="Where the workers look whether the paper shows a story, where they cannot reach it at its own address. Empty: PAPER_ADDRESS."
)
PAPER_ALARM_MINUTES = env.number("PAPER_ALARM_MINUTES", default=2, low=1, high=1440, doc="Minutes after which a person is told that the paper does not show a version.")
WEBSUB_HUBS = env.urls("WEBSUB_HUBS", schemes=("http", "https"), doc="WebSub hubs that are told when a feed changes, by commas; the feeds name them. Empty: none.")
INDEXNOW_KEY = env.pattern(
    "INDEXNOW_KEY", pattern=r"[A-Za-z0-9-]{8,128}", meaning=("8 đến 128 chữ cái, chữ số, dấu gạch nối", "8 to 128 letters, digits, dashes"),
    doc="Key for IndexNow, of the newsroom's own making; the paper shows it at /KEY.txt. Empty: search engines are not told.",
)  # fmt: skip
INDEXNOW_ADDRESS = env.url("INDEXNOW_ADDRESS", default="https://api.indexnow.org/indexnow", schemes=("http", "https"), doc="Where IndexNow is told; one engine tells the others.")
ELASTICSEARCH_URL = env.url(
    "ELASTICSEARCH_URL", schemes=("http", "https"), with_port=True, doc="Elasticsearch 8 for the archive's search, as http://elasticsearch:9200. Empty: the database searches.", secret=True
)
ELASTICSEARCH_PREFIX = env.name("ELASTICSEARCH_PREFIX", default="newsroom", doc="How the names of our indices begin, where several papers share one Elasticsearch.")
ELASTICSEARCH_TIMEOUT_MS = env.number(
    "ELASTICSEARCH_TIMEOUT_MS", default=800, low=50, high=10_000, doc="How long a reader's question may take in Elasticsearch before the database answers it, in milliseconds."
)

CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost//"
# A message must never be read half-written (newsroom/common/file_broker.py).
CELERY_BROKER_TRANSPORT = None if REDIS_URL else "newsroom.common.file_broker.Transport"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = (
    {"visibility_timeout": 3600}
    if REDIS_URL
    else {"data_folder_in": str(VAR / "queue"), "data_folder_out": str(VAR / "queue"), "control_folder": str(VAR / "queue-control"), "polling_interval": 0.1}
)
DELIVERY_SETTLE_SECONDS = env.number(
    "DELIVERY_SETTLE_SECONDS", default=0, high=3600, doc="Seconds after a post during which 'not there' is not believed. 0: what each platform's connector says."
)
DELIVERY_FRESH_HOURS = env.number("DELIVERY_FRESH_HOURS", default=24, low=1, high=720, doc="Hours that a post is still news where its channel says nothing else; then it expires.")
# Minutes after a post at which its numbers are read; after the last of them weekly.
METRICS_MINUTES = env.numbers(
    "METRICS_MINUTES", default="5,15,60,180,720,1440,4320,10080", low=1, high=527_040, doc="Minutes after a post at which its views, reactions, comments and shares are read; then weekly."
)
METRICS_DAYS = env.number("METRICS_DAYS", default=90, low=1, high=3660, doc="Days after a post until which its numbers are read.")
DEPOSIT_MONTHS = env.number(
    "DEPOSIT_MONTHS", default=12, low=1, high=1200, doc="Months that what was published must be kept unaltered, from its first posting (Decree 08/2017/NĐ-CP: 12 for e-newspapers)."
)
CHANNEL_KEY_WARNING_DAYS = env.number(
    "CHANNEL_KEY_WARNING_DAYS", default=7, low=1, high=60, doc="So many days before the end of a channel's connection (its key, a person's consent, what the key is renewed with) a person is told to connect it again."
)
DELIVERY_REMIND_MINUTES = env.number(
    "DELIVERY_REMIND_MINUTES", default=30, low=1, high=1440, doc="Minutes until a person who must finish or change a post on a platform is told again."
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "newsroom.common.beat_scheduler.HeartbeatScheduler"
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)  # on the filesystem transport it is one more folder to poll
NEWSROOM_QUEUES = ["urgent", "commit", "default", "render", "index", "upload", "media", "poll", "metrics", "mail", "render-late"]
CELERY_BEAT_SCHEDULE = {
    "pulse": {"task": "newsroom.common.tasks.pulse", "schedule": 5.0, "options": {"queue": "urgent", "expires": 20}},
    "pulse-commit": {"task": "newsroom.common.tasks.pulse", "schedule": 10.0, "kwargs": {"name": "worker_commit"}, "options": {"queue": "commit", "expires": 20}},
    "pulse-slow": {"task": "newsroom.common.tasks.pulse", "schedule": 10.0, "kwargs": {"name": "worker_slow"}, "options": {"queue": "poll", "expires": 60}},
    "sweep-events": {"task": "publishing.events.tasks.sweep_events", "schedule": 5.0, "options": {"queue": "urgent", "expires": 20}},
    "watch-corrections": {"task": "publishing.corrections.tasks.watch_deadlines", "schedule": 60.0, "options": {"queue": "urgent", "expires": 50}},
    "tell-of-corrections": {"task": "publishing.corrections.tasks.tell", "schedule": 60.0, "options": {"queue": "mail", "expires": 50}},
    "watch-releases": {"task": "publishing.releases.tasks.watch_releases", "schedule": 15.0, "options": {"queue": "urgent", "expires": 30}},
    "relay-deliveries": {"task": "distribution.deliveries.tasks.relay_deliveries", "schedule": 2.0, "options": {"queue": "urgent", "expires": 10}},
    "remind-people": {"task": "distribution.deliveries.tasks.remind_people", "schedule": 15.0, "options": {"queue": "mail", "expires": 30}},
    "sweep-deliveries": {"task": "distribution.deliveries.tasks.sweep_deliveries", "schedule": 15.0, "options": {"queue": "urgent", "expires": 30}},
    # 1 to 5 in the morning at the newsroom; beat counts in UTC.
    "look-around": {"task": "distribution.deliveries.tasks.look_around", "schedule": crontab(minute="*/10", hour="18-21"), "options": {"queue": "poll", "expires": 500}},
    "read-metrics": {"task": "distribution.metrics.tasks.read_metrics", "schedule": 60.0, "options": {"queue": "poll", "expires": 50}},
    "renew-channel-keys": {"task": "distribution.channels.tasks.renew_keys", "schedule": 60.0, "options": {"queue": "poll", "expires": 50}},
    "check-channels": {"task": "distribution.channels.tasks.check_channels", "schedule": 3600.0, "options": {"queue": "poll", "expires": 600}},
    "render-pages": {"task": "publishing.reader.tasks.render_pages", "schedule": 5.0, "options": {"queue": "render", "expires": 5}},
    "age-pages": {"task": "publishing.reader.tasks.age_pages", "schedule": 20.0, "options": {"queue": "render-late", "expires": 20}},
    "append-deposit": {"task": "publishing.deposit.tasks.append_records", "schedule": 15.0, "options": {"queue": "index", "expires": 15}},
    "sweep-deposit": {"task": "publishing.deposit.tasks.sweep_deposit", "schedule": 3600.0, "options": {"queue": "index", "expires": 1800}},
    "sweep-videos": {"task": "newsroom.media.tasks.sweep_videos", "schedule": 10.0, "options": {"queue": "urgent", "expires": 20}},
    "sweep-uploads": {"task": "newsroom.media.tasks.sweep_uploads", "schedule": 3600.0, "options": {"queue": "poll", "expires": 1800}},
    "check-copies": {"task": "distribution.epaper.tasks.check_copies", "schedule": 2.0, "options": {"queue": "poll", "expires": 10}},
    "send-pings": {"task": "distribution.epaper.tasks.send_pings", "schedule": 5.0, "options": {"queue": "poll", "expires": 20}},
    "mail-alarms": {"task": "publishing.events.tasks.mail_alarms", "schedule": 15.0, "options": {"queue": "mail", "expires": 30}},
}
if ELASTICSEARCH_URL:
    CELERY_BEAT_SCHEDULE |= {
        "watch-search-engine": {"task": "publishing.archive.tasks.watch_mirror", "schedule": 10.0, "options": {"queue": "poll", "expires": 20}},
        "sweep-search-engine": {"task": "publishing.archive.tasks.sweep_mirror", "schedule": 3600.0, "options": {"queue": "index", "expires": 1800}},
    }
# Wagtail's own background tasks (reference index, search index): the backend that ships runs them inside the request.
TASKS = {"default": {"BACKEND": "newsroom.common.task_backend.CeleryBackend"}}

AUTH_USER_MODEL = "newsroom_accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
LOGIN_URL = "/admin/login/"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["newsroom.config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS: list[str] = []
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
# Originals of videos and what conversion is working on: no address leads here.
PRIVATE_ROOT = VAR / "private"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

FFMPEG = env.text("FFMPEG", doc="Path of ffmpeg. Empty: the system's, else the one that the package imageio-ffmpeg brings.")
VIDEO_MAX_MEGABYTES = env.number("VIDEO_MAX_MEGABYTES", default=2048, low=1, high=65536, doc="Largest video that may be uploaded, in megabytes.")
VIDEO_MAX_MINUTES = env.number("VIDEO_MAX_MINUTES", default=120, low=1, high=1440, doc="Longest video that is taken, in minutes.")
VIDEO_HEIGHT = env.number("VIDEO_HEIGHT", default=720, low=240, high=1080, doc="Shorter side, in pixels, of the video that readers get; a smaller one stays as it is.")
VIDEO_UPLOAD_DAYS = env.number("VIDEO_UPLOAD_DAYS", default=3, low=1, high=365, doc="After so many days without a byte a half upload is removed.")
VIDEO_CONVERT_MINUTES = env.number("VIDEO_CONVERT_MINUTES", default=90, low=1, high=1440, doc="Longest time that converting one video may take, in minutes.")
VIDEO_MEMORY_MEGABYTES = env.number("VIDEO_MEMORY_MEGABYTES", default=2048, low=512, high=65536, doc="Memory that ffmpeg may take, in megabytes.")
VIDEO_THREADS = env.number("VIDEO_THREADS", default=2, low=1, high=64, doc="Threads with which ffmpeg converts.")
VIDEO_AT_ONCE = env.number("VIDEO_AT_ONCE", default=1, low=1, high=64, doc="How many videos are converted at the same time, over all workers.")

EMAIL_ADDRESS = env.url(
    "EMAIL_URL", schemes=("smtp", "smtps"), doc="Mail server, smtp://user:password@host:port. Empty: mail is written into files under NEWSROOM_VAR/mail.", secret=True
)
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", default="toasoan@songba.example", doc="Sender of the newsroom's mail.")
if EMAIL_ADDRESS:
    from urllib.parse import unquote, urlsplit

    _mail = urlsplit(EMAIL_ADDRESS)
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or (465 if _mail.scheme == "smtps" else 587)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp"
    EMAIL_TIMEOUT = 15
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR / "mail"

CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {"default-src": [SELF], "object-src": [NONE], "base-uri": [SELF], "frame-ancestors": [SELF], "form-action": [SELF], "img-src": [SELF, "data:"]},
}
# Wagtail's admin sets style attributes from JavaScript and templates; scripts stay self-hosted files there too.
ADMIN_CONTENT_SECURITY_POLICY = {
    "default-src": [SELF], "script-src": [SELF], "style-src": [SELF, UNSAFE_INLINE], "img-src": [SELF, "data:", "blob:"], "object-src": [NONE], "base-uri": [SELF],
    # Connecting a channel is a form that answers with a redirect to the platform's log-in.
    "frame-ancestors": [SELF], "form-action": [SELF, "https://www.facebook.com", "https://accounts.google.com", "https://www.tiktok.com", "https://oauth.zaloapp.com", "https://id.zalo.me", *([REHEARSAL_ADDRESS] if NEWSROOM_REHEARSAL else [])],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

WAGTAIL_SITE_NAME = _("Newsroom")
WAGTAILADMIN_USER_LOGIN_FORM = "newsroom.accounts.forms.SignInForm"
WAGTAIL_DATE_FORMAT, WAGTAIL_DATETIME_FORMAT, WAGTAIL_TIME_FORMAT = "%d/%m/%Y", "%d/%m/%Y %H:%M", "%H:%M"
WAGTAILADMIN_BASE_URL = PAPER_ADDRESS
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_AUTO_UPDATE_PREVIEW = True
WAGTAIL_AUTOSAVE_INTERVAL = 3000
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAIL_FINISH_WORKFLOW_ACTION = "publishing.workflow.closed_doors.refuse_to_finish"
WAGTAIL_I18N_ENABLED = False
WAGTAIL_MODERATION_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_CONTENT_LANGUAGES = [("vi", "Tiếng Việt")]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
WAGTAILIMAGES_IMAGE_MODEL = "newsroom_media.NewsImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "newsroom.media.forms.NewsImageForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 80_000_000
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "avif", "gif"]
WAGTAILIMAGES_FORMAT_CONVERSIONS = {"webp": "webp", "avif": "avif"}
WAGTAILDOCS_DOCUMENT_MODEL = "newsroom_media.NewsDocument"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "newsroom.media.forms.NewsDocumentForm"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "txt", "zip", "csv"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILEMBEDS_FINDERS: list[str] = []

NEWSROOM_PERMISSION_TESTER = "publishing.workflow.permissions.StoryPermissionTester"

LOG_LEVEL = env.choice("LOG_LEVEL", default="INFO", among=("DEBUG", "INFO", "WARNING", "ERROR"), doc="How much is logged: DEBUG, INFO, WARNING or ERROR.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"django.security.DisallowedHost": {"level": "ERROR"}, "axes": {"level": "WARNING"}, "elastic_transport": {"level": "ERROR"}, "celery.app.trace": {"level": "WARNING"}, "celery.beat": {"level": "WARNING"}, "urllib3": {"level": "INFO"}},
}
