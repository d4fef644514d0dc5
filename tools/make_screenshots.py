"""Pictures of the running newsroom for the README: a demo in a folder of its own, a headless browser, docs/screenshots/.

`make screenshots`; `JOURNEY_ADDRESS=http://127.0.0.1:8000` takes them from a demo that runs already.
"""

from __future__ import annotations

import io
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402
from selenium.webdriver import Chrome  # noqa: E402

from tests.chromium import window  # noqa: E402
from tests.journeys.people import Person  # noqa: E402
from tests.journeys.stack import Stack, free_pair, start, stop, wait_until_ready  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
SIZES = {"desktop": (1440, 1000), "phone": (390, 844)}
MOST_BYTES = 250_000


@contextmanager
def demo() -> Iterator[Stack]:
    """A demo newsroom that is ready."""
    if address := os.environ.get("JOURNEY_ADDRESS"):
        yield Stack(address)
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        port, log = free_pair(), Path(folder) / "newsroom.log"
        running = Stack(f"http://127.0.0.1:{port}")
        process = start(port, Path(folder) / "var", log)
        try:
            wait_until_ready(process, running, log)
            yield running
        finally:
            stop(process)


def keep(driver: Chrome, name: str) -> None:
    """Save what the window shows, small enough for a repository."""
    time.sleep(1.5)  # pictures and type
    picture = Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")
    for quality in (85, 75, 60, 45):
        picture.save(FOLDER / f"{name}.jpg", quality=quality, optimize=True, progressive=True)
        if (FOLDER / f"{name}.jpg").stat().st_size <= MOST_BYTES:
            break
    sys.stdout.write(f"{name}.jpg\n")


def paper(stack: Stack, *, size: str, dark: bool) -> None:
    """What readers see."""
    story = re.search(r'href="(?:https?://[^/"]+)?(/[\w-]+/[\w-]+-a\d+\.html)"', stack.get("/").text)
    pages = {"front": "/", "section": "/thoi-su/", "story": story[1] if story else "/", "search": "/tim-kiem/?q=ban+do+song+ba"}
    with window(width=SIZES[size][0], height=SIZES[size][1], dark=dark) as driver:
        for name, path in pages.items():
            driver.get(stack.address + path)
            keep(driver, f"paper-{name}-{size}-{'dark' if dark else 'light'}")


def desk(stack: Stack, *, size: str) -> None:
    """What the newsroom sees: the secretary, then the editor of a story."""
    with window(width=SIZES[size][0], height=SIZES[size][1]) as driver:
        driver.get(stack.address + "/admin/login/")
        keep(driver, f"login-{size}")
        person = Person(driver, stack.address)
        person.sign_in("thuky")
        keep(driver, f"my-work-{size}")
        waiting = [link.get_attribute("href") or "" for link in driver.find_elements("css selector", ".my-work a[href*='/desk/story/']")]
        person.go("/admin/desk/")
        keep(driver, f"desk-board-{size}")
        person.go("/admin/deliveries/")
        keep(driver, f"deliveries-{size}")
        approval(person, waiting, size)
        person.sign_in("bientap")
        person.go("/admin/desk/")
        editor(person, size)


def approval(person: Person, stories: list[str], size: str) -> None:
    """The desk page of a story that waits for a signature."""
    for story in stories:
        person.driver.get(story)
        if person.may("approve"):
            break
    keep(person.driver, f"approval-{size}")


def editor(person: Person, size: str) -> None:
    """The editor of a story that goes to a channel, and its tab of channels with the preview."""
    links = [link.get_attribute("href") or "" for link in person.driver.find_elements("css selector", ".job a[href*='/desk/story/']")]
    for link in links:
        person.driver.get(link)
        if edit := person.driver.find_elements("css selector", ".bar a[href*='/edit/']"):
            person.driver.get(edit[0].get_attribute("href") or "")
            person.find("#id_title")
            if person.count("[name=channel_texts-0-text]") and not person.count(".messages .lock"):
                break
    keep(person.driver, f"editor-{size}")
    person.go("/admin/desk/new/")
    person.fill("#id_title", "Chợ phiên Bến Sứ họp lại sau lũ")
    person.fill("#id_lead", "Từ năm giờ sáng, ba trăm gian hàng đã mở; xe đò chạy đủ chuyến.")
    person.tab(3)
    person.fill(person.channel_field("fanpage-bao-song-ba", "text"), "Chợ phiên Bến Sứ họp lại sáng nay. Bà con nhớ mang áo mưa.")
    person.wait.until(lambda driver: driver.find_elements("css selector", ".channel-beside .channel"))
    person.driver.execute_script("document.querySelector('[name$=account_key]').scrollIntoView()")
    keep(person.driver, f"editor-channels-{size}")


def main() -> int:
    """Take all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo() as stack:
        for size in SIZES:
            for dark in (False, True):
                paper(stack, size=size, dark=dark)
            desk(stack, size=size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
