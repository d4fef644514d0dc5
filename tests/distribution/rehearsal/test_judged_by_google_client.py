"""Google's own client drives the rehearsal platform by its own discovery document: if it is content, the fake keeps the contract (channels.md 17.3)."""

import hashlib
import io
import json
import socket
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest
import requests
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseUpload
from PIL import Image

pytestmark = pytest.mark.processes
MB = 1024 * 1024
FILM = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 4096 * 3
WORDS = {"title": "Lũ về Sông Ba", "description": "Nước lên nhanh.\n\nhttps://songba.example/a1.html?utm_id=01JD", "tags": ["lũ", "Sông Ba"], "categoryId": "25"}
VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nN\xc6\xb0\xe1\xbb\x9bc l\xc3\xaan nhanh.\n"


def document(server) -> dict:
    """The discovery document that comes with the client, its address turned to the rehearsal platform."""
    found = json.loads(resources.files("googleapiclient").joinpath("discovery_cache/documents/youtube.v3.json").read_text(encoding="utf-8"))
    return {**found, "rootUrl": f"{server.youtube}/", "baseUrl": f"{server.youtube}/", "mtlsRootUrl": f"{server.youtube}/"}


def client(server, **options):
    tokens = server.youtube_tokens(**options)
    about = {"token_uri": f"{server.youtube}/token", "client_id": server.app_id, "client_secret": server.app_secret}
    return build_from_document(document(server), credentials=Credentials(tokens["access_token"], refresh_token=tokens.get("refresh_token"), **about))


@pytest.fixture
def youtube(rehearsal_server):
    return client(rehearsal_server)


def film(content: bytes = FILM, *, chunk: int = MB) -> MediaIoBaseUpload:
    return MediaIoBaseUpload(io.BytesIO(content), mimetype="video/mp4", chunksize=chunk, resumable=True)


def upload(youtube, content: bytes = FILM, *, chunk: int = MB, snippet=WORDS, **status):
    body = {"snippet": snippet, "status": {"privacyStatus": "public", **status}}
    request, made = youtube.videos().insert(part="snippet,status", body=body, media_body=film(content, chunk=chunk)), None
    while made is None:
        _progress, made = request.next_chunk(num_retries=0)
    return made


def poster() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (480, 270), "teal").save(data, "JPEG")
    return data.getvalue()


def reason(error: HttpError) -> tuple[int, str]:
    return error.resp.status, json.loads(error.content)["error"]["errors"][0]["reason"]


def test_a_video_arrives_in_chunks_identical_and_once(youtube, rehearsal_server):
    made = upload(youtube)
    (post,) = rehearsal_server.posts()
    assert (post["platform"], post["id"], post["state"], post["link"]) == ("youtube", made["id"], "published", "https://songba.example/a1.html?utm_id=01JD")
    (media,) = post["media"]
    assert (media["bytes"], media["sha256"]) == (len(FILM), hashlib.sha256(FILM).hexdigest())
    assert [call["status"] for call in rehearsal_server.calls("chunk")] == [308, 308, 308, 200]
    assert rehearsal_server.uploads()[0]["wire_bytes"] == len(FILM)


def test_no_video_exists_before_the_last_byte(youtube, rehearsal_server):
    request = youtube.videos().insert(part="snippet,status", body={"snippet": WORDS, "status": {"privacyStatus": "public"}}, media_body=film())
    for _ in range(3):
        request.next_chunk(num_retries=0)
    assert rehearsal_server.posts() == []
    assert request.next_chunk(num_retries=0)[1]["id"] == rehearsal_server.posts()[0]["id"]


@pytest.mark.parametrize("fault", ["error_before", "half_chunk", "no_range"])
def test_the_client_goes_on_after_a_broken_chunk(youtube, rehearsal_server, fault):
    met = None
    rehearsal_server.fault(fault, platform="youtube", call="chunk")
    request, made = youtube.videos().insert(part="snippet,status", body={"snippet": WORDS, "status": {}}, media_body=film()), None
    while made is None:
        try:
            _progress, made = request.next_chunk(num_retries=0)
        except HttpError as error:
            met = reason(error)
    assert met == (503, "backendError") or fault != "error_before"
    assert rehearsal_server.posts()[0]["media"][0]["sha256"] == hashlib.sha256(FILM).hexdigest()


def test_an_answer_lost_after_the_last_byte_is_found_by_asking_the_session(rehearsal_server):
    socket.setdefaulttimeout(2)  # the client sends a lost chunk again by itself, without its bytes, and waits (channels.md 0.7)
    youtube = client(rehearsal_server)
    socket.setdefaulttimeout(None)
    rehearsal_server.fault("lost_answer", platform="youtube", call="chunk")
    request = youtube.videos().insert(part="snippet,status", body={"snippet": WORDS, "status": {"privacyStatus": "public"}}, media_body=film(chunk=4 * MB))
    with pytest.raises(TimeoutError):
        request.next_chunk(num_retries=0)
    session = request.resumable_uri
    found = requests.put(session, headers={"Content-Range": f"bytes */{len(FILM)}", "Content-Length": "0"}, timeout=10)
    assert found.status_code == 200 and found.json()["id"] == rehearsal_server.posts()[0]["id"]


