"""What this machine has for the tests that need more than Python: PostgreSQL, Redis, Chromium, Elasticsearch, nginx, ffprobe."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

APT = "apt-get install postgresql redis-server chromium chromium-driver nginx-light libnginx-mod-http-brotli-static"
NO_POSTGRES = f"needs PostgreSQL: {APT}, or give NEWSROOM_TEST_DATABASE_URL=postgres://…"
NO_FFPROBE = "needs ffprobe: apt-get install ffmpeg"
NO_CHROMIUM = f"needs Chromium and its driver: {APT}"
NO_ELASTICSEARCH = "needs the real Elasticsearch: ../shared/elasticsearch/start (or NEWSROOM_ELASTICSEARCH_START=its path), with apt-get install default-jdk-headless maven"
ROOT = Path(__file__).resolve().parents[1]

NO_NGINX = f"needs nginx: {APT}"


def nginx() -> str | None:
    """nginx, or None. Debian has it where only root's path leads."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def required() -> bool:
    """Whether a missing service fails the run (CI) instead of skipping tests."""
    return os.environ.get("NEWSROOM_REQUIRE_SERVICES", "").lower() in ("1", "true", "yes", "on")


def chromium() -> tuple[str, str] | None:
    """The browser and its driver, or None."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


def elasticsearch_start() -> Path | None:
    """The script that starts a real Elasticsearch node, or None where it or what it needs is missing."""
    script = (ROOT / (os.environ.get("NEWSROOM_ELASTICSEARCH_START") or "../shared/elasticsearch/start")).resolve()
    return script if script.is_file() and all(shutil.which(tool) for tool in ("java", "javac", "mvn")) else None


def ffprobe() -> str | None:
    """Debian's ffprobe, or None. An ffmpeg there is always: that of imageio-ffmpeg."""
    return shutil.which("ffprobe")
