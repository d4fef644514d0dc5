"""The rehearsal TikTok against the shapes that TikTok documents (channels.md 3b), driven by plain HTTP: our connector has no part in it."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from tests.fakes.rehearsal import REDIRECT, RehearsalServer

jsonschema = pytest.importorskip("jsonschema")
pytestmark = pytest.mark.processes
ACCOUNT = "-000SongBaChayThuTikTok0001"
FILM = b"\x00\x00\x00\x18ftypisom" + bytes(2048)


def an_object(**properties: Any) -> dict[str, Any]:
    """Exactly these members."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


TEXT, FLAG, COUNT = {"type": "string"}, {"type": "boolean"}, {"type": "integer", "minimum": 0}
WORDS = {"type": "string", "minLength": 1}
PRIVACY = {"enum": ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"]}
STATUS = {"enum": ["PROCESSING_UPLOAD", "PROCESSING_DOWNLOAD", "SEND_TO_USER_INBOX", "PUBLISH_COMPLETE", "FAILED"]}
VIDEO = an_object(id={"type": "string", "pattern": "^[0-9]+$"}, share_url={"type": "string", "format": "uri"}, create_time=COUNT, video_description={"type": "string", "maxLength": 150})
DATA: dict[str, dict[str, Any]] = {
    "creator": an_object(
        creator_avatar_url=WORDS, creator_username=WORDS, creator_nickname=WORDS, privacy_level_options={"type": "array", "items": PRIVACY, "minItems": 1},
        comment_disabled=FLAG, duet_disabled=FLAG, stitch_disabled=FLAG, max_video_post_duration_sec=COUNT,
    ),
    "init": an_object(publish_id={"type": "string", "maxLength": 64, "pattern": "^v_(pub|inbox)_file~"}, upload_url={"type": "string", "maxLength": 256}),
    "photos": an_object(publish_id={"type": "string", "maxLength": 64, "pattern": "^p_pub_url~"}),
    "status": {
        "type": "object", "required": ["status"], "additionalProperties": False,
        "properties": {"status": STATUS, "fail_reason": TEXT, "publicaly_available_post_id": {"type": "array", "items": {"type": "integer"}}, "uploaded_bytes": COUNT, "downloaded_bytes": COUNT},
    },
    "query": an_object(videos={"type": "array", "items": VIDEO}),
    "list": an_object(videos={"type": "array", "items": VIDEO}, cursor=COUNT, has_more=FLAG),
    "user": an_object(user=an_object(open_id=WORDS, display_name=WORDS)),
}  # fmt: skip
ERROR = an_object(code=WORDS, message=TEXT, log_id=WORDS)
TOKENS = an_object(access_token=WORDS, expires_in=COUNT, refresh_token=WORDS, refresh_expires_in=COUNT, open_id=WORDS, scope=WORDS, token_type={"const": "Bearer"})
REFUSAL = an_object(error=WORDS, error_description=WORDS, log_id=WORDS)


@pytest.fixture
def api(rehearsal_server: RehearsalServer) -> Any:
    """One call: its `data`, held against the documented shape."""
    tokens = rehearsal_server.tiktok_tokens(account=ACCOUNT)
    jsonschema.validate(tokens, TOKENS)

    def ask(path: str, shape: str, body: Any = None, *, method: str = "POST", code: str = "ok", fields: str = "") -> Any:
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        answer = requests.request(method, f"{rehearsal_server.tiktok}/v2/{path}", json=body if method == "POST" else None, params={"fields": fields} if fields else {}, headers=headers, timeout=10)
        told = answer.json()
        jsonschema.validate(told["error"], ERROR)
        assert told["error"]["code"] == code, told
        if code == "ok":
            jsonschema.validate(told["data"], DATA[shape], format_checker=jsonschema.FormatChecker())
        return told.get("data")

    return ask


LISTED = "id,share_url,create_time,video_description"


def upload(address: str) -> requests.Response:
    headers = {"Content-Type": "video/mp4", "Content-Range": f"bytes 0-{len(FILM) - 1}/{len(FILM)}"}
    return requests.put(address, data=FILM, headers=headers, timeout=10)


def test_the_way_of_a_post_has_the_documented_shapes(api: Any) -> None:
    source = {"source": "FILE_UPLOAD", "video_size": len(FILM), "chunk_size": len(FILM), "total_chunk_count": 1}
    options = api("post/publish/creator_info/query/", "creator", {})["privacy_level_options"]
    info = {"title": "Lũ", "privacy_level": options[0], "disable_comment": True, "disable_duet": True, "disable_stitch": True, "brand_content_toggle": False, "brand_organic_toggle": False, "is_aigc": False}
    opened = api("post/publish/video/init/", "init", {"post_info": info, "source_info": source})
    assert api("post/publish/status/fetch/", "status", {"publish_id": opened["publish_id"]})["status"] == "PROCESSING_UPLOAD"
    assert upload(opened["upload_url"]).status_code == 201
    told = api("post/publish/status/fetch/", "status", {"publish_id": opened["publish_id"]})
    (post,) = told["publicaly_available_post_id"]
    assert len(api("video/query/", "query", {"filters": {"video_ids": [str(post)]}}, fields=LISTED)["videos"]) == 1
    assert len(api("video/list/", "list", {"max_count": 5}, fields=LISTED)["videos"]) == 1
    assert api("user/info/", "user", method="GET", fields="open_id,display_name")["user"]["open_id"] == ACCOUNT


def test_the_way_of_a_draft_has_the_documented_shapes(api: Any) -> None:
    source = {"source": "FILE_UPLOAD", "video_size": len(FILM), "chunk_size": len(FILM), "total_chunk_count": 1}
    opened = api("post/publish/inbox/video/init/", "init", {"source_info": source})
    assert upload(opened["upload_url"]).status_code == 201
    assert api("post/publish/status/fetch/", "status", {"publish_id": opened["publish_id"]})["status"] == "SEND_TO_USER_INBOX"


def test_pictures_answer_before_they_are_fetched_and_one_that_cannot_be_fetched_fails(api: Any, rehearsal_server: RehearsalServer) -> None:
    body = {
        "media_type": "PHOTO", "post_mode": "MEDIA_UPLOAD", "post_info": {"title": "Lũ", "description": "Nước"}, "is_aigc": False,
        "source_info": {"source": "PULL_FROM_URL", "photo_images": ["http://127.0.0.1:9/khong-co.jpg"], "photo_cover_index": 0},
    }  # fmt: skip
    publish_id = api("post/publish/content/init/", "photos", body)["publish_id"]
    rehearsal_server.wait_until(lambda: api("post/publish/status/fetch/", "status", {"publish_id": publish_id})["status"] == "FAILED")
    assert api("post/publish/status/fetch/", "status", {"publish_id": publish_id})["fail_reason"] == "photo_pull_failed"


def test_refusals_have_the_documented_shape(api: Any) -> None:
    api("post/publish/status/fetch/", "status", {"publish_id": "v_pub_file~none"}, code="invalid_publish_id")
    api("post/publish/inbox/video/init/", "init", {"source_info": {"source": "FILE_UPLOAD", "video_size": 0}}, code="invalid_param")


# The log-in (3b.1)
def dialog(server: RehearsalServer, **changes: str) -> str:
    query = {"client_key": server.app_id, "redirect_uri": REDIRECT, "response_type": "code", "scope": "user.info.basic,video.upload", "state": "s", **changes}
    return f"{server.tiktok}/v2/auth/authorize/?{urlencode(query)}"


def code_of(server: RehearsalServer, **changes: str) -> str:
    return parse_qs(urlsplit(server.consent(dialog(server, **changes)).headers["Location"]).query)["code"][0]


def oauth(server: RehearsalServer, path: str = "token", **fields: str) -> requests.Response:
    data = {"client_key": server.app_id, "client_secret": server.app_secret, **fields}
    return requests.post(f"{server.tiktok}/v2/oauth/{path}/", data=data, timeout=10)


def refused(answer: requests.Response) -> str:
    """The word of a flat refusal."""
    assert answer.status_code == 400
    jsonschema.validate(answer.json(), REFUSAL)
    return str(answer.json()["error"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"client_key": "x"}, "client_key"), ({"state": ""}, "state"), ({"response_type": "token"}, "response_type"), ({"scope": "video.all"}, "scope"), ({"scope": ""}, "scope"),
        ({"scope": "user.info.basic video.upload"}, "scope"), ({"redirect_uri": REDIRECT + "?x=1"}, "redirect_uri"), ({"redirect_uri": REDIRECT + "x" * 512}, "redirect_uri"),
        ({"redirect_uri": "https://songba.evil.example/"}, "redirect_uri"), ({"code_challenge": "not-hex", "code_challenge_method": "S256"}, "code_challenge"),
    ],
)  # fmt: skip
def test_a_wrong_dialog_address_names_the_field_and_sends_nobody_away(rehearsal_server: RehearsalServer, change: dict[str, str], field: str) -> None:
    answer = requests.get(dialog(rehearsal_server, **change), allow_redirects=False, timeout=10)
    assert answer.status_code == 400 and field in answer.text