def test_an_expired_token_is_renewed_by_the_client_itself(youtube, rehearsal_server):
    rehearsal_server.fault("token_expires", platform="youtube", call="open")  # in a chunk the client sends an empty body again (channels.md 0.7)
    assert upload(youtube)["id"] == rehearsal_server.posts()[0]["id"]


def test_privacy_left_out_means_public_and_a_private_video_is_seen_by_its_owner_only(youtube, rehearsal_server):
    public = youtube.videos().insert(part="snippet,status", body={"snippet": WORDS}, media_body=film()).execute()
    assert public["status"]["privacyStatus"] == "public"
    private = upload(youtube, privacyStatus="private")
    other = client(rehearsal_server, channel="UCsongba0chaythu0000002B")
    assert len(youtube.videos().list(part="status", id=private["id"]).execute()["items"]) == 1
    assert other.videos().list(part="status", id=private["id"]).execute()["items"] == []
    assert [post["state"] for post in rehearsal_server.posts()] == ["published", "unpublished"]


def test_a_video_with_a_time_becomes_public_by_itself(youtube, rehearsal_server):
    moment = datetime.now(UTC) + timedelta(seconds=1)
    made = upload(youtube, privacyStatus="private", publishAt=moment.isoformat())
    assert made["status"]["privacyStatus"] == "private" and rehearsal_server.posts()[0]["state"] == "unpublished"
    rehearsal_server.wait_until(lambda: rehearsal_server.posts()[0]["state"] == "published")
    assert youtube.videos().list(part="status", id=made["id"]).execute()["items"][0]["status"]["privacyStatus"] == "public"


def test_a_channel_that_google_has_not_audited_keeps_its_videos_private(rehearsal_server):
    locked = client(rehearsal_server, channel="UCsongba0chaythu0000002B")
    made = upload(locked)
    body = {"id": made["id"], "status": {"privacyStatus": "public"}}
    assert locked.videos().update(part="status", body=body).execute()["status"]["privacyStatus"] == "private"


def test_words_are_edited_whole_and_a_deleted_video_is_gone(youtube, rehearsal_server):
    made = upload(youtube)
    body = {"id": made["id"], "snippet": {"title": "Tít đúng", "categoryId": "25"}}
    after = youtube.videos().update(part="snippet", body=body).execute()["snippet"]
    assert after["title"] == "Tít đúng" and after["description"] == "" and "tags" not in after  # what is left out of a part is cleared
    assert rehearsal_server.posts()[0]["edited_at"]
    youtube.videos().delete(id=made["id"]).execute()
    assert rehearsal_server.posts()[0]["state"] == "deleted"
    with pytest.raises(HttpError) as refused:
        youtube.videos().delete(id=made["id"]).execute()
    assert reason(refused.value) == (404, "videoNotFound")


def test_thumbnail_captions_and_playlist_belong_to_the_video(youtube, rehearsal_server):
    made = upload(youtube)
    picture = MediaIoBaseUpload(io.BytesIO(poster()), mimetype="image/jpeg")
    assert youtube.thumbnails().set(videoId=made["id"], media_body=picture).execute()["items"][0]["high"]["url"].startswith(rehearsal_server.youtube)
    about = {"snippet": {"videoId": made["id"], "language": "vi", "name": "Tiếng Việt", "isDraft": False}}
    words = lambda: MediaIoBaseUpload(io.BytesIO(VTT), mimetype="text/vtt")  # noqa: E731
    youtube.captions().insert(part="snippet", body=about, media_body=words()).execute()
    with pytest.raises(HttpError) as refused:
        youtube.captions().insert(part="snippet", body=about, media_body=words()).execute()
    assert reason(refused.value) == (409, "captionExists")
    (track,) = youtube.captions().list(part="snippet", videoId=made["id"]).execute()["items"]
    assert (track["snippet"]["language"], track["snippet"]["name"]) == ("vi", "Tiếng Việt")
    playlist = youtube.playlists().insert(part="snippet", body={"snippet": {"title": "Thời sự"}}).execute()["id"]
    item = {"snippet": {"playlistId": playlist, "resourceId": {"kind": "youtube#video", "videoId": made["id"]}}}
    youtube.playlistItems().insert(part="snippet", body=item).execute()
    found = youtube.playlistItems().list(part="snippet,contentDetails", playlistId=playlist).execute()["items"]
    assert [row["contentDetails"]["videoId"] for row in found] == [made["id"]]


def test_a_channel_s_uploads_are_listed_newest_first_page_by_page(youtube):
    made = [upload(youtube, snippet={**WORDS, "title": f"Tin {number}"})["id"] for number in range(3)]
    uploads = youtube.channels().list(part="contentDetails,snippet", mine=True).execute()["items"][0]["contentDetails"]["relatedPlaylists"]["uploads"]
    request, found = youtube.playlistItems().list(part="contentDetails", playlistId=uploads, maxResults=2), []
    while request is not None:
        answer = request.execute()
        found += [row["contentDetails"]["videoId"] for row in answer["items"]]
        request = youtube.playlistItems().list_next(request, answer)
    assert found == made[::-1]


