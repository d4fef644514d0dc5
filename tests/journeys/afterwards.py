"""What comes after publication, by hand: a correction that every copy tells, a kill that takes every copy away, and the board and the desk page that know it."""

from __future__ import annotations

from tests.journeys.copies import (
    BY_HAND,
    CANCELLED,
    CHANNELS,
    EDIT,
    EDITED,
    OFF_PAPER,
    ON_PAPER,
    PAPER,
    POST,
    POSTED,
    REMOVE,
    REMOVED,
    TASK,
    Copies,
    rows_of,
    until,
)
from tests.journeys.people import Person

WRONG, RIGHT = "“mỗi giờ một chuyến”", "Hai giờ mới có một chuyến, từ 18 đến 22 giờ."
APOLOGY = "Báo Sông Ba thành thật xin lỗi bạn đọc và bà con đi đò."
REASON = "Nguồn tin rút lại toàn bộ lời kể."
EVERYWHERE, BY_ITSELF = dict.fromkeys(CHANNELS, 1), set(CHANNELS) - {BY_HAND}


def check_published(person: Person, copies: Copies) -> None:
    """Once on every platform, and the board comes to say so of each."""
    assert copies.numbers() == EVERYWHERE
    copies.board_says(person, paper=ON_PAPER, rows=rows_of({POST: POSTED}, by_hand={POST: POSTED}))


def correct(person: Person, copies: Copies) -> None:
    """The editor writes it, the secretary sends it, the editor-in-chief signs it: the page and every copy tell it; where none can be edited a person has a task."""
    stack, story = copies.stack, copies.story
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
    until(lambda: copies.that_tell(RIGHT) == BY_ITSELF, "a copy does not tell the correction", about=lambda: BY_ITSELF ^ copies.that_tell(RIGHT))
    assert copies.numbers() == EVERYWHERE
    copies.board_says(person, paper=ON_PAPER, rows=rows_of({POST: POSTED, EDIT: EDITED}, by_hand={POST: POSTED, EDIT: TASK}))
    copies.desk_page_says(person, {PAPER: (ON_PAPER,), **dict.fromkeys(CHANNELS.values(), (POSTED,)), CHANNELS[BY_HAND]: (POSTED, f"{EDIT}: {TASK}")})


def kill(person: Person, copies: Copies) -> None:
    """The editor-in-chief types the story's number: gone from the paper and from every channel; where it cannot be, a person has a task; the board and the desk page say so."""
    stack, story = copies.stack, copies.story
    person.sign_in("tongbientap")
    person.open_desk(story)
    person.click("#act-kill summary")
    person.fill("#kill-number", str(story))
    person.fill("#kill-reason", REASON)
    person.act("kill", state="withdrawn")
    until(lambda: stack.get(f"/thoi-su/x-a{story}.html").status_code == 410, "readers still see it")
    left = dict.fromkeys(CHANNELS, 0) | {BY_HAND: 1}
    until(lambda: copies.numbers() == left, "a copy stands", about=copies.numbers)
    gone = {POST: REMOVED, EDIT: EDITED, REMOVE: REMOVED}
    copies.board_says(person, paper=OFF_PAPER, rows=rows_of(gone, by_hand={POST: POSTED, EDIT: CANCELLED, REMOVE: TASK}))
    copies.desk_page_says(person, {PAPER: (OFF_PAPER,), **dict.fromkeys(CHANNELS.values(), (REMOVED,)), CHANNELS[BY_HAND]: (POSTED, f"{REMOVE}: {TASK}")})
    assert person.count(".desk-where li .late") == 1, "more than the one task is open"
    assert f"-a{story}.html" not in stack.get("/").text
