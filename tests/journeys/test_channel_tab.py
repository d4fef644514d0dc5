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


PREVIEWED = "return [...document.querySelectorAll('[data-channel] .post img')].map((one) => one.alt);"
TICKED = "return [...document.querySelectorAll('[name^=channel_texts-][name$=-wanted]')].filter((one) => !one.name.includes('__prefix__') && one.checked).map((one) => one.name);"
KEYS = "return [...document.querySelectorAll('[name^=channel_texts-][name$=-account_key]')].filter((one) => !one.name.includes('__prefix__')).map((one) => one.value);"
ANSWER = "const said = arguments[0]; window.fetch = async () => new Response(JSON.stringify(said)); document.querySelector('[data-channel-rules-said]').textContent = '';"


def add_picture(person: Person, number: int) -> None:
    """A picture of the library at the end of the body."""
    person.driver.execute_script("[...document.querySelectorAll('#tab-content .c-sf-add-button, .c-sf-add-button')].filter((one) => one.offsetParent).at(-1).click()")
    option = person.wait.until(lambda driver: next((one for one in driver.find_elements(By.CSS_SELECTOR, "[role=option]") if one.is_displayed() and one.text.strip() == "Ảnh"), None))
    person.driver.execute_script("arguments[0].click()", option)
    person.wait.until(lambda _driver: person.count(f"[name=body-{number}-value-image]"), "no block")
    person.click(f"#body-{number}-value-image-chooser [data-chooser-action-choose]")
    person.wait.until(lambda _driver: person.count(".modal [data-chooser-modal-choice]") > number, "no pictures to choose")
    person.driver.execute_script("document.querySelectorAll('.modal [data-chooser-modal-choice]')[arguments[0]].click()", number)
    person.wait.until(lambda driver: driver.find_element(By.NAME, f"body-{number}-value-image").get_attribute("value"), "the picture was not taken")


@pytest.mark.parametrize("size", SIZES)
def test_an_album_of_the_body_is_previewed_in_its_order(stack: Stack, size: str) -> None:
    with window(width=SIZES[size][0], height=SIZES[size][1]) as driver:
        person = Person(driver, stack.address)
        person.sign_in("phongvien")
        person.go("/admin/desk/new/")
        person.fill("#id_title", "Lũ về Sông Ba")
        for number in range(3):
            add_picture(person, number)
        person.tab(3)
        person.choose(person.channel_field("fanpage-bao-song-ba", "media"), "Tất cả ảnh")
        person.wait.until(lambda _driver: len(driver.execute_script(PREVIEWED)) >= 3, "the body's pictures are not previewed")
        assert not driver.execute_script(SIDEWAYS)
        before = driver.execute_script(PREVIEWED)
        driver.execute_script("document.querySelectorAll('[name=body-0-deleted]')[0].value = '1'; document.body.click()")
        person.wait.until(lambda _driver: driver.execute_script(PREVIEWED) != before, "a block that was taken away is still previewed")


def test_the_rules_take_back_what_they_gave_and_never_what_a_person_ticked(stack: Stack) -> None:
    with window(width=1440, height=900) as driver:
        person = Person(driver, stack.address)
        person.sign_in("phongvien")
        person.go("/admin/desk/new/")
        person.find("#id_title")
        person.tab(3)
        person.wait.until(lambda _driver: len(driver.execute_script(TICKED)) > 1, "no channels are offered")
        keys, (mine, other, *_more) = driver.execute_script(KEYS), driver.execute_script(TICKED)
        for _time in range(2):
            person.click(f"[name={mine}]")  # taken away and ticked again, by hand

        def press(*wanted: str, given: list[str]) -> list[str]:
            rows = [{"key": key, "wanted": key in wanted, "text": ""} for key in keys]
            driver.execute_script(ANSWER, {"rules": True, "rows": rows, "given": given})
            person.click("[data-channel-rules]")
            person.wait.until(lambda _driver: driver.find_element(By.CSS_SELECTOR, "[data-channel-rules-said]").text, "the rules say nothing")
            return list(driver.execute_script(TICKED))

        theirs = keys[int(other.split("-")[1])]
        assert press(given=keys) == [mine]
        assert press(theirs, given=[]) == [mine, other], "a rule ticks"
        assert press(given=[]) == [mine], "and takes back what it ticked"
        person.click(f"[name={other}]")
        assert press(given=keys) == [mine, other]
