"""Take-down requests: the clock, the letter, the decision, the alarm."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from newsroom.media.models import NewsDocument
from publishing.corrections import requests, services
from publishing.corrections.enums import Decision, NoticeKind, RequestKind, TermKind
from publishing.corrections.models import LegalTerm, TakedownRequest
from publishing.corrections.registry import Copy, copies
from publishing.events.models import Alarm
from publishing.workflow.services import NotAllowed
from tests.factories.desk import make_draft
from tests.publishing.corrections.conftest import correction

LETTER = b"%PDF-1.4\n1 0 obj\n"


def enter(story: ArticlePage, actor: User, now: datetime, *, kind: RequestKind = RequestKind.AUTHORITY, document: Any = None, **more: Any) -> TakedownRequest:
    values: dict[str, Any] = {"kind": kind, "requester": "Sở Văn hóa (mẫu)", "legal_basis": "Điều 0, văn bản mẫu", "received_at": now, **more}
    return requests.enter_request(story=story, entry=requests.Entry(**values), document=document, actor=actor, now=now)


def decide(row: TakedownRequest, decision: Decision, actor: User, now: datetime, **more: Any) -> TakedownRequest:
    return requests.decide(request=row, decision=decision, actor=actor, now=now, **{"reason": "Yêu cầu có căn cứ.", **more})


@pytest.mark.parametrize(("kind", "hours"), [(RequestKind.AUTHORITY, 24), (RequestKind.COMPLAINT, 48), (RequestKind.URGENT, 6)])
def test_the_clock_runs_from_receipt_by_kind(kind: RequestKind, hours: int, story: ArticlePage, editor: User, now: datetime) -> None:
    received = now - timedelta(hours=2)
    assert enter(story, editor, now, kind=kind, received_at=received).due_at == received + timedelta(hours=hours)


def test_a_new_row_of_the_law_counts_for_what_comes_in_under_it(story: ArticlePage, editor: User, now: datetime) -> None:
    LegalTerm.objects.create(kind=TermKind.AUTHORITY, in_force_from=now - timedelta(hours=1), minutes=30, basis="Mẫu")
    assert enter(story, editor, now, received_at=now - timedelta(hours=2)).due_at == now + timedelta(hours=22)
    assert enter(story, editor, now).due_at == now + timedelta(minutes=30)


def test_a_letter_is_kept_where_only_the_desk_may_open_it(story: ArticlePage, editor: User, reporter: User, now: datetime, client: Client) -> None:
    row = enter(story, editor, now, document=SimpleUploadedFile("cong-van.pdf", LETTER))
    assert row.document is not None
    assert client.get(row.document.url).status_code != 200
    client.force_login(reporter)
    assert client.get(row.document.url).status_code != 200
    client.force_login(editor)
    assert client.get(row.document.url).status_code == 200


@pytest.mark.parametrize(("name", "content"), [("a.exe", LETTER), ("a.pdf", b"<html>"), ("a.docx", LETTER), ("a.pdf", b""), ("khong-duoi", LETTER)])
def test_what_is_no_letter_is_refused(name: str, content: bytes, story: ArticlePage, editor: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        enter(story, editor, now, document=SimpleUploadedFile(name, content))
    assert not NewsDocument.objects.exists()
    assert not TakedownRequest.objects.exists()


def test_only_the_desk_enters_and_only_for_what_readers_saw(story: ArticlePage, reporter: User, editor: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        enter(story, reporter, now)
    with pytest.raises(NotAllowed):
        enter(make_draft(owner=reporter, now=now), editor, now)
    with pytest.raises(NotAllowed):
        enter(story, editor, now, received_at=now + timedelta(minutes=1))


def test_a_granted_request_takes_the_story_away_and_is_its_reason(story: ArticlePage, editor: User, deputy: User, now: datetime) -> None:
    row = enter(story, editor, now)
    with pytest.raises(NotAllowed):
        decide(row, Decision.WITHDRAW, editor, now)
    decide(row, Decision.WITHDRAW, deputy, now, public_reason="Theo yêu cầu của cơ quan có thẩm quyền.")
    assert not ArticlePage.objects.get(pk=story.pk).live
    assert row.removals.get().event.kind == "withdrawn"
    with pytest.raises(NotAllowed, match="đã được quyết định"):
        decide(row, Decision.REFUSE, deputy, now)


def test_a_kill_on_request_wants_the_number_and_else_nothing_is_decided(story: ArticlePage, editor: User, deputy: User, now: datetime) -> None:
    row = enter(story, editor, now, kind=RequestKind.URGENT)
    with pytest.raises(NotAllowed):
        decide(row, Decision.KILL, deputy, now, number="0")
    row.refresh_from_db()
    assert row.decision == "open"
    decide(row, Decision.KILL, deputy, now, number=str(story.pk))
    assert story.events.order_by("-version")[0].kind == "killed"


def test_a_refusal_says_why_and_a_correction_is_prepared_first(story: ArticlePage, editor: User, deputy: User, now: datetime) -> None:
    row = enter(story, editor, now)
    with pytest.raises(NotAllowed):
        decide(row, Decision.REFUSE, deputy, now, reason=" ")
    with pytest.raises(NotAllowed):
        decide(row, Decision.CORRECT, deputy, now)
    services.prepare_notice(story=story, kind=NoticeKind.CORRECT, words=correction(), actor=editor, now=now)
    assert decide(row, Decision.CORRECT, deputy, now).decided_by == deputy
    assert decide(enter(story, editor, now), Decision.REFUSE, deputy, now).decision_reason == "Yêu cầu có căn cứ."
    assert ArticlePage.objects.get(pk=story.pk).live


def test_the_alarm_comes_before_the_deadline_and_goes_with_the_decision(story: ArticlePage, editor: User, deputy: User, now: datetime) -> None:
    row = enter(story, editor, now, kind=RequestKind.URGENT)
    assert requests.alarm_deadlines(now=now) == 0
    assert requests.alarm_deadlines(now=now + timedelta(hours=5, minutes=1)) == 1
    assert Alarm.objects.get(code="takedown_due").message.startswith("Sắp hết hạn")
    decide(row, Decision.REFUSE, deputy, now)
    assert not Alarm.objects.filter(code="takedown_due", cleared_at=None).exists()


def test_a_correction_that_waits_alarms_too(story: ArticlePage, editor: User, now: datetime) -> None:
    services.prepare_notice(story=story, kind=NoticeKind.CORRECT, words=correction(), actor=editor, now=now)
    assert requests.alarm_deadlines(now=now + timedelta(hours=2)) == 1
    assert Alarm.objects.get(code="correction_due").message.startswith("Quá hạn cải chính")


def test_the_screens_show_clocks_and_copies_and_carry_out_the_decision(story: ArticlePage, editor: User, deputy: User, reporter: User, client: Client) -> None:
    client.force_login(reporter)
    assert client.get(reverse("takedown_requests")).status_code in (302, 403)
    client.force_login(editor)
    form = {"story_number": story.pk, "kind": "complaint", "requester": "Bà Mẫu", "legal_basis": "Điều 0", "contact": "", "received_at": ""}
    wrong = client.post(reverse("takedown_new"), {**form, "document": SimpleUploadedFile("a.pdf", b"MZ")})
    assert wrong.status_code == 422 and "Bà Mẫu" in wrong.content.decode()
    assert client.post(reverse("takedown_new"), form).status_code == 302
    row = TakedownRequest.objects.get()
    copies.add("test", lambda story: [Copy("Fanpage mẫu", "Đã đăng", "https://example.org/1")])
    try:
        page = client.get(reverse("takedown_request", args=[row.pk])).content.decode()
    finally:
        copies.remove("test")
    assert "Fanpage mẫu" in page and "còn" in page and 'name="decision"' not in page
    assert "Bà Mẫu" in client.get(reverse("takedown_requests")).content.decode()
    refused = client.post(reverse("takedown_request", args=[row.pk]), {"decision": "withdraw", "reason": "Không có quyền."})
    assert refused.status_code == 409
    client.force_login(deputy)
    assert 'name="decision"' in client.get(reverse("takedown_request", args=[row.pk])).content.decode()
    assert client.post(reverse("takedown_request", args=[row.pk]), {"decision": "withdraw", "reason": "Đúng."}).status_code == 302
    assert not ArticlePage.objects.get(pk=story.pk).live
