"""Who is told of a correction or a removal: each once, with proof; what fails is tried again; no address inside our network is called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from publishing.corrections import removals, services, told
from publishing.corrections.enums import NoticeKind
from publishing.corrections.models import Partner, Told
from publishing.events.models import Alarm, StoryEvent
from publishing.events.services import take_event
from publishing.workflow.services import NotAllowed
from publishing.workflow.setup import ensure_rights
from tests.factories.desk import seen
from tests.publishing.corrections.conftest import Correct, correction

SignIn = Callable[[User], Client]


@pytest.fixture
def as_person(db: None, client: Client) -> SignIn:
    """Somebody signed in."""
    ensure_rights()

    def sign_in(user: User) -> Client:
        client.force_login(user)
        return client

    return sign_in


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


@pytest.fixture
def no_mail(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there


def untold(story: ArticlePage, deputy: User, now: datetime, *, tries: int = 3) -> Told:
    """A partner's message that failed so many times."""
    partner()
    take(removals.withdraw(story=story, actor=deputy, reason="Sai.", now=now).event, now)
    for number in range(tries):
        told.tell_waiting(now=now + timedelta(minutes=2**number - 1))
    return Told.objects.get(partner__isnull=False)


def alarms(row: Told) -> list[str]:
    return list(Alarm.objects.filter(code="correction_untold", subject=str(row.pk), cleared_at=None).values_list("message", flat=True))


def test_who_could_not_be_told_is_alarmed_after_three_tries_with_the_reason(story: ArticlePage, reporter: User, deputy: User, now: datetime, no_mail: None) -> None:
    row = untold(story, deputy, now, tries=2)
    assert row.attempts == 2 and alarms(row) == []
    told.tell_waiting(now=now + timedelta(minutes=3))
    (message,) = alarms(row)
    assert "Chưa báo được cho Trang tin Bến Sứ (bientap@bensu.example)" in message and "refused" in message
    assert alarms(Told.objects.get(user=reporter)), "the author's own notice too"


def test_it_is_tried_for_days_at_a_growing_interval_and_the_alarm_stands_until_it_went_out(story: ArticlePage, deputy: User, now: datetime, no_mail: None, settings: Any) -> None:
    row, at = untold(story, deputy, now), now
    for _hour in range(5 * 24):
        at += timedelta(hours=1)
        told.tell_waiting(now=at)
    row.refresh_from_db()
    assert row.attempts < told.MOST_ATTEMPTS and row.next_at - at <= timedelta(hours=6) and len(alarms(row)) == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    told.tell_waiting(now=at + timedelta(hours=6))
    row.refresh_from_db()
    assert row.sent_at is not None and alarms(row) == []


def test_the_desk_tries_again_at_once_also_what_was_given_up(as_person: SignIn, story: ArticlePage, secretary: User, deputy: User, now: datetime, no_mail: None, settings: Any) -> None:
    row = untold(story, deputy, now)
    Told.objects.filter(pk=row.pk).update(attempts=told.MOST_ATTEMPTS, next_at=now + timedelta(hours=6))
    client, page = as_person(secretary), reverse("correction_told", args=[row.pk])
    assert page in client.get(reverse("story_desk", args=[story.pk])).content.decode()
    assert "Gửi lại ngay" in client.get(page).content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    told.try_again(row=row, actor=secretary, now=now + timedelta(days=7))
    told.tell_waiting(now=now + timedelta(days=7))
    assert [letter.to for letter in mail.outbox if letter.to == ["bientap@bensu.example"]] and alarms(row) == []


def test_two_people_who_try_again_at_once_send_one_mail(story: ArticlePage, secretary: User, deputy: User, now: datetime, no_mail: None) -> None:
    row = untold(story, deputy, now)
    row.refresh_from_db()
    with pytest.raises(NotAllowed, match="hai phút"):
        told.try_again(row=row, actor=secretary, now=now + timedelta(minutes=3, seconds=30))


def test_told_by_telephone_is_kept_with_name_and_time_and_ends_mail_and_alarm(as_person: SignIn, story: ArticlePage, secretary: User, deputy: User, now: datetime, no_mail: None) -> None:
    row = untold(story, deputy, now)
    client, page = as_person(secretary), reverse("correction_told", args=[row.pk])
    assert client.post(page, {"act": "telephone", "note": " "}).status_code == 409
    assert client.post(page, {"act": "telephone", "note": "chị Hoa, thư ký"}).status_code == 302
    row.refresh_from_db()
    assert (row.by_hand_by, row.by_hand_note, row.is_open) == (secretary, "chị Hoa, thư ký", False) and row.by_hand_at is not None
    assert alarms(row) == []
    desk_page = client.get(reverse("story_desk", args=[story.pk])).content.decode()
    assert "chị Hoa, thư ký" in desk_page and page not in desk_page
    told.tell_waiting(now=now + timedelta(days=1))
    row.refresh_from_db()
    assert row.attempts == 3
    assert client.post(page, {"act": "again"}).status_code == 409


def test_who_is_not_of_the_desk_may_not_say_so(as_person: SignIn, story: ArticlePage, reporter: User, deputy: User, now: datetime, no_mail: None) -> None:
    row = untold(story, deputy, now)
    as_person(reporter).post(reverse("correction_told", args=[row.pk]), {"act": "telephone", "note": "x"})
    with pytest.raises(NotAllowed):
        told.told_by_hand(row=row, note="x", actor=reporter, now=now)
    row.refresh_from_db()
    assert row.is_open


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
