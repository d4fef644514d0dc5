"""The delivery board and a delivery's own page: what is sent on every kind of channel, calls and reasons in the words of the newsroom."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from distribution.channels.services import connect_account
from distribution.connectors.base import Credential, FailureClass, Payload, Phase
from distribution.connectors.messages import MESSAGES, WITHOUT_NUMBERS
from distribution.connectors.registry import connectors
from distribution.deliveries import rows, steps
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Attempt, Delivery
from distribution.deliveries.wording import OUTCOMES, STEPS, cause_in_words
from distribution.renditions.snapshots import snapshot_of_story
from newsroom.accounts.models import User
from publishing.workflow.setup import ensure_rights
from tests.distribution.deliveries.stage import Newsroom
from tests.factories.media import make_video
from tests.factories.newsroom import make_image, make_story
from tests.fakes.connector import KIND as SCRIPTED

pytestmark = pytest.mark.database
S, OP = DeliveryState, Operation
KINDS = [name for name, _connector in connectors.items() if name != SCRIPTED]
TEXT, TITLE = "Nước Sông Ba lên 3 m trong đêm.", "Lũ về Sông Ba"
PLACE = re.compile(r"%\(\w+\)[a-z]")


@pytest.fixture(autouse=True)
def rights(db: Any, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    ensure_rights()


def words_on(client: Client, address: str, **query: str) -> str:
    """What a person reads on a page, without Wagtail's frame."""
    page = client.get(address, query)
    assert page.status_code == 200
    content = page.content.decode()
    inner = content[content.index('<div class="nice-padding desk') :]
    return html.unescape(re.sub(r"<[^>]+>", " ", inner.split("</main>")[0]))


def posted_on(kind: str, newsroom: Newsroom, **media: Any) -> Delivery:
    """A post of a story with a picture (or a video) on an account of this kind."""
    settings = {"mode": "photos"} if kind == "facebook_page" else {}
    account = connect_account(
        kind=kind, name=f"Kênh {kind}", remote_id="1", address="https://kenh.example", credential=Credential("k"), rehearsal=True, actor=None, now=newsroom.now, key=kind, settings=settings
    )
    story = make_story(TITLE, channels={kind: TEXT}, live=True, **(media or {"main_image": make_image(alt_text="Cầu ngập")}))
    event = newsroom.event(story, taken=False)
    snapshot = replace(snapshot_of_story(story=story, account_key=kind, version=1), hashtags=("lũ",))
    marker = rows.new_marker(newsroom.clock())
    return rows.write(OP.PUBLISH, account=account, event=event, now=newsroom.clock(), payload=rows.compose(account, snapshot=snapshot, marker=marker), marker=marker)


@pytest.mark.parametrize("kind", KINDS)
def test_a_delivery_s_page_shows_what_is_sent_on_every_kind_of_channel(client: Client, newsroom: Newsroom, secretary: User, kind: str) -> None:
    post = posted_on(kind, newsroom, main_image=make_image(alt_text="Cầu ngập"), main_video=make_video())
    client.force_login(secretary)
    address = reverse("delivery_detail", args=[post.pk])
    said = words_on(client, address)
    assert TEXT in said and "#lũ" in said
    if kind in ("youtube", "zalo_oa", "webhook"):
        assert TITLE in said
    if kind != "tiktok":
        assert f"utm_id={post.pk}" in said, "the address that goes out with it"
    assert ("▶" in said) == (kind in ("youtube", "tiktok", "zalo_oa"))
    if kind in ("facebook_page", "zalo_oa", "webhook"):
        assert 'alt="Cầu ngập"' in client.get(address).content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_so_does_the_page_of_what_follows_a_post(client: Client, newsroom: Newsroom, secretary: User, kind: str) -> None:
    post = posted_on(kind, newsroom)
    same = post.stored_payload
    follow_ups = {
        OP.UPDATE: (same, TEXT), OP.DELETE: (same, TEXT), OP.COMMENT: (Payload("comment", "m", {"message": "Mời bạn đọc kể"}), "Mời bạn đọc kể"),
        OP.REPLY: (Payload("comment", "m", {"message": "Đính chính: 3 m"}), "Đính chính: 3 m"), OP.BROADCAST: (Payload("broadcast", "m", {"message": TEXT, "post": "1"}), TEXT),
        OP.REFRESH: (Payload("card", "m", {"link": "https://bao.example/a1"}), "https://bao.example/a1"),
    }  # fmt: skip
    client.force_login(secretary)
    for operation, (payload, expected) in follow_ups.items():
        row = rows.write(operation, account=post.account, event=post.event, now=newsroom.clock(), original=post, payload=payload)
        said = words_on(client, reverse("delivery_detail", args=[row.pk]))
        assert expected in said, operation
        assert ("Bài sẽ gỡ" in said) == (operation == OP.DELETE)