def test_statistics_are_texts_and_hidden_ones_are_left_out(youtube, rehearsal_server):
    made = upload(youtube)
    requests.get(f"{rehearsal_server.youtube}/watch", params={"v": made["id"]}, timeout=10)
    ask = lambda: youtube.videos().list(part="statistics", id=made["id"]).execute()["items"][0]["statistics"]  # noqa: E731
    assert ask() == {"viewCount": "1", "likeCount": "0", "favoriteCount": "0", "commentCount": "0"}
    rehearsal_server.fault("metric_gone", platform="youtube")
    assert set(ask()) == {"viewCount", "favoriteCount"}


@pytest.mark.parametrize(
    ("snippet", "status", "why"),
    [
        ({"title": ""}, {}, "invalidTitle"), ({"title": "x" * 101}, {}, "invalidTitle"), ({"title": "a < b"}, {}, "invalidTitle"),
        ({"description": "ế" * 1667}, {}, "invalidDescription"), ({"description": "<b>"}, {}, "invalidDescription"), ({"tags": ["x" * 501]}, {}, "invalidTags"),
        ({"categoryId": "tin"}, {}, "invalidCategoryId"), ({}, {"publishAt": "2030-01-01T00:00:00Z", "privacyStatus": "public"}, "invalidPublishAt"),
    ],
)  # fmt: skip
def test_what_the_platform_refuses_is_refused_before_any_byte_is_sent(youtube, rehearsal_server, snippet, status, why):
    with pytest.raises(HttpError) as refused:
        upload(youtube, snippet={**WORDS, **snippet}, **status)
    assert reason(refused.value) == (400, why)
    assert rehearsal_server.calls("chunk") == []


def test_a_file_that_is_no_video_fails_in_processing(youtube):
    made = upload(youtube, b"khong phai video" * 100)
    status = youtube.videos().list(part="status,processingDetails", id=made["id"]).execute()["items"][0]["status"]
    assert (status["uploadStatus"], status["failureReason"]) == ("failed", "invalidFile")


def test_upload_permission_alone_neither_edits_nor_deletes(youtube, rehearsal_server):
    made = upload(youtube)
    narrow = client(rehearsal_server, scopes=("https://www.googleapis.com/auth/youtube.upload",))
    with pytest.raises(HttpError) as refused:
        narrow.videos().delete(id=made["id"]).execute()
    assert reason(refused.value) == (403, "insufficientPermissions")


@pytest.mark.parametrize(("fault", "why"), [("rate_limited", "rateLimitExceeded"), ("rate_limited_silent", "userRateLimitExceeded")])
def test_the_client_reads_that_it_is_too_fast(youtube, rehearsal_server, fault, why):
    rehearsal_server.fault(fault, platform="youtube", call="open")
    with pytest.raises(HttpError) as refused:
        upload(youtube)
    assert reason(refused.value) == (403, why)
    assert rehearsal_server.posts() == []


def test_after_a_person_took_back_the_permission_no_new_token_is_given(youtube, rehearsal_server):
    rehearsal_server.fault("token_revoked", platform="youtube", call="open")
    with pytest.raises(RefreshError, match="invalid_grant"):
        upload(youtube)
    assert rehearsal_server.posts() == []


def test_readers_see_a_player_with_captions_and_parts_of_the_file(youtube, rehearsal_server):
    made = upload(youtube)
    youtube.thumbnails().set(videoId=made["id"], media_body=MediaIoBaseUpload(io.BytesIO(poster()), mimetype="image/jpeg")).execute()
    about = {"snippet": {"videoId": made["id"], "language": "vi", "name": "Tiếng Việt"}}
    youtube.captions().insert(part="snippet", body=about, media_body=MediaIoBaseUpload(io.BytesIO(VTT), mimetype="text/vtt")).execute()
    for html in (rehearsal_server.page_html("UCsongba0chaythu0000001A", kind="youtube"), requests.get(f"{rehearsal_server.youtube}/watch", params={"v": made["id"]}, timeout=10).text):
        assert "<video" in html and 'kind="captions"' in html and 'srclang="vi"' in html
        assert "Lũ về Sông Ba" in html and "utm_id=01JD" in html and "style=" not in html and "<script" not in html
    part = requests.get(f"{rehearsal_server.youtube}/film/{made['id']}", headers={"Range": "bytes=4-11"}, timeout=10)
    assert (part.status_code, part.content, part.headers["Content-Type"]) == (206, b"ftypisom", "video/mp4")
    assert requests.get(f"{rehearsal_server.youtube}/thumb/{made['id']}", timeout=10).content == poster()
    youtube.videos().update(part="status", body={"id": made["id"], "status": {"privacyStatus": "private"}}).execute()
    assert "<video" not in rehearsal_server.page_html("UCsongba0chaythu0000001A", kind="youtube")
    assert requests.get(f"{rehearsal_server.youtube}/film/{made['id']}", timeout=10).status_code == 404
