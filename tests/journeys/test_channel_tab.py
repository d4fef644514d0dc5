"""The tab "Đăng đa nền tảng" in a real browser, on a desk and on a phone: each preview in its row, each problem beside its field, room for a thumb."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By

from tests.chromium import window
from tests.journeys.people import Person
from tests.journeys.stack import Stack
from tests.journeys.test_accessibility import SIZES, violations

pytestmark = [pytest.mark.browser, pytest.mark.processes]
# Controls of the tab that are lower than a thumb, and whether the page scrolls sideways.
SMALL = """return [...document.querySelectorAll('[data-inline-panel-child] :is(select, textarea, input:not([type=hidden], [type=checkbox])), .channel-rules button')]
  .filter((one) => one.getBoundingClientRect().height && one.getBoundingClientRect().height < 43.9).map((one) => one.name || one.textContent.trim());"""
SIDEWAYS = "return document.documentElement.scrollWidth > document.documentElement.clientWidth;"


def beside(person: Person, field: str) -> list[str]:
    """What is said beside a field of a row, and the field says so to whoever cannot see it."""
    element = person.driver.find_element(By.NAME, field)
    ids = (element.get_attribute("aria-describedby") or "").split()
    return [person.driver.find_element(By.ID, one).text for one in ids if "-problem-" in one]


@pytest.mark.parametrize("size", SIZES)
def test_what_is_wrong_stands_beside_its_field_and_the_preview_in_its_row(stack: Stack, size: str) -> None:
    with window(width=SIZES[size][0], height=SIZES[size][1]) as driver:
        person = Person(driver, stack.address)
        person.sign_in("phongvien")
        person.go("/admin/desk/new/")
        person.find("#id_title")
        person.tab(3)
        person.wait.until(lambda _driver: person.count("[data-inline-panel-child] .channel-beside .channel"), "no preview in a row")
        assert "Fanpage" in driver.find_element(By.CSS_SELECTOR, "[data-inline-panel-child] [data-panel-heading-text]").text
        assert not beside(person, "channel_texts-0-text"), "wrong before anything is written"
        person.tab(1)
        person.fill("#id_title", "Lũ về Sông Ba")
        person.tab(3)
        person.wait.until(lambda _driver: beside(person, "channel_texts-0-text"), "nothing beside the empty text")
        person.fill("[name=channel_texts-0-text]", "Nước lên nhanh, bà con vùng trũng đã đến nơi an toàn.")
        person.wait.until(lambda _driver: not beside(person, "channel_texts-0-text"), "still said")
        person.fill("[name=channel_texts-0-first_comment]" if driver.find_element(By.NAME, "channel_texts-0-first_comment").is_displayed() else "[name=channel_texts-0-hashtags]", "lũ")
        person.click("[data-channel-rules]")
        person.wait.until(lambda _driver: driver.find_element(By.CSS_SELECTOR, "[data-channel-rules-said]").text, "the rules say nothing")
        assert driver.find_element(By.NAME, "channel_texts-0-text").get_attribute("value").startswith("Nước lên nhanh")
        assert not driver.execute_script(SIDEWAYS)
        assert size == "desk" or driver.execute_script(SMALL) == []
        assert violations(driver) == []
