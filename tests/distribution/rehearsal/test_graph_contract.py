"""The Graph contract in raw requests: both forms of media, lookup, permissions, limits, errors, headers."""

import hashlib
import http.server
import io
import json
import threading
import time

import pytest
import requests
from PIL import Image

from tests.fakes.rehearsal import RehearsalServer


def picture(colour: str = "navy", size: tuple[int, int] = (50, 30), kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def post(server: RehearsalServer, path: str, *, token: str | None = None, files: dict | None = None, **fields: str) -> requests.Response:
    token = server.page_token() if token is None else token
    return requests.post(f"{server.graph}/v26.0/{path}", data={"access_token": token, **fields}, files=files, timeout=15)


def get(server: RehearsalServer, path: str, *, token: str | None = None, **params: str) -> requests.Response:
    token = server.page_token() if token is None else token
    return requests.get(f"{server.graph}/v26.0/{path}", params={"access_token": token, **params}, timeout=15)


def feed(server: RehearsalServer, **fields: str) -> requests.Response:
    return post(server, f"{server.page_id}/feed", **fields)


def staged(server: RehearsalServer, data: bytes, **fields: str) -> requests.Response:
    return post(server, f"{server.page_id}/photos", files={"source": ("a.jpg", data)}, published="false", **fields)


def error(response: requests.Response) -> tuple[int, int | None]:
    body = response.json()["error"]
    assert {"message", "type", "code", "is_transient", "fbtrace_id"} <= set(body)
    return body["code"], body.get("error_subcode")


def test_a_path_without_version_and_a_bearer_header_do_as_well(rehearsal_server):
    headers = {"Authorization": f"Bearer {rehearsal_server.page_token()}"}
    answer = requests.post(
        f"{rehearsal_server.graph}/{rehearsal_server.page_id}/feed", json={"message": "JSON"}, headers=headers, timeout=10
    )
    assert answer.status_code == 200 and rehearsal_server.posts()[0]["text"] == "JSON"


def test_media_are_attached_in_their_order_in_both_forms(rehearsal_server):
    pictures = [picture(colour) for colour in ("red", "green", "blue")]
    ids = [staged(rehearsal_server, data).json()["id"] for data in pictures]
    assert feed(rehearsal_server, message="dạng form", **{f"attached_media[{n}]": json.dumps({"media_fbid": ids[n]}) for n in (1, 0)}).ok
    body = {"message": "dạng JSON", "attached_media": [{"media_fbid": ids[2]}], "access_token": rehearsal_server.page_token()}
    assert requests.post(f"{rehearsal_server.graph}/{rehearsal_server.page_id}/feed", json=body, timeout=10).ok
    first, second = rehearsal_server.posts()
    assert [item["sha256"] for item in first["media"]] == [hashlib.sha256(data).hexdigest() for data in pictures[:2]]
    assert [(item["id"], item["bytes"]) for item in second["media"]] == [(ids[2], len(pictures[2]))]


def test_a_photo_is_shown_by_one_post_only(rehearsal_server):
    media = json.dumps([{"media_fbid": staged(rehearsal_server, picture()).json()["id"]}])
    assert feed(rehearsal_server, message="một", attached_media=media).ok
    assert error(feed(rehearsal_server, message="hai", attached_media=media)) == (100, 1366051)


def test_the_same_picture_and_text_again_is_a_duplicate_even_with_new_photo_ids(rehearsal_server):
    for expected in (200, 400):
        media = json.dumps([{"media_fbid": staged(rehearsal_server, picture()).json()["id"]}])
        answer = feed(rehearsal_server, message="ảnh", attached_media=media)
        assert answer.status_code == expected
    assert error(answer)[0] == 506


@pytest.mark.parametrize(
    ("fields", "code", "subcode"),
    [
        ({}, 100, None),
        ({"message": "a" * 63_207}, 100, None),
        ({"link": "không phải địa chỉ"}, 100, 2061006),
        ({"link": "ftp://songba.example/a"}, 100, 2061006),
        ({"link": "https://[hỏng/"}, 100, 2061006),
        ({"link": "https://www.facebook.com/a"}, 100, 1609008),
        ({"message": "a", "published": "có lẽ"}, 100, None),
        ({"message": "a", "attached_media": "rác"}, 100, None),
        ({"message": "a", "attached_media": "[1]"}, 100, None),
        ({"message": "a", "attached_media": '[{"media_fbid": "12345678"}]'}, 100, 33),
        ({"message": "a", "scheduled_publish_time": "1800000000"}, 3, None),
    ],
)
def test_a_bad_post_is_refused_and_leaves_nothing(rehearsal_server, fields, code, subcode):
    answer = feed(rehearsal_server, **fields)
    assert (answer.status_code, *error(answer)) == (400, code, subcode)
    assert rehearsal_server.posts() == []


def test_the_longest_message_fits_in_vietnamese(rehearsal_server):
    assert feed(rehearsal_server, message="ễ" * 63_206).ok
    assert len(rehearsal_server.posts()[0]["text"]) == 63_206


@pytest.mark.parametrize(
    ("data", "subcode"),
    [(b"no picture", 2069019), (b"", 2069019), (picture()[:100], 2069019), (b"\xff\xd8" + b"0" * (4 * 1024 * 1024), 1366046)],
    ids=["text", "empty", "cut off", "too large"],
)
def test_a_bad_picture_is_refused_with_words_for_the_editor(rehearsal_server, data, subcode):
    answer = staged(rehearsal_server, data)
    assert error(answer) == (100, subcode) and answer.json()["error"]["error_user_msg"]


def test_a_photo_call_without_a_picture_is_refused(rehearsal_server):
    assert error(post(rehearsal_server, f"{rehearsal_server.page_id}/photos", published="false"))[0] == 324


def test_a_photo_may_come_from_an_address_of_this_machine_only(rehearsal_server, tmp_path):
    (tmp_path / "a.png").write_bytes(picture(kind="PNG"))
    with _serving(tmp_path) as base:
        answer = post(
            rehearsal_server, f"{rehearsal_server.page_id}/photos", url=f"{base}/a.png", published="false", alt_text_custom="Bến Sứ"
        )
        assert answer.ok
        missing = post(rehearsal_server, f"{rehearsal_server.page_id}/photos", url=f"{base}/b.png")
    assert error(missing) == (324, 2069019)
    for url in ("http://10.0.0.1/a.png", "file:///etc/passwd", "http://[::/"):
        assert error(post(rehearsal_server, f"{rehearsal_server.page_id}/photos", url=url))[0] == 324


def test_published_posts_hold_the_marker_for_a_lookup_since_a_moment(rehearsal_server):
    before = int(time.time())
    link = "http://songba.example/a1.html?utm_id=01JDMARK"
    feed(rehearsal_server, message="Tra lại", link=link)
    fields = "id,message,created_time,permalink_url,attachments{unshimmed_url},is_published"
    found = get(rehearsal_server, f"{rehearsal_server.page_id}/published_posts", fields=fields, since=str(before), limit="25").json()
    assert found["data"][0]["attachments"]["data"][0]["unshimmed_url"] == link
    assert "paging" in found and "next" not in found["paging"]
    later = get(rehearsal_server, f"{rehearsal_server.page_id}/published_posts", since=str(before + 3600)).json()
    assert later == {"data": []}


def test_pages_of_posts_go_forth_and_back(rehearsal_server):
    for number in range(5):
        feed(rehearsal_server, message=str(number))
    first = get(rehearsal_server, f"{rehearsal_server.page_id}/published_posts", fields="message", limit="2").json()
    second = requests.get(first["paging"]["next"], timeout=10).json()
    assert [[item["message"] for item in answer["data"]] for answer in (first, second)] == [["4", "3"], ["2", "1"]]
    back = requests.get(second["paging"]["previous"], timeout=10).json()
    assert [item["message"] for item in back["data"]] == ["4", "3"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"fields": "id,khong_co"}, 100),
        ({"fields": "id{"}, 2500),
        ({"fields": "id," + "a{" * 50}, 2500),
        ({"fields": "đ"}, 2500),
        ({"limit": "x"}, 100),
        ({"limit": "0"}, 100),
        ({"since": "hôm qua"}, 100),
        ({"since": "9" * 400}, 100),
        ({"after": "rác"}, 100),
    ],
)
def test_a_bad_question_is_refused(rehearsal_server, params, code):
    assert error(get(rehearsal_server, f"{rehearsal_server.page_id}/published_posts", **params))[0] == code


