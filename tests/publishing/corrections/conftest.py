"""A published story and the ways to correct it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from newsroom.accounts.models import User
from newsroom.accounts.roles import Role
from newsroom.articles.models import ArticlePage
from publishing.corrections import services
from publishing.corrections.enums import NoticeKind, Trigger
from publishing.corrections.terms import ensure_terms
from publishing.events.models import StoryEvent
from tests.cast import person
from tests.factories.desk import make_draft, publish, publish_again


@pytest.fixture
def story(reporter: User, editor: User, editor_in_chief: User, now: datetime) -> ArticlePage:
    """A story that readers see."""
    ensure_terms()
    made = make_draft(owner=reporter, now=now, title="Quỹ Ghềnh Đá cho vay mua máy cày")
    publish(made, writer=reporter, editor=editor, signer=editor_in_chief, now=now)
    return ArticlePage.objects.get(pk=made.pk)


@pytest.fixture
def deputy(db: None) -> User:
    """Hờ Linh, a deputy editor-in-chief."""
    return person("photbt", Role.DEPUTY_EDITOR, name="Hờ Linh")


def correction(**more: Any) -> services.NoticeText:
    """All that a correction must say."""
    values: dict[str, Any] = {
        "trigger": Trigger.FOUND, "false_text": "“Mọi hộ đều được vay 100%.”", "corrected_text": "Mức vay cao nhất là 80% giá máy.",
        "apology": "Báo Sông Ba thành thật xin lỗi bạn đọc.", **more,
    }  # fmt: skip
    return services.NoticeText(**values)


Correct = Callable[..., StoryEvent]


@pytest.fixture
def correct(story: ArticlePage, editor: User, secretary: User, editor_in_chief: User, now: datetime) -> Correct:
    """The whole way of a notice: written by the editor, sent by the secretary, signed and published by the editor-in-chief."""

    def carry_out(kind: NoticeKind = NoticeKind.CORRECT, words: services.NoticeText | None = None, *, minutes: int = 5) -> StoryEvent:
        at = now + timedelta(minutes=minutes)
        services.prepare_notice(story=story, kind=kind, words=words or correction(), actor=editor, now=at)
        return publish_again(story, editor=secretary, signer=editor_in_chief, now=at + timedelta(minutes=1))

    return carry_out