def test_the_way_back_tells_what_was_granted_or_that_the_person_said_no(rehearsal_server: RehearsalServer) -> None:
    back = [parse_qs(urlsplit(rehearsal_server.consent(dialog(rehearsal_server), **form).headers["Location"]).query) for form in ({"choice": "1"}, {"decision": "deny"})]
    assert (back[0]["scopes"], back[0]["state"], len(back[0]["code"])) == (["user.info.basic"], ["s"], 1)
    assert (back[1]["error"], back[1]["state"]) == (["access_denied"], ["s"])


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "x"}, "invalid_client"), ({"client_key": "x"}, "invalid_client"), ({"grant_type": "password"}, "unsupported_grant_type"), ({"code": "x"}, "invalid_grant"),
        ({"redirect_uri": REDIRECT + "x"}, "invalid_request"), ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
    ],
)  # fmt: skip
def test_the_token_endpoint_refuses_in_the_flat_shape(rehearsal_server: RehearsalServer, change: dict[str, str], error: str) -> None:
    fields = {"grant_type": "authorization_code", "code": code_of(rehearsal_server), "redirect_uri": REDIRECT}
    assert refused(oauth(rehearsal_server, **{**fields, **change})) == error


def test_a_code_and_a_refresh_token_are_good_once_and_a_new_pair_is_as_the_old(rehearsal_server: RehearsalServer) -> None:
    fields = {"grant_type": "authorization_code", "code": code_of(rehearsal_server), "redirect_uri": REDIRECT}
    first = oauth(rehearsal_server, **fields).json()
    assert refused(oauth(rehearsal_server, **fields)) == "invalid_grant"
    renewal = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = oauth(rehearsal_server, **renewal, scope="user.info.basic").json()
    jsonschema.validate(second, TOKENS)
    assert (second["open_id"], second["scope"]) == (first["open_id"], first["scope"]) == (ACCOUNT, "user.info.basic,video.upload")
    assert refused(oauth(rehearsal_server, **renewal)) == "invalid_grant"