@pytest.mark.parametrize("kind", KINDS)
def test_a_payload_of_another_time_still_shows_its_words(client: Client, newsroom: Newsroom, secretary: User, kind: str) -> None:
    post = newsroom.publish()
    type(post.account).objects.filter(pk=post.account_id).update(kind=kind)
    client.force_login(secretary)
    for body in ({}, {"message": "Lời cũ"}, {"text": "Lời cũ", "media": None}, {"caption": "Lời cũ", "pictures": 5}):
        Delivery.objects.filter(pk=post.pk).update(payload={"kind": "text", "marker": post.pk, "body": body})
        assert ("Lời cũ" in words_on(client, reverse("delivery_detail", args=[post.pk]))) == bool(body)


def test_what_is_sent_is_text_and_never_markup(client: Client, newsroom: Newsroom, secretary: User) -> None:
    post = newsroom.publish("<script>x</script>")
    client.force_login(secretary)
    assert "<script>x" not in client.get(reverse("delivery_detail", args=[post.pk])).content.decode()


def test_every_step_and_every_outcome_has_a_word() -> None:
    walked = set(re.findall(r'self\._call\("(\w+)"|self\._call\(\S+ if known else "(\w+)"', Path(steps.__file__).read_text(encoding="utf-8")))
    assert {name for pair in walked for name in pair if name} | set(Phase) | {"check", "night", OP.UPDATE, OP.DELETE, OP.REFRESH} <= set(STEPS)
    assert {*FailureClass, "staged", "wait", "published", "handed", "done", "look"} <= set(OUTCOMES)


def english(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")


def test_nobody_reads_a_code_but_those_who_may_see_raw_diagnostics(client: Client, newsroom: Newsroom, secretary: User, admin: User) -> None:
    post = newsroom.publish()
    pairs = [(phase, "done") for phase in STEPS] + [("stage", outcome) for outcome in OUTCOMES] + [("strange", "strange")]
    for phase, outcome in pairs:
        Attempt.objects.create(delivery=post, phase=str(phase), at=newsroom.clock(), outcome=str(outcome), code="text_too_long", raw="SECRET-FREE ANSWER")
    address = reverse("delivery_detail", args=[post.pk])
    client.force_login(secretary)
    said = words_on(client, address)
    assert [name for name in {*map(str, STEPS), *map(str, OUTCOMES), "strange", "text_too_long"} if english(name).search(said)] == []
    assert "SECRET-FREE" not in said
    for words in ("Chuẩn bị", "Rà soát ban đêm", "Mất phản hồi", "Lời dẫn quá dài đối với kênh"):
        assert words in said
    client.force_login(admin)
    raw = words_on(client, address)
    assert "night · done · text_too_long" in raw and "SECRET-FREE ANSWER" in raw


@pytest.mark.parametrize("code", [code for code, sentence in MESSAGES.items() if PLACE.search(sentence)])
def test_no_cause_shows_the_place_of_a_number(client: Client, newsroom: Newsroom, secretary: User, code: str) -> None:
    for count in (50, 60):
        values = {"failure_code": code, "failure_message": MESSAGES[code], "failure_values": {name: count for name in ("count", "limit", "least", "most")}}
        Delivery.objects.filter(pk=newsroom.publish().pk).update(state=S.FAILED, **values)
    client.force_login(secretary)
    said = words_on(client, reverse("delivery_board"), cause=code)
    with translation.override("vi"):
        cause = cause_in_words(code)
    assert said.count(cause) == 2 and cause != WITHOUT_NUMBERS[code], "the cause and the filter by it, in Vietnamese"
    assert not PLACE.search(said) and not english(code).search(said) and "…" not in cause
    assert "50" in said and "60" in said, "each row keeps its numbers"


def test_a_cause_of_an_older_program_shows_no_place_either(client: Client, newsroom: Newsroom, secretary: User) -> None:
    for _number in range(2):
        Delivery.objects.filter(pk=newsroom.publish().pk).update(state=S.FAILED, failure_code="old_code", failure_message="At most %(limit)d things.")
    client.force_login(secretary)
    said = words_on(client, reverse("delivery_board"))
    assert said.count("At most … things.") == 3 and not PLACE.search(said)


def test_rows_of_one_cause_are_one_line_whatever_sentences_they_hold(client: Client, newsroom: Newsroom, secretary: User) -> None:
    for sentence in (MESSAGES["bad_content"], "An older sentence."):
        Delivery.objects.filter(pk=newsroom.publish().pk).update(state=S.FAILED, failure_code="bad_content", failure_message=sentence)
    client.force_login(secretary)
    assert client.get(reverse("delivery_board")).content.decode().count('name="code" value="bad_content"') == 2


def test_a_cause_that_nobody_knows_is_no_fault(client: Client, newsroom: Newsroom, secretary: User) -> None:
    client.force_login(secretary)
    assert "&lt;b&gt;" not in words_on(client, reverse("delivery_board"), cause="<b>%(limit)d")
