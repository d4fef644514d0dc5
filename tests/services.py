"""What this machine has for the tests that need more than Python: PostgreSQL, Redis, Chromium, ffprobe."""

from __future__ import annotations

import os
import shutil

APT = "apt-get install postgresql redis-server chromium chromium-driver"
NO_POSTGRES = f"needs PostgreSQL: {APT}, or give NEWSROOM_TEST_DATABASE_URL=postgres://…"
NO_FFPROBE = "needs ffprobe: apt-get install ffmpeg"
NO_CHROMIUM = f"needs Chromium and its driver: {APT}"


def required() -> bool:
    """Whether a missing service fails the run (CI) instead of skipping tests."""
    return os.environ.get("NEWSROOM_REQUIRE_SERVICES", "").lower() in ("1", "true", "yes", "on")


def chromium() -> tuple[str, str] | None:
    """The browser and its driver, or None."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


def ffprobe() -> str | None:
    """Debian's ffprobe, or None. An ffmpeg there is always: that of imageio-ffmpeg."""
    return shutil.which("ffprobe")
