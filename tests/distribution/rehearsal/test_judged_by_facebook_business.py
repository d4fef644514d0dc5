"""Facebook's own client drives the rehearsal platform: if it is content, the fake keeps the contract (channels.md 17.3)."""

import hashlib

import pytest
import requests
from facebook_business.adobjects.advideo import AdVideo
from facebook_business.adobjects.comment import Comment
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.photo import Photo
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession
from facebook_business.video_uploader import (
    VideoEncodingStatusChecker,
    VideoUploader,
    VideoUploadRequest,
    VideoUploadTransferRequestManager,
)
from PIL import Image

LINK = "https://songba.example/thoi-su/bao-so-12-a1.html?utm_id=01JD"


@pytest.fixture
def api(rehearsal_server, monkeypatch):
    monkeypatch.setattr(FacebookSession, "GRAPH", rehearsal_server.graph)
    session = FacebookSession(rehearsal_server.app_id, rehearsal_server.app_secret, rehearsal_server.page_token(), timeout=10)
    return FacebookAdsApi(session)


@pytest.fixture
def page(api, rehearsal_server):
    return Page(rehearsal_server.page_id, api=api)


@pytest.fixture
def picture_file(tmp_path):
    path = tmp_path / "mui-ganh.jpg"
    Image.new("RGB", (64, 40), "teal").save(path)
    return path


def upload(page: Page, path, params: dict) -> Photo:
    """create_photo with a file: this client adds files to the request it prepared."""
    return page.create_photo(params=params, pending=True).add_file(str(path)).execute()


def test_the_client_speaks_version_26_and_proves_the_secret(api, rehearsal_server):
    assert FacebookAdsApi.API_VERSION == "v26.0"
    assert api.call("GET", ("me",), params={"fields": "id"}).json() == {"id": rehearsal_server.page_id}


def test_a_wrong_appsecret_proof_is_refused(rehearsal_server, monkeypatch):
    monkeypatch.setattr(FacebookSession, "GRAPH", rehearsal_server.graph)
    api = FacebookAdsApi(FacebookSession(rehearsal_server.app_id, "sai", rehearsal_server.page_token(), timeout=10))
    with pytest.raises(FacebookRequestError) as refused:
        Page(rehearsal_server.page_id, api=api).create_feed(params={"message": "Không được"})
    assert refused.value.api_error_code() == 100 and "appsecret_proof" in refused.value.api_error_message()
    assert rehearsal_server.posts() == []


def test_a_post_with_text_and_link_is_up_once(page, rehearsal_server):
    post = page.create_feed(params={"message": "Bão số 12 đổi hướng", "link": LINK, "published": True})
    assert post["id"].startswith(rehearsal_server.page_id + "_")
    [shown] = rehearsal_server.posts()
    assert (shown["text"], shown["link"], shown["state"], shown["id"]) == ("Bão số 12 đổi hướng", LINK, "published", post["id"])


def test_fields_come_back_with_the_write_and_by_reading(page, api):
    post = page.create_feed(fields=["id", "permalink_url"], params={"message": "Đọc lại", "link": LINK})
    again = PagePost(post["id"], api=api).api_get(
        fields=["id", "message", "created_time", "permalink_url", "is_published", "attachments{unshimmed_url,media_type}"]
    )
    assert again["permalink_url"] == post["permalink_url"] and again["is_published"] is True
    assert again["attachments"]["data"] == [{"unshimmed_url": LINK, "media_type": "link"}]
    assert again["created_time"].endswith("+0000")


def test_two_photos_and_a_feed_post_that_attaches_them(page, api, picture_file, rehearsal_server):
    photos = []
    for number in (1, 2):
        params = {"published": False, "alt_text_custom": f"Mũi Gành {number}", "caption": "Minh họa"}
        photos.append(upload(page, picture_file, params)["id"])
    assert rehearsal_server.posts() == []
    post = page.create_feed(params={"message": "Ảnh", "attached_media": [{"media_fbid": photo} for photo in photos]})
    [shown] = rehearsal_server.posts()
    assert [media["id"] for media in shown["media"]] == photos
    assert {media["bytes"] for media in shown["media"]} == {picture_file.stat().st_size}
    found = PagePost(post["id"], api=api).api_get(fields=["attachments{media_type,subattachments{target}}"])["attachments"]["data"][0]
    assert found["media_type"] == "album"
    assert [item["target"]["id"] for item in found["subattachments"]["data"]] == photos
    assert Photo(photos[0], api=api).api_get(fields=["alt_text", "width"])["alt_text"] == "Mũi Gành 1"


def test_a_published_photo_is_a_post_of_its_own(page, picture_file, rehearsal_server):
    photo = upload(page, picture_file, {"caption": "Một tấm"})
    assert [(post["id"], post["text"]) for post in rehearsal_server.posts()] == [(photo["post_id"], "Một tấm")]


