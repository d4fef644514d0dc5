"""The log-in of the Facebook rehearsal platform, with raw requests."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests_oauthlib import OAuth2Session
from requests_oauthlib.compliance_fixes import facebook_compliance_fix

from tests.fakes.rehearsal import REDIRECT, SCOPES, RehearsalServer


def get(server: RehearsalServer, path: str, **params: str) -> dict:
    return requests.get(f"{server.graph}/v26.0/{path}", params=params, timeout=10).json()


def exchange(server: RehearsalServer, method: str = "GET", **changes: str) -> dict:
    fields = {"client_id": server.app_id, "client_secret": server.app_secret, "redirect_uri": REDIRECT, **changes}
    where = {"params": fields} if method == "GET" else {"data": fields}
    return requests.request(method, f"{server.graph}/oauth/access_token", timeout=10, **where).json()


def test_a_person_signs_in_sees_the_pages_and_comes_back_with_code_and_state(rehearsal_server):
    url, browser = rehearsal_server.dialog_url(state="trạng thái"), requests.Session()
    login = browser.get(url, timeout=10)
    assert "Chạy thử" in login.text or "chạy thử" in login.text
    consent = browser.post(url, data={"email": rehearsal_server.email, "password": rehearsal_server.password}, timeout=10)
    assert "Báo Sông Ba · chạy thử" in consent.text and "Đăng, sửa và xóa bài trên Trang" in consent.text
    key = consent.text.split('name="key" value="')[1].split('"')[0]
    form = {"key": key, "choice": "1", "pages": [rehearsal_server.page_id], "permissions": SCOPES.split(","), "decision": "allow"}
    back = browser.post(url, data=form, allow_redirects=False, timeout=10)
    assert back.status_code == 302 and back.headers["Location"].startswith(REDIRECT)
    query = parse_qs(urlsplit(back.headers["Location"]).query)
    assert query["state"] == ["trạng thái"] and query["code"]


def test_a_wrong_password_lets_nobody_in(rehearsal_server):
    answer = rehearsal_server.consent(rehearsal_server.dialog_url(), password="sai")
    assert answer.status_code == 401 and "mật khẩu không đúng" in answer.text


def test_consent_with_a_cookie_alone_and_no_form_key_is_not_consent(rehearsal_server):
    url, browser = rehearsal_server.dialog_url(), requests.Session()
    browser.post(url, data={"email": rehearsal_server.email, "password": rehearsal_server.password}, timeout=10)
    answer = browser.post(url, data={"decision": "allow", "choice": "1"}, allow_redirects=False, timeout=10)
    assert answer.status_code == 200 and "Location" not in answer.headers


def test_saying_no_comes_back_as_access_denied_with_the_state(rehearsal_server):
    answer = rehearsal_server.consent(rehearsal_server.dialog_url(state="x1"), decision="deny")
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["error"] == ["access_denied"] and query["error_reason"] == ["user_denied"] and query["state"] == ["x1"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"redirect_uri": "http://songba.evil.example/"}, "Địa chỉ quay về chưa được ứng dụng cho phép"),
        ({"redirect_uri": "javascript:alert(1)"}, "Địa chỉ quay về"),
        ({"redirect_uri": ""}, "thiếu địa chỉ quay về"),
        ({"client_id": "1"}, "Ứng dụng không có trên nền tảng chạy thử"),
        ({"client_id": ""}, "thiếu mã ứng dụng"),
        ({"scope": "ads_management"}, "Có quyền mà nền tảng chạy thử không biết"),
        ({"response_type": "token"}, "response_type"),
    ],
)
def test_a_bad_dialog_address_gets_a_sentence_and_no_redirect(rehearsal_server, change, sentence):
    answer = requests.get(rehearsal_server.dialog_url(**change), allow_redirects=False, timeout=10)
    assert answer.status_code == 400 and sentence in answer.text


def test_the_kept_oauth_client_library_goes_the_whole_way(rehearsal_server, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the client's own guard; there is no TLS on loopback
    session = facebook_compliance_fix(OAuth2Session(rehearsal_server.app_id, redirect_uri=REDIRECT, scope=[SCOPES]))
    url, _ = session.authorization_url(f"{rehearsal_server.graph}/v26.0/dialog/oauth")
    token = session.fetch_token(
        f"{rehearsal_server.graph}/v26.0/oauth/access_token",
        authorization_response=rehearsal_server.consent(url).headers["Location"],
        client_secret=rehearsal_server.app_secret,
        include_client_id=True,
    )
    assert token["token_type"].lower() == "bearer" and 3600 <= token["expires_in"] <= 7200
    assert session.get(f"{rehearsal_server.graph}/v26.0/me", timeout=10).json()["name"] == "Trực kênh Sông Ba"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_code_becomes_a_short_token_by_get_or_post(rehearsal_server, method):
    token = exchange(rehearsal_server, method, code=rehearsal_server.code())
    assert set(token) == {"access_token", "token_type", "expires_in"}


def test_a_code_works_once(rehearsal_server):
    code = rehearsal_server.code()
    exchange(rehearsal_server, code=code)
    error = exchange(rehearsal_server, code=code)["error"]
    assert (error["code"], error["error_subcode"]) == (100, 36009)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"client_secret": "x"}, 1),
        ({"client_id": "1"}, 101),
        ({"client_id": ""}, 101),
        ({"redirect_uri": REDIRECT + "?x=1"}, 100),
        ({"redirect_uri": ""}, 191),
        ({"code": "x"}, 100),
        ({"code": ""}, 100),
        ({"grant_type": "password"}, 100),
    ],
)
def test_a_bad_exchange_is_refused_in_graphs_shape_and_costs_no_code(rehearsal_server, change, code):
    good = rehearsal_server.code()
    assert exchange(rehearsal_server, **{"code": good, **change})["error"]["code"] == code
    assert "access_token" in exchange(rehearsal_server, code=good)


def test_a_long_token_lives_about_sixty_days_and_its_page_token_has_no_end(rehearsal_server):
    short = rehearsal_server.user_token(long=False)
    long = exchange(rehearsal_server, grant_type="fb_exchange_token", fb_exchange_token=short)
    assert 5_180_000 < long["expires_in"] < 5_190_000
    app = f"{rehearsal_server.app_id}|{rehearsal_server.app_secret}"

    def expiry(user: str) -> int:
        page = get(rehearsal_server, "me/accounts", access_token=user)["data"][0]["access_token"]
        return get(rehearsal_server, "debug_token", input_token=page, access_token=app)["data"]["expires_at"]

    assert expiry(long["access_token"]) == 0
    assert expiry(short) > 0


def test_a_page_token_is_no_user_token_for_an_exchange(rehearsal_server):
    answer = exchange(rehearsal_server, grant_type="fb_exchange_token", fb_exchange_token=rehearsal_server.page_token())
    assert answer["error"]["code"] == 100


def test_only_ticked_pages_are_listed_and_unticked_permissions_are_declined(rehearsal_server):
    token = rehearsal_server.user_token(pages=[rehearsal_server.page_id], permissions=["pages_show_list"])
    assert [page["id"] for page in get(rehearsal_server, "me/accounts", access_token=token)["data"]] == [rehearsal_server.page_id]
    status = {row["permission"]: row["status"] for row in get(rehearsal_server, "me/permissions", access_token=token)["data"]}
    assert status["pages_show_list"] == "granted" and status["pages_manage_posts"] == "declined"


def test_the_list_of_pages_is_followed_page_by_page(rehearsal_server):
    found, answer = (
        [],
        get(rehearsal_server, "me/accounts", access_token=rehearsal_server.user_token(), limit="2", fields="id,name,tasks,picture"),
    )
    assert len(answer["data"]) == 2
    while True:
        found += [page["id"] for page in answer["data"]]
        if "next" not in answer.get("paging", {}):
            break
        answer = requests.get(answer["paging"]["next"], timeout=10).json()
    assert len(found) == len(set(found)) == 3


def test_me_with_a_page_token_is_the_page_itself(rehearsal_server):
    assert get(rehearsal_server, "me", fields="id", access_token=rehearsal_server.page_token()) == {"id": rehearsal_server.page_id}
    assert get(rehearsal_server, "me", access_token=rehearsal_server.user_token())["name"] == "Trực kênh Sông Ba"


def test_debug_token_tells_page_scopes_and_death(rehearsal_server):
    app, token = f"{rehearsal_server.app_id}|{rehearsal_server.app_secret}", rehearsal_server.page_token(fresh=True)
    data = get(rehearsal_server, "debug_token", input_token=token, access_token=app)["data"]
    assert data["is_valid"] and data["type"] == "PAGE" and data["profile_id"] == rehearsal_server.page_id
    assert "pages_manage_posts" in data["scopes"]
    rehearsal_server.fault("token_revoked")
    requests.post(f"{rehearsal_server.graph}/{rehearsal_server.page_id}/feed", data={"access_token": token, "message": "a"}, timeout=10)
    data = get(rehearsal_server, "debug_token", input_token=token, access_token=app)["data"]
    assert not data["is_valid"] and data["error"]["subcode"] == 458
    assert get(rehearsal_server, "debug_token", input_token="x", access_token=app)["data"]["is_valid"] is False
    assert get(rehearsal_server, "debug_token", input_token=token, access_token="x")["error"]["code"] == 190


def test_removing_the_app_kills_every_token_of_the_person(rehearsal_process):
    rehearsal_process.reset()
    user = rehearsal_process.user_token()
    page = get(rehearsal_process, "me/accounts", access_token=user)["data"][0]["access_token"]
    requests.delete(f"{rehearsal_process.graph}/me/permissions", params={"access_token": user}, timeout=10)
    assert get(rehearsal_process, "me", access_token=page)["error"]["error_subcode"] == 458
    assert get(rehearsal_process, "me", access_token=rehearsal_process.page_token(fresh=True))["id"] == rehearsal_process.page_id


@pytest.mark.parametrize(("token", "code"), [("", 2500), ("rác", 190)])
def test_without_a_good_token_me_is_refused(rehearsal_server, token, code):
    assert get(rehearsal_server, "me", access_token=token)["error"]["code"] == code


def test_a_code_bound_to_a_challenge_needs_its_verifier(rehearsal_server):
    url = rehearsal_server.dialog_url(code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method="S256")
    code = parse_qs(urlsplit(rehearsal_server.consent(url).headers["Location"]).query)["code"][0]
    assert "error" in exchange(rehearsal_server, code=code)
    assert "access_token" in exchange(rehearsal_server, code=code, code_verifier="dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