def test_a_user_token_may_not_act_as_the_page(rehearsal_server):
    user = rehearsal_server.user_token()
    page = rehearsal_server.page_id
    assert error(post(rehearsal_server, f"{page}/feed", token=user, message="a"))[0] == 200
    unpublished = post(rehearsal_server, f"{page}/feed", token=user, message="a", published="false")
    assert "as the page itself" in unpublished.json()["error"]["message"]
    assert error(get(rehearsal_server, f"{page}/published_posts", token=user)) == (190, 2069032)


def test_without_the_permission_or_the_task_nothing_is_posted(rehearsal_server):
    user = rehearsal_server.user_token(permissions=["pages_show_list", "pages_read_engagement"])
    token = get(rehearsal_server, "me/accounts", token=user).json()["data"][0]["access_token"]
    assert error(post(rehearsal_server, f"{rehearsal_server.page_id}/feed", token=token, message="a"))[0] == 200
    readers = "101202303404707"
    assert error(post(rehearsal_server, f"{readers}/feed", token=rehearsal_server.page_token(readers), message="a"))[0] == 200
    assert rehearsal_server.posts() == []


def test_one_page_cannot_see_or_touch_the_post_of_another(rehearsal_server):
    post_id, other = feed(rehearsal_server, message="của tôi").json()["id"], rehearsal_server.page_token("101202303404606")
    assert error(get(rehearsal_server, post_id, token=other)) == (100, 33)
    assert error(post(rehearsal_server, post_id, token=other, message="của người khác")) == (100, 33)
    assert rehearsal_server.posts()[0]["text"] == "của tôi"