def test_an_edit_changes_the_text_and_readers_see_that(page, api, rehearsal_server):
    post = page.create_feed(params={"message": "Tít sai"})
    PagePost(post["id"], api=api).api_update(params={"message": "Tít đúng"})
    [shown] = rehearsal_server.posts()
    assert shown["text"] == "Tít đúng" and shown["edited_at"]
    html = rehearsal_server.page_html()
    assert "Tít đúng" in html and "Đã chỉnh sửa" in html and "Tít sai" not in html


def test_a_deleted_post_is_gone_and_a_second_delete_says_100_33(page, api, rehearsal_server):
    post = PagePost(page.create_feed(params={"message": "Gỡ"})["id"], api=api)
    post.api_delete()
    assert (
        rehearsal_server.posts()[0]["state"] == "deleted"
        and "Gỡ" not in rehearsal_server.page_html().split("<article")[0].split("tabs")[-1]
    )
    for again in (post.api_delete, post.api_get, lambda: post.api_update(params={"message": "x"})):
        with pytest.raises(FacebookRequestError) as refused:
            again()
        assert (refused.value.api_error_code(), refused.value.api_error_subcode()) == (100, 33)


def test_the_identical_previous_post_is_refused_as_506_and_a_different_one_is_not(page, rehearsal_server):
    page.create_feed(params={"message": "Một", "link": LINK})
    with pytest.raises(FacebookRequestError) as refused:
        page.create_feed(params={"message": "Một", "link": LINK})
    assert refused.value.api_error_code() == 506 and refused.value.http_status() == 400
    assert refused.value.body()["error"]["error_user_msg"]
    page.create_feed(params={"message": "Hai", "link": LINK})
    page.create_feed(params={"message": "Một", "link": LINK})
    assert len(rehearsal_server.posts()) == 3


def test_published_posts_are_walked_newest_first_to_the_end(page):
    made = [page.create_feed(params={"message": f"Tin {number}"})["id"] for number in range(7)]
    cursor = page.get_published_posts(fields=["id", "message", "is_published"], params={"limit": 3})
    assert [post["id"] for post in cursor] == made[::-1]


def test_an_unpublished_post_is_not_listed_until_it_is_published(page, api, rehearsal_server):
    post = page.create_feed(params={"message": "Chưa hiện", "published": False})
    assert list(page.get_published_posts(fields=["id"])) == []
    assert rehearsal_server.posts(state="unpublished")[0]["id"] == post["id"] and "Chưa hiện" not in rehearsal_server.page_html()
    PagePost(post["id"], api=api).api_update(params={"is_published": True})
    assert [item["id"] for item in page.get_published_posts(fields=["id"])] == [post["id"]]


def test_the_page_comments_under_its_post_and_takes_the_comment_back(page, api, rehearsal_server):
    post = PagePost(page.create_feed(params={"message": "Bài"})["id"], api=api)
    said = post.create_comment(fields=["id", "message"], params={"message": "Bình luận đầu tiên"})
    post.create_comment(params={"message": "Thứ hai"})
    assert [(item["message"], item["from"]["id"]) for item in post.get_comments(fields=["message", "from"])][:1] == [("Bình luận đầu tiên", rehearsal_server.page_id)]
    assert [item["message"] for item in post.get_comments(fields=["message"], params={"order": "reverse_chronological", "limit": 1})] == ["Thứ hai", "Bình luận đầu tiên"]
    assert post.api_get(fields=["comments.limit(0).summary(true)"])["comments"]["summary"] == {"total_count": 2}
    assert "Bình luận đầu tiên" in rehearsal_server.page_html()
    assert Comment(said["id"], api=api).api_get(fields=["message"])["message"] == "Bình luận đầu tiên"
    Comment(said["id"], api=api).api_delete()
    assert rehearsal_server.comments(post["id"]) == ["Thứ hai"] and "Bình luận đầu tiên" not in rehearsal_server.page_html()


def test_insights_tell_the_metrics_that_live_and_one_dead_one_fails_the_call(page, api):
    post = PagePost(page.create_feed(params={"message": "Bài"})["id"], api=api)
    (row,) = post.get_insights(params={"metric": ["post_media_view"]})
    assert row["name"] == "post_media_view" and row["values"] == [{"value": 0}]
    with pytest.raises(FacebookRequestError) as refused:
        post.get_insights(params={"metric": ["post_media_view", "post_impressions_unique"]})
    assert refused.value.api_error_code() == 100


@pytest.mark.parametrize(
    ("fault", "code", "transient"),
    [
        ("error_before", 2, True),
        ("rate_limited", 80001, False),
        ("rate_limited_silent", 4, True),
        ("duplicate_refused", 506, False),
    ],
)
def test_faults_before_the_commit_are_parsed_and_leave_nothing(page, rehearsal_server, fault, code, transient):
    rehearsal_server.fault(fault)
    with pytest.raises(FacebookRequestError) as refused:
        page.create_feed(params={"message": "Lỗi"})
    assert (refused.value.api_error_code(), refused.value.api_transient_error()) == (code, transient)
    assert rehearsal_server.posts() == []
    page.create_feed(params={"message": "Lỗi"})
    assert len(rehearsal_server.posts()) == 1


