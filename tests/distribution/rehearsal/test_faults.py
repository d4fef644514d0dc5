"""Fault switches by the names of channels.md 17.3: what the client meets, and what readers see afterwards."""

import json
import threading

import pytest
import requests

from tests.fakes.rehearsal import RehearsalServer


def feed(server: RehearsalServer, message: str, *, timeout: float = 10, token: str = "") -> requests.Response:
    data = {"message": message, "access_token": token or server.page_token()}
    return requests.post(f"{server.graph}/v26.0/{server.page_id}/feed", data=data, timeout=timeout)


def texts(server: RehearsalServer) -> list[str]:
    return [post["text"] for post in server.posts(state="published")]


def test_a_lost_answer_is_committed_and_the_connection_ends_without_a_byte(rehearsal_server):
    rehearsal_server.fault("lost_answer")
    with pytest.raises(requests.ConnectionError):
        feed(rehearsal_server, "Mất lời đáp")
    assert texts(rehearsal_server) == ["Mất lời đáp"]
    [call] = rehearsal_server.calls("feed")
    assert (call["fault"], call["outcome"], call["status"]) == ("lost_answer", "cut", None)
    assert call["object_id"] == rehearsal_server.posts()[0]["id"] and "access_token" not in call["detail"]


def test_a_fault_strikes_as_often_as_it_was_set(rehearsal_server):
    rehearsal_server.fault("lost_answer", 2)
    for message in ("một", "hai"):
        with pytest.raises(requests.ConnectionError):
            feed(rehearsal_server, message)
    assert feed(rehearsal_server, "ba").ok
    assert texts(rehearsal_server) == ["một", "hai", "ba"] and rehearsal_server.faults() == []


def test_a_late_commit_comes_after_the_client_gave_up(rehearsal_server):
    rehearsal_server.fault("late_commit", seconds=1.5)
    with pytest.raises(requests.Timeout):
        feed(rehearsal_server, "Muộn", timeout=0.4)
    assert texts(rehearsal_server) == []
    assert rehearsal_server.wait_for_posts(1)[0]["text"] == "Muộn"


def test_a_repeat_during_a_late_commit_makes_no_second_identical_post(rehearsal_server):
    rehearsal_server.fault("late_commit", seconds=1)
    with pytest.raises(requests.Timeout):
        feed(rehearsal_server, "Muộn", timeout=0.2)
    assert feed(rehearsal_server, "Muộn").ok
    deadline = threading.Event()
    while rehearsal_server.calls("feed")[0]["outcome"] == "running":
        deadline.wait(0.05)
    assert texts(rehearsal_server) == ["Muộn"]


def test_errors_before_and_after_the_commit_look_the_same_from_outside(rehearsal_server):
    answers = []
    for fault in ("error_before", "error_after"):
        rehearsal_server.fault(fault)
        answer = feed(rehearsal_server, fault)
        body = answer.json()["error"]
        body.pop("fbtrace_id")
        answers.append((answer.status_code, body))
    assert answers[0] == answers[1] and answers[0][0] == 503
    assert texts(rehearsal_server) == ["error_after"]


def test_a_slow_body_is_committed_and_comes_in_drops(rehearsal_server):
    rehearsal_server.fault("slow_body", seconds=6)
    with (
        pytest.raises(requests.ConnectionError),
        requests.post(
            f"{rehearsal_server.graph}/{rehearsal_server.page_id}/feed",
            data={"message": "Nhỏ giọt", "access_token": rehearsal_server.page_token()},
            timeout=(5, 0.2),
            stream=True,
        ) as answer,
    ):
        answer.json()
    assert texts(rehearsal_server) == ["Nhỏ giọt"]
    rehearsal_server.fault("slow_body", seconds=0.4)
    assert feed(rehearsal_server, "Chậm mà tới").json()["id"]


def test_a_throttled_page_says_when_to_come_back(rehearsal_server):
    rehearsal_server.fault("rate_limited", minutes=7)
    answer = feed(rehearsal_server, "a")
    usage = json.loads(answer.headers["X-Business-Use-Case-Usage"])[rehearsal_server.page_id][0]
    assert (answer.json()["error"]["code"], usage["estimated_time_to_regain_access"], usage["call_count"]) == (80001, 7, 100)
    rehearsal_server.fault("rate_limited_silent")
    answer = feed(rehearsal_server, "a")
    usage = json.loads(answer.headers["X-Business-Use-Case-Usage"])[rehearsal_server.page_id][0]
    assert (answer.json()["error"]["code"], usage["estimated_time_to_regain_access"]) == (4, 0)


