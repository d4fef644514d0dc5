"""What a story says on a channel, with its hashtags, its first comment and its time, is what is signed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from publishing.workflow import diffs, words
from publishing.workflow.selectors import latest_revision
from tests.factories import desk


def choose(story: ArticlePage, *, by: User, **choices: Any) -> str:
    """Save these choices on the story's row; the new digest."""
    revision = latest_revision(story)
    assert revision
    version = revision.as_object()
    row = version.channel_texts.get()
    for name, value in choices.items():
        setattr(row, name, value)
    version.channel_texts = [row]
    return words.digest_of(version.save_revision(user=by))


@pytest.mark.parametrize(
    "choices",
    [{"hashtags": "#bão12"}, {"first_comment": "Đọc thêm"}, {"media": "none"}, {"link_place": "comment"}, {"timing": "after", "after_minutes": 15}, {"timing": "at"}],
)
def test_every_choice_of_a_channel_is_part_of_what_is_signed(reporter: User, now: datetime, choices: dict[str, Any]) -> None:
    story = desk.make_draft(owner=reporter, now=now, channels={"fanpage": "Lời dẫn"})
    revision = latest_revision(story)
    assert revision and words.snapshot(revision)["channel_texts"] == [["fanpage", True, "Lời dẫn"]]
    if choices == {"timing": "at"}:
        choices = {"timing": "at", "at": now + timedelta(hours=3)}
    assert choose(story, by=reporter, **choices) != words.digest_of(revision)


def test_a_later_time_is_another_digest_and_a_time_that_is_not_used_is_none(reporter: User, now: datetime) -> None:
    story = desk.make_draft(owner=reporter, now=now, channels={"fanpage": "Lời dẫn"})
    times = [choose(story, by=reporter, timing="at", at=now + timedelta(minutes=minutes)) for minutes in (5, 6, 5)]
    assert times[0] == times[2] != times[1]
    revision = latest_revision(story)
    assert revision
    plain = choose(story, by=reporter, timing="with_story", at=now, after_minutes=9)
    assert plain == choose(story, by=reporter, timing="with_story", at=None, after_minutes=None)


def test_what_changed_on_a_channel_is_told_in_the_desk_s_words(reporter: User, now: datetime) -> None:
    story = desk.make_draft(owner=reporter, now=now, channels={"fanpage": "Lời dẫn"})
    before = latest_revision(story)
    choose(story, by=reporter, hashtags="#bão12", media="picture", timing="at", at=now, wanted=False)
    after = latest_revision(story)
    assert before and after
    (change,) = diffs.between(before, after)
    for told in ("không đăng lên kênh này", "hashtag: #bão12", "ảnh hoặc video: Chỉ ảnh chính", "giờ đăng: Hẹn giờ riêng"):
        assert told in " ".join(str(change.text).replace("</ins>", "").replace("<ins>", "").split()), told
    assert "timing" not in str(change.text) and "True" not in str(change.text)
