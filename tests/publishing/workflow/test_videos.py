"""A video is part of what is signed, and one that readers could not see keeps a story from being signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from newsroom.accounts.models import User
from newsroom.media.enums import VideoState
from publishing.workflow import diffs, services, words
from publishing.workflow.selectors import latest_revision
from tests.factories import desk
from tests.factories.media import make_video


def digest_of(story: Any) -> str:
    revision = latest_revision(story)
    assert revision
    return words.digest_of(revision)


def test_another_video_is_another_digest_and_no_video_keeps_the_old_one(reporter: User, now: datetime) -> None:
    story = desk.make_draft(owner=reporter, now=now)
    revision = latest_revision(story)
    assert revision
    assert "main_video" not in words.snapshot(revision)
    plain = digest_of(story)
    desk.change(story, by=reporter, main_video=make_video())
    first = digest_of(story)
    desk.change(story, by=reporter, main_video=make_video())
    second = latest_revision(story)
    assert second
    assert len({plain, first, digest_of(story)}) == 3
    assert [str(change.label) for change in diffs.between(revision, second)] == ["video chính"]
    assert [str(change.label) for change in diffs.between(second, revision)] == ["video chính"]


@pytest.mark.parametrize("place", ["main_video", "body"])
def test_a_video_that_is_not_ready_keeps_a_story_from_being_signed(reporter: User, editor: User, secretary: User, now: datetime, place: str) -> None:
    video = make_video(ready=False, state=VideoState.CONVERTING, title="Sông Ba")
    value: dict[str, Any] = {"main_video": video} if place == "main_video" else {"body": [*desk.PARAGRAPH, ("video", {"video": video, "caption": ""})]}
    story = desk.make_draft(owner=reporter, now=now, **value)
    desk.to_signoff(story, writer=reporter, editor=editor, now=now)
    with pytest.raises(services.NotAllowed, match=r"Video “Sông Ba” chưa sẵn sàng \(Đang chuyển mã\)"):
        services.approve_story(story=story, actor=secretary, now=now, **desk.seen(story))
    type(video).objects.filter(pk=video.pk).update(state=VideoState.READY, mp4="videos/x.mp4", sha256="0" * 64, size=1, width=2, height=2)
    assert services.approve_story(story=story, actor=secretary, now=now, **desk.seen(story)).digest == digest_of(story)


def test_a_video_that_is_gone_keeps_a_story_from_being_signed(reporter: User, editor: User, secretary: User, now: datetime) -> None:
    video = make_video()
    story = desk.make_draft(owner=reporter, now=now, body=[*desk.PARAGRAPH, ("video", {"video": video, "caption": ""})])
    desk.to_signoff(story, writer=reporter, editor=editor, now=now)
    video.delete()
    with pytest.raises(services.NotAllowed, match="video không còn tồn tại"):
        services.approve_story(story=story, actor=secretary, now=now, **desk.seen(story))
