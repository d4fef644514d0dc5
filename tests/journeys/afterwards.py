"""What comes after publication, by hand: a correction that every copy tells, a kill that takes every copy away, and the desk page that knows it."""

from __future__ import annotations

import time
from collections.abc import Callable

from selenium.webdriver.common.by import By

from tests.journeys.people import Person
from tests.journeys.stack import Stack

WRONG, RIGHT = "“mỗi giờ một chuyến”", "Hai giờ mới có một chuyến, từ 18 đến 22 giờ."
APOLOGY = "Báo Sông Ba thành thật xin lỗi bạn đọc và bà con đi đò."
REASON = "Nguồn tin rút lại toàn bộ lời kể."


def correct(person: Person, stack: Stack, story: int, words: tuple[str, ...]) -> None:
    """The editor writes it, the secretary sends it, the editor-in-chief signs it: the page and the copy with each of these words tell it."""
    person.sign_in("bientap")
    person.open_desk(story)
    person.click("#act-correct summary")
    person.choose("#correct-trigger", "")
    for name, text in (("false_text", WRONG), ("corrected_text", RIGHT), ("apology", APOLOGY)):
        person.fill(f"#correct-{name}", text)
    person.act("correct", state="published")
    person.sign_in("thuky")
    person.open_desk(story)
    person.act("escalate", state="awaiting_signoff")
    person.sign_in("tongbientap")
    person.open_desk(story)
    person.act("approve", state="approved")
    person.act("publish", state="published")
    until(lambda: RIGHT in stack.get(f"/thoi-su/x-a{story}.html").text.replace("\xa0", " "), "the page does not tell the correction")
    assert RIGHT in stack.get("/cai-chinh/").text.replace("\xa0", " "), "the column of corrections does not tell it"
    for text in words:
        until(lambda text=text: [RIGHT in post["text"] for post in stack.posts(text)] == [True], f"the copy with “{text}” does not tell the correction")


def kill(person: Person, stack: Stack, story: int, words: tuple[str, ...]) -> None:
    """The editor-in-chief types the story's number: gone from the paper and from every channel, and the desk page says so."""
    person.sign_in("tongbientap")
    person.open_desk(story)
    person.click("#act-kill summary")
    person.fill("#kill-number", str(story))
    person.fill("#kill-reason", REASON)
    person.act("kill", state="withdrawn")
    until(lambda: stack.get(f"/thoi-su/x-a{story}.html").status_code == 410, "readers still see it")
    for text in words:
        until(lambda text=text: {post["state"] for post in stack.posts(text)} == {"deleted"}, f"the copy with “{text}” stands")
    until(lambda: not any(stack.posts_of(story, platform) for platform in ("zalo", "telegram", "mastodon", "webhook")), "a copy stands on another channel")
    until(lambda: all_removed(person, story, copies=len(words)), "the desk page does not say that every copy is gone")
    assert f"-a{story}.html" not in stack.get("/").text


def all_removed(person: Person, story: int, *, copies: int) -> bool:
    """What the story's desk page tells of its copies."""
    person.open_desk(story)
    rows = person.driver.find_elements(By.CSS_SELECTOR, ".desk-where li")
    return len(rows) >= copies and all("gỡ" in row.text.lower() for row in rows) and person.count(".desk-where .late") == 0


def until(true: Callable[[], bool], otherwise: str, *, seconds: float = 60) -> None:
    """Returns once it is true; fails with these words."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.3)
