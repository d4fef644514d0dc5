"""The rehearsal TikTok against the shapes that TikTok documents (channels.md 3b), driven by plain HTTP: our connector has no part in it."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.fakes.rehearsal import RehearsalServer

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
