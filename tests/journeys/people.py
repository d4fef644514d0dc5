"""What a person does in the admin, through a real browser."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.ui import Select, WebDriverWait

PASSWORD = "demo-newsroom"
SECONDS = 40


class Person:
    """One person at one browser."""

    def __init__(self, driver: Chrome, address: str) -> None:
        self.driver, self.address = driver, address
        self.wait = WebDriverWait(driver, SECONDS, ignored_exceptions=[StaleElementReferenceException])

    def find(self, selector: str) -> WebElement:
        """The element, once it is there and can be clicked."""
        return self.wait.until(expected.element_to_be_clickable((By.CSS_SELECTOR, selector)), selector)

    def count(self, selector: str) -> int:
        """How many there are now."""
        return len(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def click(self, selector: str) -> None:
        """Click it, in the middle of the window."""
        element = self.find(selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        self.driver.execute_script("arguments[0].click()", element)

    def fill(self, selector: str, text: str) -> None:
        """Type into a field that may hold something."""
        element = self.find(selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.clear()
        element.send_keys(text)

    def choose(self, selector: str, text: str) -> None:
        """Choose an option by its words; empty takes the first real one."""
        chooser = Select(self.find(selector))
        names = [option.text.strip() for option in chooser.options if option.get_attribute("value")]
        chooser.select_by_visible_text(next(name for name in names if text in name))

    def go(self, path: str) -> None:
        """Open a page of the newsroom."""
        self.driver.get(self.address + path)

    def sign_in(self, name: str) -> None:
        """Sign in with an empty cookie jar."""
        self.driver.delete_all_cookies()
        self.go("/admin/login/")
        self.fill("#id_username", name)
        self.fill("#id_password", PASSWORD)
        self.click("form.login-form button[type=submit]")
        self.wait.until(expected.presence_of_element_located((By.CSS_SELECTOR, ".my-work")), "the first screen")

    def channel_field(self, key: str, name: str) -> str:
        """The selector of a field in the row of a channel, in the editor's tab for channels."""
        found = "return [...document.querySelectorAll('select[name$=account_key]')].find((chosen) => chosen.value === arguments[0]).name"
        row = str(self.driver.execute_script(found, key)).removesuffix("-account_key")
        return f"[name={row}-{name}]"

    def tab(self, number: int) -> None:
        """Open a tab of the story editor, counted from 1."""
        self.click(f".w-tabs__list [role=tab]:nth-of-type({number})")

    def upload_main_picture(self, picture: Path, words: dict[str, str]) -> None:
        """Choose the main picture by uploading it in the chooser."""
        self.click("#id_main_image-chooser [data-chooser-action-choose]")
        self.click('.modal a[href="#tab-upload"]')
        form = ".modal form[data-chooser-modal-creation-form]"
        self.find(f"{form} button[type=submit], {form} input[type=submit]")
        self.driver.find_element(By.CSS_SELECTOR, f"{form} input[type=file]").send_keys(str(picture))
        for name, text in words.items():
            self.fill(f"{form} [name=image-chooser-upload-{name}]", text)
        self.click(f"{form} button[type=submit], {form} input[type=submit]")
        self.wait.until(lambda driver: driver.find_element(By.ID, "id_main_image").get_attribute("value"), "the picture was not taken")

    def upload_video(self, video: Path, words: dict[str, str]) -> None:
        """Upload a video and wait until readers could see it."""
        self.go("/admin/videos/new/")
        self.find("#video-file").send_keys(str(video))
        for name, text in words.items():
            self.fill(f".video-form [name={name}]", text)
        self.click(".video-form button[type=submit]")
        patient = WebDriverWait(self.driver, 120, ignored_exceptions=[StaleElementReferenceException])
        patient.until(expected.url_contains("/admin/videos/edit/"), "the upload does not end")
        patient.until(expected.presence_of_element_located((By.CSS_SELECTOR, ".video-state video")), "the video does not get ready")

    def choose_main_video(self, title: str) -> None:
        """Choose a video of the library above the story's text."""
        self.click("#id_main_video-chooser [data-chooser-action-choose]")
        self.wait.until(expected.element_to_be_clickable((By.PARTIAL_LINK_TEXT, title)), "the video is not in the library").click()
        self.wait.until(lambda driver: driver.find_element(By.ID, "id_main_video").get_attribute("value"), "the video was not taken")

    def add_paragraph(self, text: str) -> None:
        """A paragraph at the end of the body."""
        self.click(".c-sf-add-button")
        self.click("[role=option]")
        self.find(".public-DraftEditor-content").send_keys(text)

    def add_byline(self, name: str) -> None:
        """A pen name under the story."""
        self.click("#id_bylines-ADD")
        self.choose("[name=bylines-0-pen_name]", name)

    def press_save_and_go(self) -> None:
        """The second button of the editor's menu."""
        self.driver.execute_script("arguments[0].click()", self.wait.until(expected.presence_of_element_located((By.CSS_SELECTOR, "button[name=action-desk]"))))

    def save_and_go_to_the_desk(self) -> int:
        """The story's number."""
        self.press_save_and_go()
        self.wait.until(expected.url_contains("/admin/desk/story/"), "the desk page did not come")
        found = re.search(r"/desk/story/(\d+)/", self.driver.current_url)
        assert found
        return int(found[1])

    def open_desk(self, story: int) -> None:
        """The story's desk page."""
        self.go(f"/admin/desk/story/{story}/")

    def may(self, act: str) -> bool:
        """Whether the desk page offers an act."""
        return self.count(f"#act-{act}") > 0

    def act(self, act: str, *, state: str) -> None:
        """Press a button of the desk page and see the new state."""
        self.click(f"#act-{act} button[type=submit]")
        self.see_state(state)

    def see_state(self, state: str) -> None:
        """The desk page says so."""
        self.wait.until(expected.presence_of_element_located((By.CSS_SELECTOR, f".state-{state}")), f"the story is not {state}: {self.messages()}")

    def messages(self) -> str:
        """What the page tells the person."""
        return " ".join(element.text for element in self.driver.find_elements(By.CSS_SELECTOR, ".messages"))

    def schedule(self, due: datetime) -> None:
        """Give the approved story its time (local, to the second)."""
        self.click("#act-schedule summary")
        field = self.find("#schedule-due_at")
        self.driver.execute_script("arguments[0].value = arguments[1]", field, due.strftime("%Y-%m-%dT%H:%M:%S"))
        self.act("schedule", state="scheduled")

    def hidden(self, name: str) -> str:
        """A hidden value of the desk page's first act."""
        return self.driver.find_element(By.CSS_SELECTOR, f".act [name={name}]").get_attribute("value") or ""
