"""The page of fault switches, as a person without JavaScript uses it: its forms set a fault, show what is left of it, and take it back."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
import requests

from distribution.rehearsal import faults, words
from distribution.rehearsal.platforms import KINDS
from tests.fakes.rehearsal import RehearsalServer

pytestmark = pytest.mark.processes
EVERY = [(kind, fault) for kind, platform in KINDS.items() for fault in faults.NAMES if fault in platform.known_faults]  # type: ignore[attr-defined]
EVIL = '"><script>alert(1)</script>'


class Forms(HTMLParser):
    """The forms of a page with the values that a browser would send, and the buttons to send them with."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in what belongs to a form."""
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({"action": known["action"], "fields": {}, "choices": {}})
        elif tag == "select":
            self._select = known["name"]
        elif tag == "option":
            self.forms[-1]["choices"].setdefault(self._select, []).append(known["value"])
            if "selected" in known or self._select not in self.forms[-1]["fields"]:
                self.forms[-1]["fields"][self._select] = known["value"]
        elif tag == "input":
            self.forms[-1]["fields"][known["name"]] = known["value"]
        elif tag == "button":
            self.forms[-1]["act"] = known["value"]


def shown(server: RehearsalServer, platform: str = "facebook") -> str:
    answer = requests.get(f"{server.base_url}/_rehearsal/switches", params={"platform": platform}, timeout=10)
    assert answer.status_code == 200
    return answer.text


def form_of(html: str, fault: str, act: str) -> dict[str, Any]:
    """The form of a fault with this button; of all faults if no name is given."""
    [form] = [form for form in Forms(html).forms if form["act"] == act and form["fields"].get("fault", "") == fault]
    return form


def send(server: RehearsalServer, form: dict[str, Any], *, headers: dict[str, str] | None = None, **entered: str) -> requests.Response:
    data = {**form["fields"], "act": form["act"], **entered}
    return requests.post(server.base_url + form["action"], data=data, headers=headers, timeout=10)


def switch(server: RehearsalServer, fault: str, *, platform: str = "facebook", **entered: str) -> requests.Response:
    return send(server, form_of(shown(server, platform), fault, "set"), **entered)


@pytest.mark.parametrize(("platform", "fault"), EVERY)
def test_every_fault_of_every_platform_is_set_shown_and_taken_back(rehearsal_server: RehearsalServer, platform: str, fault: str) -> None:
    html = switch(rehearsal_server, fault, platform=platform, times="3").text
    assert rehearsal_server.faults() == [{"platform": platform, "fault": fault, "account": "", "call": "", "times": 3, "options": {}}]
    assert "Đang bật, còn 3 lần" in html and words.TITLES[fault] in unescape(html) and words.sentence(platform, fault) in unescape(html)
    html = send(rehearsal_server, form_of(html, fault, "off")).text
    assert rehearsal_server.faults() == [] and "không công tắc nào đang bật" in html


def test_each_platform_has_a_switch_for_exactly_what_it_knows(rehearsal_server: RehearsalServer) -> None:
    for kind, platform in KINDS.items():
        offered = [form["fields"]["fault"] for form in Forms(shown(rehearsal_server, kind)).forms if form["act"] == "set"]
        assert offered == [fault for fault in faults.NAMES if fault in platform.known_faults]  # type: ignore[attr-defined]
        assert set(platform.known_calls) <= set(words.CALLS), kind  # type: ignore[attr-defined]


def test_a_fault_set_through_the_form_strikes_and_the_page_tells_what_is_left(rehearsal_server: RehearsalServer) -> None:
    switch(rehearsal_server, "error_after", times="2", account=rehearsal_server.page_id, call="feed")
    data = {"message": "Tin", "access_token": rehearsal_server.page_token()}
    assert requests.post(f"{rehearsal_server.graph}/{rehearsal_server.page_id}/feed", data=data, timeout=10).status_code == 503
    assert [post["text"] for post in rehearsal_server.posts(state="published")] == ["Tin"]
    html = shown(rehearsal_server)
    assert "Đang bật, còn 1 lần</b> · Báo Sông Ba · lời gọi đăng bài (feed)" in html
    send(rehearsal_server, form_of(html, "error_after", "off"))
    assert requests.post(f"{rehearsal_server.graph}/{rehearsal_server.page_id}/feed", data=data | {"message": "Khác"}, timeout=10).ok


def test_seconds_minutes_and_the_code_stand_where_the_fault_has_them(rehearsal_server: RehearsalServer) -> None:
    switch(rehearsal_server, "late_commit", seconds="2,5")
    switch(rehearsal_server, "rate_limited", minutes="7")
    switch(rehearsal_server, "token_revoked", subcode="460")
    assert [row["options"] for row in rehearsal_server.faults()] == [{"seconds": 2.5}, {"minutes": 7}, {"subcode": 460}]
    html = shown(rehearsal_server)
    assert all(said in html for said in ("mọi tài khoản · 2,5 giây", "mọi tài khoản · 7 phút", "mọi tài khoản · mã 460"))
    assert {"seconds", "minutes", "subcode"}.isdisjoint(form_of(html, "lost_answer", "set")["fields"])
    assert "call" not in form_of(shown(rehearsal_server, "youtube"), "half_chunk", "set")["fields"]


def test_all_are_taken_back_on_one_platform_or_everywhere(rehearsal_server: RehearsalServer) -> None:
    for platform in ("facebook", "facebook", "zalo", "telegram"):
        switch(rehearsal_server, "lost_answer", platform=platform)
    switch(rehearsal_server, "error_before", call="edit")
    clears = [form for form in Forms(shown(rehearsal_server)).forms if form["act"] == "clear"]
    send(rehearsal_server, clears[0])
    assert {row["platform"] for row in rehearsal_server.faults()} == {"zalo", "telegram"}
    assert "Công tắc lỗi · Facebook" in send(rehearsal_server, clears[1]).text
    assert rehearsal_server.faults() == []