def test_answers_carry_the_usage_headers(rehearsal_server):
    answer = feed(rehearsal_server, message="a")
    assert set(json.loads(answer.headers["X-App-Usage"])) == {"call_count", "total_cputime", "total_time"}
    [usage] = json.loads(answer.headers["X-Business-Use-Case-Usage"])[rehearsal_server.page_id]
    assert usage["type"] == "pages" and usage["estimated_time_to_regain_access"] == 0


def test_a_link_is_scraped_again_when_asked_and_its_card_changes(rehearsal_server, tmp_path):
    story = tmp_path / "a1.html"
    story.write_text('<meta property="og:title" content="Tít cũ &lt;b&gt;"><title>x</title>')
    with _serving(tmp_path) as base:
        feed(rehearsal_server, message="Có thẻ", link=f"{base}/a1.html")
        _until(lambda: "Tít cũ &lt;b&gt;" in rehearsal_server.page_html())
        story.write_text('<meta property="og:title" content="Tít mới"><meta property="og:description" content="Sapo">')
        answer = post(rehearsal_server, "", id=f"{base}/a1.html", scrape="true")
    assert answer.json()["title"] == "Tít mới"
    html = rehearsal_server.page_html()
    assert "Tít mới" in html and "Sapo" in html and "Tít cũ" not in html


def test_scraping_an_address_elsewhere_is_refused(rehearsal_server):
    assert error(post(rehearsal_server, "", id="https://songba.example/a", scrape="true"))[0] == 1611070
    assert error(post(rehearsal_server, "", id="https://songba.example/a"))[0] == 100


def _until(true) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


class _serving:
    """A folder over HTTP on a free port."""

    def __init__(self, folder) -> None:
        handler = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *args: None})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *args: handler(*args, directory=str(folder)))

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *args) -> None:
        self.server.shutdown()
        self.server.server_close()