def test_the_client_meets_an_error_after_the_commit_and_the_post_is_up(page, rehearsal_server):
    rehearsal_server.fault("error_after")
    with pytest.raises(FacebookRequestError) as refused:
        page.create_feed(params={"message": "Đã lên"})
    assert refused.value.http_status() == 503 and refused.value.api_transient_error()
    assert [post["text"] for post in rehearsal_server.posts()] == ["Đã lên"]


FILM = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 4096 * 3


@pytest.fixture
def film(tmp_path, monkeypatch):
    """A file, and the client's own uploader on the Page's edge: it knows the edge of advertisers only, at a host of its own."""
    monkeypatch.setattr(VideoUploadRequest, "send", lambda self, path: self._api.call("POST", (path[0], "videos"), params=self._params, files=self._files))
    path = tmp_path / "lu.mp4"
    path.write_bytes(FILM)
    return path


def test_the_client_s_own_uploader_brings_a_video_up_in_parts_and_sees_it_ready(page, api, film, rehearsal_server):
    video = AdVideo(parent_id=rehearsal_server.page_id, api=api)
    video[AdVideo.Field.filepath] = str(film)
    made = VideoUploader().upload(video, wait_for_encoding=True)
    assert [call["call"] for call in rehearsal_server.calls()] == ["video_start", *["video_chunk"] * 4, "video_finish"]
    [post] = rehearsal_server.posts()
    assert (post["state"], post["media"][0]["sha256"]) == ("published", hashlib.sha256(FILM).hexdigest())
    assert VideoEncodingStatusChecker.getStatus(api, made["id"])["publishing_phase"]["status"] == "complete"
    assert [row["message"] for row in page.get_published_posts(fields=["id", "attachments{media_type,target{id}}"]) if row.get("message")] == []
    AdVideo(made["id"], api=api).api_update(params={"description": "Nước lên nhanh"})
    assert "Nước lên nhanh" in rehearsal_server.page_html()
    AdVideo(made["id"], api=api).api_delete()
    assert [post["state"] for post in rehearsal_server.posts()] == ["deleted"]


def test_the_client_s_uploader_is_told_where_to_go_on_and_does(page, api, film, rehearsal_server, monkeypatch):
    true_params, lies = VideoUploadTransferRequestManager.getParamsFromContext, [True]

    def forgets(self, context):
        params = true_params(self, context)
        if context.start_offset and lies.pop() if lies else False:
            params["start_offset"] = 0
        return params

    monkeypatch.setattr(VideoUploadTransferRequestManager, "getParamsFromContext", forgets)
    lies[:] = [True, False]
    video = AdVideo(parent_id=rehearsal_server.page_id, api=api)
    video[AdVideo.Field.filepath] = str(film)
    VideoUploader().upload(video)
    assert "refused" in [call["outcome"] for call in rehearsal_server.calls("video_chunk")]
    assert rehearsal_server.posts()[0]["media"][0]["sha256"] == hashlib.sha256(FILM).hexdigest()


def test_a_reel_is_started_and_finished_by_the_client_and_its_bytes_go_to_the_address_it_was_given(page, api, rehearsal_server):
    begun = page.create_video_reel(params={"upload_phase": "start"})
    video_id, url = begun["video_id"], begun["upload_url"]
    headers = {"Authorization": f"OAuth {rehearsal_server.page_token()}", "file_size": str(len(FILM))}
    half = len(FILM) // 2
    assert requests.post(url, data=FILM[:half], headers={**headers, "offset": "0"}, timeout=10).json()["debug_info"]["retriable"] is True
    status = AdVideo(video_id, api=api).api_get(fields=["status"])["status"]
    assert status["uploading_phase"].export_all_data() == {"status": "in_progress", "bytes_transferred": half}
    assert requests.post(url, data=FILM[half:], headers={**headers, "offset": str(half)}, timeout=10).json()["success"] is True
    assert rehearsal_server.posts() == []
    page.create_video_reel(params={"upload_phase": "finish", "video_id": video_id, "video_state": "PUBLISHED", "description": "Nước lên"})
    [post] = rehearsal_server.posts()
    assert (post["text"], post["media"][0]["sha256"]) == ("Nước lên", hashlib.sha256(FILM).hexdigest())


def test_bytes_sent_to_the_wrong_place_show_at_the_finish_as_6000(page, rehearsal_server):
    begun = page.create_video_reel(params={"upload_phase": "start"})
    with pytest.raises(FacebookRequestError) as refused:
        page.create_video_reel(params={"upload_phase": "finish", "video_id": begun["video_id"], "video_state": "PUBLISHED"})
    assert refused.value.api_error_code() == 6000 and rehearsal_server.posts() == []