@pytest.mark.parametrize(
    ("entered", "sentence"),
    [
        ({"times": "0"}, "Số lần phải là số nguyên từ 1 đến 1000000"),
        ({"times": ""}, "Số lần"),
        ({"times": "hai"}, "Số lần"),
        ({"times": "1.5"}, "Số lần"),
        ({"times": "٣"}, "Số lần"),
        ({"times": "9" * 5000}, "Số lần"),
        ({"seconds": "nan"}, "Số giây phải là số từ 0 đến 600"),
        ({"seconds": "601"}, "Số giây"),
        ({"minutes": "-1"}, "Số phút phải là số nguyên từ 0 đến 1440"),
        ({"subcode": "1"}, "subcode"),
        ({"subcode": EVIL}, "subcode"),
        ({"account": "1"}, "account"),
        ({"call": EVIL}, "call"),
        ({"fault": EVIL}, "không có lỗi"),
        ({"fault": "half_chunk"}, "không có lỗi"),
        ({"platform": EVIL}, "Không có nền tảng"),
        ({"platform": ""}, "Không có nền tảng"),
        ({"act": "nổ"}, "Nút này không có"),
        ({"act": "clear", "platform": "vô danh"}, "Không có nền tảng này"),
    ],
)
def test_wrong_input_gets_a_sentence_and_changes_nothing(rehearsal_server: RehearsalServer, entered: dict[str, str], sentence: str) -> None:
    form = form_of(shown(rehearsal_server), "late_commit", "set")
    answer = requests.post(rehearsal_server.base_url + form["action"], data={**form["fields"], "act": "set", **entered}, timeout=10)
    assert answer.status_code == 400 and sentence in re.search(r'role="alert">([^<]+)<', answer.text).group(1)  # type: ignore[union-attr]
    assert "<script" not in answer.text and rehearsal_server.faults() == []


def test_what_was_entered_stays_beside_the_sentence(rehearsal_server: RehearsalServer) -> None:
    html = switch(rehearsal_server, "late_commit", times="hai", seconds="3", call="edit").text
    fields = form_of(html, "late_commit", "set")["fields"]
    assert (fields["times"], fields["seconds"], fields["call"]) == ("hai", "3", "edit")
    assert form_of(html, "lost_answer", "set")["fields"]["times"] == "1"


@pytest.mark.parametrize("body", [b"x" * 1000, b"\xff\xfe\x00", b"&&&===%%%", b"act=set&platform=%ff%00"])
@pytest.mark.parametrize("kind", ["text/x", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data"])
def test_garbage_gets_the_page_with_a_sentence(rehearsal_server: RehearsalServer, body: bytes, kind: str) -> None:
    answer = requests.post(f"{rehearsal_server.base_url}/_rehearsal/switches", data=body, headers={"Content-Type": kind}, timeout=10)
    assert answer.status_code == 400 and 'role="alert"' in answer.text and rehearsal_server.faults() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://evil.example", "Host": "evil.example"},
        {"Sec-Fetch-Site": "same-origin", "Host": "evil.example:8001"},
        {"Origin": "http://[", "Host": "["},
    ],
)
def test_another_site_can_neither_set_nor_clear(rehearsal_server: RehearsalServer, headers: dict[str, str]) -> None:
    rehearsal_server.fault("lost_answer", 4)
    for path, data in (("switches", "act=clear"), ("faults", '{"platform": "facebook", "fault": "lost_answer", "times": 0}'), ("reset", "")):
        kind = {"Content-Type": "application/x-www-form-urlencoded" if path == "switches" else "text/plain"}
        answer = requests.post(f"{rehearsal_server.base_url}/_rehearsal/{path}", data=data, headers=headers | kind, timeout=10)
        assert answer.status_code in (400, 403), path
    assert rehearsal_server.faults()[0]["times"] == 4


def test_the_own_page_may(rehearsal_server: RehearsalServer) -> None:
    form = form_of(shown(rehearsal_server), "lost_answer", "set")
    assert send(rehearsal_server, form, headers={"Origin": rehearsal_server.base_url, "Sec-Fetch-Site": "same-origin"}).ok
    assert len(rehearsal_server.faults()) == 1


def test_readers_pages_lead_to_the_switches_and_tell_what_is_on(rehearsal_server: RehearsalServer) -> None:
    switch(rehearsal_server, "stuck_processing", platform="youtube")
    html = rehearsal_server.page_html("UCsongba0chaythu0000001A", kind="youtube")
    assert 'class="switches" href="/_rehearsal/switches?platform=youtube"' in html and "Đang bật 1 công tắc lỗi" in html
    assert "công tắc lỗi</a></p>" not in rehearsal_server.page_html()


def test_the_page_needs_no_script_and_an_unknown_platform_leads_to_the_first(rehearsal_server: RehearsalServer) -> None:
    html = shown(rehearsal_server, "zalo")
    assert "<script" not in html and "style=" not in html and "onclick" not in html
    lost = requests.get(f"{rehearsal_server.base_url}/_rehearsal/switches?platform={EVIL}", timeout=10)
    assert lost.status_code == 200 and "Công tắc lỗi · Facebook" in lost.text and lost.url.endswith("/_rehearsal/switches")
    assert requests.put(f"{rehearsal_server.base_url}/_rehearsal/switches", timeout=10).status_code == 405
