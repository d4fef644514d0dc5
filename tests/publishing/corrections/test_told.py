"""Who is told of a correction or a removal: each once, with proof; what fails is tried again; no address inside our network is called."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from publishing.corrections import removals, services, told
from publishing.corrections.enums import NoticeKind
from publishing.corrections.models import Partner, Told
from publishing.events.models import StoryEvent
from publishing.events.services import take_event
from tests.factories.desk import seen
from tests.publishing.corrections.conftest import Correct, correction


def partner(name: str = "Trang tin Bến Sứ", **more: Any) -> Partner:
    return Partner.objects.create(name=name, mail="bientap@bensu.example", **more)


def take(event: StoryEvent, now: datetime) -> None:
    take_event(event_id=event.pk, subscriber="corrections", now=now)


def test_partners_hear_of_a_correction_once_with_the_words_to_republish(story: ArticlePage, correct: Correct, now: datetime) -> None:
    partner()
    partner("Cổng xã Đá Chẹt", active=False)
    event = correct(words=correction(party="Quỹ Ghềnh Đá", party_mail="quy@ghenhda.example"))
    take(event, now)
    take(event, now)
    assert told.tell_waiting(now=now) == 2
    assert told.tell_waiting(now=now + timedelta(hours=9)) == 0
    assert sorted(letter.to[0] for letter in mail.outbox) == ["bientap@bensu.example", "quy@ghenhda.example"]
    for letter in mail.outbox:
        assert "Thông tin cải chính, xin lỗi" in letter.body and "80% giá máy" in letter.body and f"-a{story.pk}.html" in letter.body
    assert set(Told.objects.values_list("sent_at", flat=True)) == {now}


def test_a_correction_may_be_nobody_elses_business_and_a_clarification_always_is(story: ArticlePage, correct: Correct, now: datetime) -> None:
    partner()
    take(correct(words=correction(tells_partners=False)), now)
    take(correct(NoticeKind.CLARIFY, services.NoticeText(text="Tên đúng là Ghềnh Đá."), minutes=30), now)
    assert not Told.objects.exists()


def test_partners_hear_what_to_do_and_only_the_newsroom_hears_why(story: ArticlePage, reporter: User, secretary: User, deputy: User, now: datetime) -> None:
    partner()
    removal = removals.kill(story=story, actor=deputy, number=str(story.pk), reason="Nguồn tin rút lời.", now=now)
    take(removal.event, now)
    told.tell_waiting(now=now)
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert {reporter.email, secretary.email, "bientap@bensu.example"} <= set(letters)
    assert "Nguồn tin rút lời." in letters[reporter.email].body and "Hờ Linh" in letters[reporter.email].body
    assert "Nguồn tin rút lời." not in letters["bientap@bensu.example"].body
    assert Told.objects.get(partner__isnull=False).sent_at == now


def test_the_correction_of_a_withdrawn_story_reaches_partners_beside_the_take_down(story: ArticlePage, editor: User, deputy: User, now: datetime) -> None:
    partner()
    take(removals.withdraw(story=story, actor=deputy, reason="Sai.", now=now).event, now)
    services.prepare_notice(story=story, kind=NoticeKind.CORRECT, words=correction(), actor=editor, now=now)
    services.sign_alone(story=story, actor=deputy, now=now, **seen(story))
    assert Told.objects.filter(partner__isnull=False).count() == 2


def test_what_fails_is_written_down_and_tried_again(story: ArticlePage, deputy: User, now: datetime, settings: Any) -> None:
    take(removals.withdraw(story=story, actor=deputy, reason="Sai.", now=now).event, now)
    waiting = Told.objects.count()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    assert told.tell_waiting(now=now) == 0
    assert Told.objects.filter(sent_at=None, attempts=1, next_at=now + timedelta(minutes=1)).exclude(error="").count() == waiting
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert told.tell_waiting(now=now) == 0
    assert told.tell_waiting(now=now + timedelta(minutes=1)) == waiting


def test_an_unsigned_message_of_old_is_not_sent_any_more(story: ArticlePage, now: datetime) -> None:
    row = Told.objects.create(event=story.events.get(), means="webhook", address="https://bensu.example/hook", subject="x", body="{}", next_at=now)
    assert told.tell_waiting(now=now) == 0
    row.refresh_from_db()
    assert (row.sent_at, row.attempts, mail.outbox) == (None, 0, [])


def test_a_headline_cannot_add_lines_to_a_letters_head(story: ArticlePage, deputy: User, now: datetime) -> None:
    Told.objects.create(
        event=story.events.get(), address="a@b.example", subject="Gỡ bài\nBcc: kegian@x.example", body="…", next_at=now
    )
    assert told.tell_waiting(now=now) == 1
    [letter] = mail.outbox
    assert isinstance(letter.message(), EmailMessage) or letter.message()["Bcc"] is None
    assert letter.recipients() == ["a@b.example"]


@pytest.mark.django_db
def test_an_imported_event_tells_nobody(story: ArticlePage, now: datetime) -> None:
    from publishing.events.registry import subscribers

    assert not subscribers.get("corrections").takes_imported
