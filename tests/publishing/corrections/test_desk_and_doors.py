"""The forms of the desk page, and the ways in that stay shut."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from newsroom.accounts.models import User
from newsroom.articles.addresses import story_path
from newsroom.articles.models import ArticlePage
from publishing.corrections import removals, told
from publishing.corrections.models import LegalTerm, Notice, Partner, Removal
from publishing.workflow.models import Step
from tests.factories.desk import seen
from tests.publishing.corrections.conftest import Correct

ACTS = ("fix", "clarify", "correct", "withdraw", "kill")
FORM: dict[str, Any] = {
    "text": "Tên đúng là Ghềnh Đá.", "trigger": "found", "false_text": "Sai", "corrected_text": "Đúng", "apology": "Xin lỗi.", "reason": "Vì sai.", "public_reason": "",
}  # fmt: skip


def offered(client: Client, story: ArticlePage) -> set[str]:
    html = client.get(reverse("story_desk", args=[story.pk])).content.decode()
    return {key for key in (*ACTS, "drop_notice") if f'id="act-{key}"' in html}


@pytest.mark.parametrize(
    ("who", "acts"),
    [("reporter", set()), ("editor", {"fix", "clarify", "correct"}), ("secretary", set(ACTS)), ("editor_in_chief", set(ACTS)), ("deputy", set(ACTS)), ("admin", set())],
)
def test_everybody_sees_the_acts_of_their_role(who: str, acts: set[str], request: pytest.FixtureRequest, story: ArticlePage, client: Client) -> None:
    client.force_login(request.getfixturevalue(who))
    assert offered(client, story) == acts


@pytest.mark.parametrize("who", ["reporter", "admin"])
@pytest.mark.parametrize("act", ACTS)
def test_a_forged_form_corrects_and_removes_nothing(who: str, act: str, request: pytest.FixtureRequest, story: ArticlePage, client: Client) -> None:
    client.force_login(request.getfixturevalue(who))
    answer = client.post(reverse("story_act", args=[story.pk, act]), {**seen(story), **FORM, "number": str(story.pk)})
    assert answer.status_code == 409
    assert ArticlePage.objects.get(pk=story.pk).live
    assert not Notice.objects.exists() and not Removal.objects.exists()


def test_the_form_of_a_correction_loses_nothing_and_names_what_lacks(story: ArticlePage, editor: User, client: Client) -> None:
    client.force_login(editor)
    address = reverse("story_act", args=[story.pk, "correct"])
    half = client.post(address, {**seen(story), **FORM, "trigger": "conclusion"})
    html = half.content.decode()
    assert half.status_code == 409 and "số và ngày văn bản" in html and "Xin lỗi." in html
    assert client.post(address, {**seen(story), **FORM, "tells_partners": "on"}).status_code == 302
    page = client.get(reverse("story_desk", args=[story.pk])).content.decode()
    assert "Hạn" in page and "Thông tin cải chính, xin lỗi" in page
    assert offered(client, story) == set()  # one notice waits; only who signs drops a correction
    assert Notice.objects.get().due_at is not None


def test_the_board_shows_the_clock_of_a_correction(story: ArticlePage, editor: User, client: Client) -> None:
    client.force_login(editor)
    client.post(reverse("story_act", args=[story.pk, "correct"]), {**seen(story), **FORM})
    client.post(reverse("story_act", args=[story.pk, "escalate"]), seen(story))
    assert "Cải chính, xin lỗi, hạn" in client.get(reverse("desk_board")).content.decode()


def test_a_kill_by_the_form_wants_the_number(story: ArticlePage, secretary: User, client: Client, now: datetime) -> None:
    client.force_login(secretary)
    address = reverse("story_act", args=[story.pk, "kill"])
    assert client.post(address, {**seen(story), "reason": "Sai.", "number": "1"}).status_code == 409
    assert ArticlePage.objects.get(pk=story.pk).live
    assert client.post(address, {**seen(story), "reason": "Sai.", "number": str(story.pk)}).status_code == 302
    assert not ArticlePage.objects.get(pk=story.pk).live


@pytest.mark.parametrize(("who", "may"), [("reporter", False), ("editor", False), ("secretary", True), ("admin", True)])
def test_leaders_and_administrators_keep_partners_and_deadlines(who: str, may: bool, request: pytest.FixtureRequest, story: ArticlePage, client: Client) -> None:
    client.force_login(request.getfixturevalue(who))
    assert (client.get(reverse("partners:index")).status_code == 200) is may
    assert (client.get(reverse("legal_terms:index")).status_code == 200) is may
    client.post(reverse("partners:add"), {"name": "Đối tác", "mail": "a@b.example", "active": "on"})
    assert Partner.objects.exists() is may
    first = LegalTerm.objects.first()
    assert first is not None
    assert client.post(reverse("legal_terms:delete", args=[first.pk])).status_code != 200
    assert LegalTerm.objects.filter(pk=first.pk).exists()


def test_the_desk_tells_readers_why_on_the_address_of_a_story_that_is_away(story: ArticlePage, editor: User, deputy: User, client: Client, now: datetime) -> None:
    client.force_login(deputy)
    assert 'id="act-explain"' not in client.get(reverse("story_desk", args=[story.pk])).content.decode()
    removals.withdraw(story=story, actor=deputy, reason="Nguồn tin rút lời.", now=now)
    assert 'id="act-explain"' in client.get(reverse("story_desk", args=[story.pk])).content.decode()
    answer = client.post(reverse("story_act", args=[story.pk, "explain"]), {**seen(story), "public_reason": "Tòa soạn đang xác minh lại."})
    assert answer.status_code == 302
    assert "Tòa soạn đang xác minh lại." in client.get(story_path(story)).content.decode().replace("\xa0", " ")
    assert Step.objects.filter(story=story, kind="explain", actor=deputy, reason="Tòa soạn đang xác minh lại.").exists()
    client.force_login(editor)
    assert 'id="act-explain"' not in client.get(reverse("story_desk", args=[story.pk])).content.decode()


def test_a_correction_s_page_lists_every_copy_and_who_was_told(story: ArticlePage, correct: Correct, editor: User, reporter: User, client: Client, now: datetime) -> None:
    Partner.objects.create(name="Báo Bến Sú", mail="bientap@bensu.example")
    event = correct()
    told.take_event(event=event, now=now)
    told.tell_waiting(now=now)
    client.force_login(editor)
    address = reverse("correction", args=[Notice.objects.get().pk])
    assert address in client.get(reverse("story_desk", args=[story.pk])).content.decode()
    html = client.get(address).content.decode()
    for words in ("Mọi bản đang có", "Báo điện tử", "Bản tin RSS", "Báo Bến Sú", "Đã báo về cải chính", "bientap@bensu.example", "80% giá máy"):
        assert words in html, words
    client.force_login(reporter)
    assert client.get(address).status_code in (302, 403)
