"""An edited copy says first what a correction tells readers."""

from __future__ import annotations

from datetime import datetime, timedelta

from distribution.renditions import snapshots
from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from publishing.corrections import services
from publishing.corrections.enums import NoticeKind
from tests.factories.desk import make_draft, publish, publish_again


def test_a_copy_of_a_clarified_story_carries_the_notice_and_the_first_one_none(reporter: User, editor: User, secretary: User, editor_in_chief: User, now: datetime) -> None:
    draft = make_draft(owner=reporter, now=now)
    first = publish(draft, writer=reporter, editor=editor, signer=editor_in_chief, now=now)
    story = ArticlePage.objects.get(pk=draft.pk)
    words = services.NoticeText(text="Tên đúng là thôn Ghềnh Đá.")
    services.prepare_notice(story=story, kind=NoticeKind.CLARIFY, words=words, actor=editor, now=now + timedelta(minutes=5))
    second = publish_again(story, editor=secretary, signer=editor_in_chief, now=now + timedelta(minutes=6))
    assert snapshots.snapshot_of(event=second, account_key="fanpage").notice == "Đính chính: Tên đúng là thôn Ghềnh Đá."
    assert snapshots.snapshot_of(event=first, account_key="fanpage").notice == ""
