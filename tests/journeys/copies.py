"""Every copy of a story: what readers of each rehearsal platform see of it, and what the board and the desk page say of it. The two must agree."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expected

from tests.journeys.people import Person
from tests.journeys.stack import Stack

CHANNELS = {
    "facebook": "Fanpage Báo Sông Ba", "youtube": "Truyền hình Báo Sông Ba", "zalo": "Zalo Báo Sông Ba", "tiktok": "TikTok Báo Sông Ba",
    "telegram": "Telegram Báo Sông Ba", "mastodon": "Mastodon Báo Sông Ba", "webhook": "Đối tác đăng lại",
}  # fmt: skip
BY_HAND = "tiktok"  # it knows neither edits nor take-downs: a person has a task there
PAPER = "Báo điện tử"
ON_PAPER, OFF_PAPER = "Đã lên báo", "Đã gỡ khỏi báo"
POST, EDIT, REMOVE = "Đăng", "Sửa bài đăng", "Xóa bài đăng"
POSTED, EDITED, REMOVED, TASK, CANCELLED = "Đã đăng", "Đã sửa", "Đã gỡ", "Chờ người hoàn tất", "Đã hủy"
FURTHER = ("Làm mới thẻ xem trước",)  # what else may follow a post; it changes no word of it
# [channel, what, state] of each row of the board.
ROWS = """return [...document.querySelectorAll('article.delivery')].map((row) => {
  const [who, state] = row.querySelectorAll(':scope > p');
  return [who.querySelector('b').textContent.trim(), who.querySelector('.who').textContent.split('·')[0].trim(), state.querySelector('.mark').textContent.trim()];
});"""
Row = tuple[str, str, str]


@dataclass(frozen=True)
class Copies:
    """The copies of one story. `words`: those that alone tell its post where no link does, by platform."""

    stack: Stack
    story: int
    words: dict[str, str]

    def posts(self, platform: str) -> list[dict[str, Any]]:
        """What readers of this platform see of the story."""
        return self.all_posts()[platform]

    def all_posts(self) -> dict[str, list[dict[str, Any]]]:
        """The same for every platform, in one look."""
        shown: dict[str, list[dict[str, Any]]] = {platform: [] for platform in CHANNELS}
        for post in self.stack.all_posts():
            if post["state"] == "published" and self._is_ours(post):
                shown[post["platform"]].append(post)
        return shown

    def _is_ours(self, post: dict[str, Any]) -> bool:
        words = self.words.get(post["platform"])
        return words in post["text"] if words else f"-a{self.story}.html" in f"{post['link']} {post['text']}"

    def numbers(self) -> dict[str, int]:
        """How many posts of the story each platform shows."""
        return {platform: len(posts) for platform, posts in self.all_posts().items()}

    def that_tell(self, words: str) -> set[str]:
        """The platforms whose copy has these words."""
        return {platform for platform, posts in self.all_posts().items() if posts and all(words in post["text"].replace("\xa0", " ") for post in posts)}

    def draft_waits(self) -> bool:
        """Whether a draft lies in the inbox of TikTok's app."""
        return 'name="publish_id"' in requests.get(f"{self.stack.rehearsal}/{BY_HAND}/inbox", timeout=30).text

    def finish_draft(self, person: Person) -> None:
        """What a person does at the phone: the newest draft in TikTok's app gets its words and is posted for everybody."""
        person.driver.get(f"{self.stack.rehearsal}/{BY_HAND}/inbox")
        draft = person.find("form.draft")
        caption = draft.find_element(By.NAME, "caption")
        caption.clear()
        caption.send_keys(self.words[BY_HAND])
        draft.find_element(By.CSS_SELECTOR, "[value=PUBLIC_TO_EVERYONE]").click()
        draft.find_element(By.CSS_SELECTOR, "button[type=submit]:not([name])").click()
        person.wait.until(expected.staleness_of(draft), "the draft stays in the inbox")
        until(lambda: self.numbers()[BY_HAND] == 1, "TikTok does not show the post")

    def board(self, person: Person) -> list[Row]:
        """What the board says of the story, in the browser."""
        person.go(f"/admin/deliveries/?q={self.story}")
        return [tuple(row) for row in person.driver.execute_script(ROWS)]

    def board_says(self, person: Person, *, paper: str, rows: set[Row]) -> None:
        """The board comes to say this of the paper and of every copy, once each, and nothing else."""
        seen: list[Row] = []

        def says() -> bool:
            seen[:] = self.board(person)
            of_channels = [row for row in seen if row[0] != PAPER and row[1] not in FURTHER]
            return sorted(of_channels) == sorted(rows) and [row[2] for row in seen if row[0] == PAPER][:1] == [paper]

        until(says, "the board says otherwise", about=lambda: f"missing {rows - set(seen)}, too much {set(seen) - rows}")

    def desk_page_says(self, person: Person, told: dict[str, tuple[str, ...]]) -> None:
        """“Where it is” comes to say these words of each copy."""

        def says() -> bool:
            person.open_desk(self.story)
            lines = [row.text for row in person.driver.find_elements(By.CSS_SELECTOR, ".desk-where li")]
            return all(any(line.startswith(name) and all(word in line for word in words) for line in lines) for name, words in told.items())

        until(says, "“where it is” says otherwise", about=lambda: person.find(".desk-where").text)


def rows_of(rows: dict[str, str], *, by_hand: dict[str, str]) -> set[Row]:
    """Rows of the board, operation → state: of every channel, and of the one where a person does it."""
    return {(name, what, state) for platform, name in CHANNELS.items() for what, state in (by_hand if platform == BY_HAND else rows).items()}


def until(true: Callable[[], bool], otherwise: str, *, seconds: float = 90, about: Callable[[], object] = lambda: "") -> None:
    """Returns once it is true; fails with these words, and what `about` tells then."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{otherwise}: {about()}"
        time.sleep(0.3)
