"""Every screen on a story's way, judged by axe-core in a real browser: no violation, on a desk and on a phone, in daylight and in the dark."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from selenium.webdriver import Chrome
from selenium_axe_python import Axe

from tests.chromium import window
from tests.journeys.people import Person
from tests.journeys.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.processes]
SIZES = {"desk": (1440, 1000), "phone": (390, 844)}
PAPER = ("/", "/thoi-su/", "/tim-kiem/?q=ban+do+song+ba", "/tim-kiem/?q=khongcotunay", "/rss/", "/khong-co-trang-nay")
ADMIN = {
    "phongvien": ("/admin/", "/admin/desk/new/"),
    "bientap": ("/admin/desk/",),
    "thuky": (
        "/admin/", "/admin/deliveries/", "/admin/channels/", "/admin/channels/1/edit/", "/admin/channels/offers/", "/admin/channel_rules/new/", "/admin/desk/takedowns/",
        "/admin/desk/takedowns/new/", "/admin/desk/corrections/1/", "/admin/deposit/", "/admin/deposit/1/", "/admin/metrics/",
    ),
}


def violations(driver: Chrome) -> list[str]:
    """What axe finds on the page that the window shows, a line each."""
    driver.execute_script("document.getAnimations().forEach((one) => { try { one.finish(); } catch (endless) { one.cancel(); } })")
    axe = Axe(driver)
    axe.inject()
    # Wagtail's link to the content stands before all landmarks, as such a link must; axe sees that only while it is not focused.
    found = axe.run(context={"exclude": [[".skiplink"]]})["violations"]
    return [f"{one['id']} ({one['impact']}): {node['html'][:160]} {node['target']}" for one in found for node in one["nodes"][:3]]


def soon(look: Callable[[], re.Match[str] | None], *, seconds: int = 20) -> re.Match[str]:
    """What is there now or in a moment: the newest stories of a newsroom that has only just started are still being rendered."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        assert time.monotonic() < deadline, "not there"
        time.sleep(0.5)
    return found


@pytest.fixture(params=[("desk", False), ("desk", True), ("phone", False), ("phone", True)], ids=lambda seen: f"{seen[0]}-{'dark' if seen[1] else 'light'}")
def reader(request: pytest.FixtureRequest) -> Iterator[Chrome]:
    size, dark = request.param
    with window(width=SIZES[size][0], height=SIZES[size][1], dark=dark) as driver:
        yield driver


def test_the_paper_has_no_violation(stack: Stack, reader: Chrome) -> None:
    story = soon(lambda: re.search(r'href="(/[\w-]+/[\w-]+-a\d+\.html)"', stack.get("/").text))
    author = soon(lambda: re.search(r'href="(/tac-gia/[\w-]+-\d+/)"', stack.get(story[1]).text))
    wrong = {}
    for path in (*PAPER, story[1], author[1]):
        reader.get(stack.address + path)
        if found := violations(reader):
            wrong[path] = found
    assert not wrong


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_desk_has_no_violation(stack: Stack, size: str, dark: bool) -> None:
    wrong = {}
    with window(width=SIZES[size][0], height=SIZES[size][1], dark=dark) as driver:
        driver.get(stack.address + "/admin/login/")
        wrong["/admin/login/"] = violations(driver)
        person = Person(driver, stack.address)
        for name, paths in ADMIN.items():
            person.sign_in(name)
            for path in (*paths, *_first_story(person)):
                person.go(path)
                wrong[f"{name} {path}"] = violations(driver)
    assert not {path: found for path, found in wrong.items() if found}


def _first_story(person: Person) -> list[str]:
    """The desk page of a story on the person's first screen, and its editor."""
    links = [link.get_attribute("href") or "" for link in person.driver.find_elements("css selector", ".my-work a[href*='/desk/story/']")]
    found = [re.search(r"/desk/story/(\d+)/", link) for link in links]
    return [path for match in found[:1] if match for path in (f"/admin/desk/story/{match[1]}/", f"/admin/pages/{match[1]}/edit/")]