def test_a_challenge_in_hex_is_held_against_its_verifier(rehearsal_server: RehearsalServer) -> None:
    challenge = hashlib.sha256(b"v" * 43).hexdigest()

    def exchange(**fields: str) -> requests.Response:
        code = code_of(rehearsal_server, code_challenge=challenge, code_challenge_method="S256")
        return oauth(rehearsal_server, grant_type="authorization_code", code=code, redirect_uri=REDIRECT, **fields)

    assert exchange(code_verifier="v" * 43).status_code == 200
    assert (refused(exchange()), refused(exchange(code_verifier="w" * 43))) == ("invalid_request", "invalid_grant")


def test_only_the_application_gives_a_token_back_and_then_nothing_of_the_account_lives(rehearsal_server: RehearsalServer) -> None:
    pair = rehearsal_server.tiktok_tokens(account=ACCOUNT)
    assert refused(oauth(rehearsal_server, "revoke", token=pair["access_token"], client_secret="x")) == "invalid_client"
    assert oauth(rehearsal_server, "revoke", token=pair["access_token"]).status_code == 200
    assert refused(oauth(rehearsal_server, grant_type="refresh_token", refresh_token=pair["refresh_token"])) == "invalid_grant"
    assert refused(oauth(rehearsal_server, "revoke", token=pair["access_token"])) == "invalid_request"


def test_a_renewal_that_a_fault_refuses_costs_no_token(rehearsal_server: RehearsalServer) -> None:
    renewal = {"grant_type": "refresh_token", "refresh_token": rehearsal_server.tiktok_tokens(account=ACCOUNT)["refresh_token"]}
    rehearsal_server.fault("rate_limited", platform="tiktok", call="refresh")
    answer = oauth(rehearsal_server, **renewal)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limit_exceeded")
    assert oauth(rehearsal_server, **renewal).status_code == 200