@pytest.mark.parametrize(
    ("fault", "more", "subcode"), [("token_revoked", {}, 458), ("token_revoked", {"subcode": 460}, 460), ("token_expires", {}, 463)]
)
def test_a_dead_token_stays_dead_until_the_person_connects_again(rehearsal_server, fault, more, subcode):
    token = rehearsal_server.page_token(fresh=True)
    rehearsal_server.fault(fault, **more)
    for _ in range(2):
        error = feed(rehearsal_server, "a", token=token).json()["error"]
        assert (error["code"], error["error_subcode"]) == (190, subcode)
    assert feed(rehearsal_server, "a", token=rehearsal_server.page_token(fresh=True)).ok
    rehearsal_server.reset()
    assert feed(rehearsal_server, "sau khi đặt lại", token=token).ok


def test_a_refused_duplicate_that_is_none_leaves_nothing(rehearsal_server):
    rehearsal_server.fault("duplicate_refused")
    assert feed(rehearsal_server, "a").json()["error"]["code"] == 506
    assert texts(rehearsal_server) == []


def test_faults_of_commits_pass_over_staged_photos(rehearsal_server, tmp_path):
    from PIL import Image

    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    rehearsal_server.fault("lost_answer")
    url = f"{rehearsal_server.graph}/{rehearsal_server.page_id}/photos"
    with (tmp_path / "a.png").open("rb") as source:
        data = {"published": "false", "access_token": rehearsal_server.page_token()}
        assert requests.post(url, data=data, files={"source": source}, timeout=10).ok
    assert rehearsal_server.faults()[0]["times"] == 1


def test_edits_and_deletes_are_commits_too(rehearsal_server):
    post_id = feed(rehearsal_server, "Gốc").json()["id"]
    token = {"access_token": rehearsal_server.page_token()}
    rehearsal_server.fault("lost_answer", call="edit")
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{rehearsal_server.graph}/{post_id}", data={**token, "message": "Sửa"}, timeout=10)
    assert texts(rehearsal_server) == ["Sửa"]
    rehearsal_server.fault("lost_answer", call="delete")
    with pytest.raises(requests.ConnectionError):
        requests.delete(f"{rehearsal_server.graph}/{post_id}", params=token, timeout=10)
    assert texts(rehearsal_server) == []
    assert [call["call"] for call in rehearsal_server.calls()] == ["feed", "edit", "delete"]


def test_a_fault_for_one_account_leaves_the_others_alone(rehearsal_server):
    rehearsal_server.fault("error_before", 5, account="101202303404606")
    assert feed(rehearsal_server, "a").ok


def test_times_zero_clears_the_switch(rehearsal_server):
    rehearsal_server.fault("lost_answer", 9)
    rehearsal_server.fault("lost_answer", 0)
    assert rehearsal_server.faults() == [] and feed(rehearsal_server, "a").ok


def test_many_at_once_share_a_fault_without_counting_wrong(rehearsal_server):
    rehearsal_server.page_token()
    rehearsal_server.fault("error_after", 5)
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda n=n: statuses.append(feed(rehearsal_server, f"Tin {n}").status_code)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] * 15 + [503] * 5
    assert len(set(texts(rehearsal_server))) == 20 and len(rehearsal_server.calls("feed")) == 20


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"platform": "facebook", "fault": "lost_answr", "times": 1}, "lost_answer"),
        ({"platform": "facebook", "fault": "error_in_200", "times": 1}, "không có lỗi"),
        ({"platform": "vô danh", "fault": "lost_answer", "times": 1}, "Không có nền tảng"),
        ({"platform": ["facebook"], "fault": "lost_answer"}, "Không có nền tảng"),
        ({"fault": "lost_answer"}, "Không có nền tảng"),
        ({"platform": "facebook", "fault": "lost_answer", "times": -1}, "times"),
        ({"platform": "facebook", "fault": "lost_answer", "times": True}, "times"),
        ({"platform": "facebook", "fault": "lost_answer", "times": "3"}, "times"),
        ({"platform": "facebook", "fault": "lost_answer", "account": "1"}, "account"),
        ({"platform": "facebook", "fault": "lost_answer", "call": "like"}, "call"),
        ({"platform": "facebook", "fault": "late_commit", "seconds": -1}, "seconds"),
        ({"platform": "facebook", "fault": "late_commit", "seconds": 1e999}, "seconds"),
        ({"platform": "facebook", "fault": "token_revoked", "subcode": 1}, "subcode"),
        ({"platform": "facebook", "fault": "late_commit", "minuts": 1}, "minuts"),
        ([], "đối tượng JSON"),
    ],
)
def test_a_wrong_switch_is_refused_in_a_sentence(rehearsal_server, body, sentence):
    answer = requests.post(f"{rehearsal_server.base_url}/_rehearsal/faults", data=json.dumps(body), timeout=10)
    assert answer.status_code == 400 and sentence in answer.json()["error"]
    assert rehearsal_server.faults() == []
