"""Whatever arrives, the answer is a refusal in the platform's shape and the process lives on."""

import socket

import pytest
import requests


@pytest.fixture(autouse=True)
def lives_on(rehearsal_server):
    yield
    assert rehearsal_server.process.poll() is None
    assert requests.get(f"{rehearsal_server.base_url}/_rehearsal/health", timeout=5).json()["status"] == "ok"


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    [
        "khong/co",
        "v26.0/",
        "v26.0/101202303404505/khong-co",
        "101202303404505/feed/a",
        "1_1",
        "..%2f..%2fetc%2fpasswd",
        "%00",
        "%ff%fe",
        "v99.9/me/a/b",
    ],
)
def test_unknown_paths_get_a_graph_error(rehearsal_server, method, path):
    params = {"access_token": rehearsal_server.page_token()}
    answer = requests.request(method, f"{rehearsal_server.graph}/{path}", params=params, timeout=10)
    assert 400 <= answer.status_code < 500 and isinstance(answer.json()["error"]["code"], int)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"{", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"[1]", "application/json"),
        (b'{"message": "\\ud800"}', "application/json"),
        (b'{"message": {"a": 1}}', "application/json"),
        (b"\xff\xfe\x00", "application/json"),
        (b"--x\r\nrubbish", "multipart/form-data; boundary=x"),
        (b"--x\r\nrubbish", "multipart/form-data"),
        (b"--x\r\n" + b'Content-Disposition: form-data; name="a"\r\n\r\n1\r\n--x\r\n' * 2000, "multipart/form-data; boundary=x"),
        (b"message=%ff%fe&published=%00", "application/x-www-form-urlencoded"),
        (b"&&&===%%%", "application/x-www-form-urlencoded"),
        (b"x" * 1000, "text/rác"),
    ],
)
@pytest.mark.parametrize("edge", ["feed", "photos"])
def test_garbage_bodies_get_a_graph_error(rehearsal_server, data, kind, edge):
    url = f"{rehearsal_server.graph}/v26.0/{rehearsal_server.page_id}/{edge}"
    headers = {"Content-Type": kind.encode(), "Authorization": f"OAuth {rehearsal_server.page_token()}"}
    answer = requests.post(url, data=data, headers=headers, timeout=10)
    assert 400 <= answer.status_code < 500 and answer.json()["error"]["message"]
    assert "Traceback" not in answer.text and rehearsal_server.posts() == []


@pytest.mark.parametrize("path", ["/facebook/v26.0/101202303404505/photos", "/_rehearsal/faults", "/facebook/oauth/access_token"])
def test_a_body_over_20_megabytes_is_refused(rehearsal_server, path):
    answer = requests.post(rehearsal_server.base_url + path, files={"source": b"0" * (21 * 1024 * 1024)}, timeout=60)
    assert 400 <= answer.status_code < 500 and answer.json()["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"\xff", b"null"])
def test_faults_refuse_what_is_no_json_object(rehearsal_server, body):
    answer = requests.post(f"{rehearsal_server.base_url}/_rehearsal/faults", data=body, timeout=10)
    assert answer.status_code == 400 and answer.json()["error"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/_rehearsal/khong-co", 404),
        ("POST", "/_rehearsal/posts.json", 405),
        ("DELETE", "/_rehearsal/faults", 405),
        ("GET", "/_rehearsal/reset", 405),
        ("GET", "/khong-co", 404),
        ("POST", "/", 405),
        ("GET", "/facebook/picture/1", 404),
        ("GET", "/facebook/avatar/1.svg", 404),
        ("GET", "/facebook/101202303404505/posts/1", 404),
        ("GET", "/_rehearsal/preview/..%2f..%2frehearsal.sqlite3", 404),
    ],
)
def test_other_wrong_addresses_are_told_plainly(rehearsal_server, method, path, status):
    assert requests.request(method, rehearsal_server.base_url + path, timeout=10).status_code == status


def test_markup_in_a_post_is_shown_as_text(rehearsal_server):
    evil = '<script>alert(1)</script> "><img src=x onerror=alert(1)> https://songba.example/"onmouseover="x'
    data = {"message": evil, "link": "https://songba.example/'\"><b>", "access_token": rehearsal_server.page_token()}
    assert requests.post(f"{rehearsal_server.graph}/{rehearsal_server.page_id}/feed", data=data, timeout=10).ok
    answer = requests.get(rehearsal_server.base_url, timeout=10)
    assert "<script" not in answer.text and "<img src=x" not in answer.text and "&lt;script&gt;" in answer.text
    assert 'onmouseover="x' not in answer.text and "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "raw", [b"\x00\xff\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST /facebook/me HTTP/1.1\r\nContent-Length: -5\r\n\r\n", b"GET"]
)
def test_broken_http_does_no_harm(rehearsal_server, raw):
    with socket.create_connection(("127.0.0.1", rehearsal_server.port), timeout=5) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1000)


def test_a_client_that_goes_away_mid_body_does_no_harm(rehearsal_server):
    with socket.create_connection(("127.0.0.1", rehearsal_server.port), timeout=5) as connection:
        connection.sendall(
            b"POST /facebook/101202303404505/feed HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"
        )
    assert rehearsal_server.posts() == []
