"""What the rehearsal process reads from its environment and command line, in one place."""

import os
from dataclasses import dataclass
from pathlib import Path

from distribution.rehearsal import world

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MAX_BODY = 20 * 1024 * 1024  # bytes of one request
MAX_FORM_TEXT = 4 * 1024 * 1024  # bytes of its text fields: 63,206 Vietnamese letters, percent-encoded, fit


class BadSettings(Exception):
    """A setting that cannot be used; the message is one sentence for the person at the terminal."""


@dataclass(frozen=True)
class Settings:
    """How one rehearsal process runs."""

    folder: Path  # its own: $NEWSROOM_VAR/rehearsal
    app_id: str = world.APP_ID
    app_secret: str = world.APP_SECRET
    hosts: frozenset[str] = LOOPBACK  # where redirects may lead and pictures or previews may be fetched from
    units: int = 1_000_000  # YouTube's units a day; the real platform gives 10,000
    uploads: int = 10_000  # YouTube's uploads a day; the real platform gives 100
    tiktok_hook: str = ""  # where TikTok's calls go; empty: it makes none
    telegram_hours: float = 48.0  # after which Telegram deletes no message of a bot any more
    late_seconds: float = 40.0  # how long late_commit and slow_body hold an answer back unless the fault says otherwise

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / "rehearsal.sqlite3"

    @property
    def media(self) -> Path:
        """The folder of uploaded pictures."""
        return self.folder / "media"


def default_port() -> int:
    """PORT + 1, where PORT is the newsroom's own (8000 unless set). Raises BadSettings."""
    text = os.environ.get("PORT", "") or "8000"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65534:
        raise BadSettings(f"PORT phải là số từ 1 đến 65534, không phải {text!r}.")
    return int(text) + 1


def default_var() -> str:
    """The newsroom's folder for data; ours is `rehearsal` inside it."""
    return os.environ.get("NEWSROOM_VAR", "") or "var"


def from_environment(var: str) -> Settings:
    """Settings for a process that keeps its store under `var`. Raises BadSettings."""
    more = {name.strip().lower() for name in os.environ.get("REHEARSAL_HOSTS", "").split(",") if name.strip()}
    return Settings(
        folder=Path(var).resolve() / "rehearsal",
        app_id=os.environ.get("REHEARSAL_APP_ID", "") or world.APP_ID,
        app_secret=os.environ.get("REHEARSAL_APP_SECRET", "") or world.APP_SECRET,
        hosts=LOOPBACK | more,
        units=_number("REHEARSAL_YOUTUBE_UNITS", 1_000_000),
        uploads=_number("REHEARSAL_YOUTUBE_UPLOADS", 10_000),
        tiktok_hook=os.environ.get("REHEARSAL_TIKTOK_HOOK", ""),
        telegram_hours=_seconds("REHEARSAL_TELEGRAM_HOURS", 48.0),
        late_seconds=_seconds("REHEARSAL_LATE_SECONDS", 40.0),
    )


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, "") or str(default)
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadSettings(f"{name} phải là số nguyên từ 0, không phải {text!r}.")
    return int(text)


def _seconds(name: str, default: float) -> float:
    text = os.environ.get(name, "")
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 600:
        raise BadSettings(f"{name} phải là số từ 0 đến 600, không phải {text!r}.")
    return value
