"""A real browser for journeys: `browser` is a fresh window at the size of a desk, `phone` one at the size of a phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from tests import services

ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run", "--lang=vi", "--no-proxy-server", "--hide-scrollbars")


@contextmanager
def window(*, width: int, height: int, dark: bool = False) -> Iterator[webdriver.Chrome]:
    """A browser of its own with an empty profile, closed at the end."""
    found = services.chromium()
    if found is None:
        pytest.skip(services.NO_CHROMIUM)
    options = Options()
    options.binary_location = found[0]
    for argument in (*ARGUMENTS, f"--window-size={width},{height}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(found[1]))
    try:
        driver.set_page_load_timeout(60)
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
        if dark:
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def browser() -> Iterator[webdriver.Chrome]:
    """A window of 1440 × 1000."""
    with window(width=1440, height=1000) as driver:
        yield driver


@pytest.fixture
def phone() -> Iterator[webdriver.Chrome]:
    """A window of 390 × 844."""
    with window(width=390, height=844) as driver:
        yield driver
