"""Videos in the admin: who may what, the screen that sends, a video's page, captions, the chooser, deleting."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.models import ReferenceIndex

from newsroom.accounts.models import User
from newsroom.media import checks
from newsroom.media.enums import VideoState
from newsroom.media.models import NewsVideo
from tests.cast import person
from tests.factories import desk
from tests.factories.media import VTT, make_captions, make_video
from tests.factories.newsroom import make_story
from tests.newsroom.media.conftest import WORDS, public_files

SignIn = Callable[[User], Client]


def form(**more: Any) -> dict[str, Any]:
    return {**WORDS, "captions-TOTAL_FORMS": "0", "captions-INITIAL_FORMS": "0", "captions-MIN_NUM_FORMS": "0", "captions-MAX_NUM_FORMS": "1000", **more}


def caption_form(data: bytes = VTT, language: str = "vi") -> dict[str, Any]:
    return form(**{
        "captions-TOTAL_FORMS": "1", "captions-0-language": language, "captions-0-file": SimpleUploadedFile("phu-de.vtt", data), "captions-0-id": "", "captions-0-DELETE": "",
    })  # fmt: skip


def test_the_newsroom_sees_the_list_and_outsiders_do_not(as_person: SignIn, reporter: User, outsider: User) -> None:
    make_video(title="Sông Ba mùa nước", uploaded_by=reporter)
    page = as_person(reporter).get("/admin/videos/")
    assert page.status_code == 200
    assert "Sông Ba mùa nước" in page.content.decode() and "Sẵn sàng" in page.content.decode()
    assert "/admin/videos/" in as_person(reporter).get("/admin/").content.decode()
    accountant = person("ketoan", "accountant")
    assert as_person(accountant).get("/admin/videos/").status_code == 302
    assert "/admin/videos/" not in as_person(accountant).get("/admin/").content.decode()
    assert as_person(accountant).get("/admin/videos/new/").status_code in (302, 403)
    assert as_person(outsider).get("/admin/videos/").status_code == 302


def test_the_screen_that_sends_asks_for_words_and_lists_what_is_unfinished(as_person: SignIn, reporter: User, editor: User) -> None:
    make_video(ready=False, state=VideoState.UPLOADING, title="Dở dang", uploaded_by=reporter)
    html = as_person(reporter).get("/admin/videos/new/").content.decode()
    assert "Dở dang" in html and "Tệp video" in html and 'type="module" src="/static/media/video_upload' in html
    for name in ("title", "caption", "credit", "source", "licence"):
        assert f'name="{name}"' in html
    assert "Dở dang" not in as_person(editor).get("/admin/videos/new/").content.decode()
    assert not re.search(r"<script>(?!\s*$)", html.split("video-upload")[1])


def test_a_reporter_changes_their_own_video_and_the_desk_every_one(as_person: SignIn, reporter: User, other_reporter: User, editor: User) -> None:
    video = make_video(uploaded_by=reporter)
    address = f"/admin/videos/edit/{video.pk}/"
    for someone, title in ((reporter, "Của tôi"), (editor, "Của ban biên tập")):
        assert as_person(someone).post(address, form(title=title)).status_code == 302
        video.refresh_from_db()
        assert video.title == title
    as_person(other_reporter).post(address, form(title="Không phải của tôi"))
    video.refresh_from_db()
    assert video.title == "Của ban biên tập"
    as_person(other_reporter).post(f"/admin/videos/delete/{video.pk}/")
    assert NewsVideo.objects.filter(pk=video.pk).exists()
    for act in ("poster", "again"):
        assert as_person(other_reporter).post(f"/admin/video/{video.pk}/{act}/").status_code in (302, 403)
    video.refresh_from_db()
    assert video.poster_second == 0


def test_credit_and_source_cannot_be_taken_away(as_person: SignIn, reporter: User) -> None:
    video = make_video(uploaded_by=reporter)
    for field in ("title", "caption", "credit", "source"):
        assert as_person(reporter).post(f"/admin/videos/edit/{video.pk}/", form(**{field: ""})).status_code == 200
    video.refresh_from_db()
    assert video.credit == "Video: Hải Vân"


def test_captions_are_uploaded_and_checked(as_person: SignIn, reporter: User) -> None:
    video = make_video(uploaded_by=reporter)
    client, address = as_person(reporter), f"/admin/videos/edit/{video.pk}/"
    refused = client.post(address, caption_form(b"1\n00:00:00,000 --> 00:00:02,000\nSRT"))
    assert refused.status_code == 200
    assert "WEBVTT" in refused.content.decode()
    assert not video.captions.exists()
    assert client.post(address, caption_form()).status_code == 302
    captions = NewsVideo.objects.get(pk=video.pk).captions.get()
    assert captions.language == "vi"
    assert re.fullmatch(rf"videos/{video.key.hex}/vi-[0-9a-f]{{16}}\.vtt", captions.file.name)
    assert captions.file.read() == VTT
    assert client.get(address).status_code == 200


def test_the_state_is_told_to_the_screen_that_waits(as_person: SignIn, reporter: User) -> None:
    video = make_video(ready=False, state=VideoState.CONVERTING, progress=42)
    told = as_person(reporter).get(f"/admin/video/{video.pk}/state/").json()
    assert told == {"state": "converting", "label": "Đang chuyển mã", "progress": 42, "reason": ""}
    page = as_person(reporter).get(f"/admin/videos/edit/{make_video(ready=False, state=VideoState.REFUSED, reason='Tệp hỏng', uploaded_by=reporter).pk}/").content.decode()
    assert "Tệp hỏng" in page and "Bị từ chối" in page and "media/video_state" in page


def test_bad_seconds_for_a_poster_are_told(as_person: SignIn, reporter: User) -> None:
    video = make_video(uploaded_by=reporter)
    for second in ("", "x", "-1", "1e9", "nan", "inf"):
        page = as_person(reporter).post(f"/admin/video/{video.pk}/poster/", {"second": second}, follow=True)
        assert "Hãy chọn giây từ 0 đến 61" in page.content.decode(), second


def test_the_chooser_offers_videos_and_leaves_refused_ones_out(as_person: SignIn, reporter: User) -> None:
    make_video(title="Dùng được")
    make_video(ready=False, state=VideoState.REFUSED, reason="Hỏng", title="Không dùng được")
    answer = as_person(reporter).get("/admin/video_chooser/").json()["html"]
    assert "Dùng được" in answer and "Sẵn sàng" in answer and "Không dùng được" not in answer


def test_a_deleted_video_takes_its_files_with_it(as_person: SignIn, reporter: User, django_capture_on_commit_callbacks: Any) -> None:
    video = make_video(uploaded_by=reporter)
    make_captions(video)
    assert len(public_files()) == 3
    with django_capture_on_commit_callbacks(execute=True):
        assert as_person(reporter).post(f"/admin/videos/delete/{video.pk}/").status_code == 302
    assert not NewsVideo.objects.exists()
    assert public_files() == []


def test_a_video_that_a_story_shows_is_not_deleted(as_person: SignIn, reporter: User, editor: User) -> None:
    main, in_body = make_video(uploaded_by=reporter), make_video(uploaded_by=reporter)
    story = make_story(main_video=main, body=[("video", {"video": in_body, "caption": ""})])
    ReferenceIndex.create_or_update_for_object(story)
    for video in (main, in_body):
        answer = as_person(editor).post(f"/admin/videos/delete/{video.pk}/")
        assert answer.status_code in (302, 403)
        assert NewsVideo.objects.filter(pk=video.pk).exists()
        assert Path(video.mp4.path).exists()


def test_a_video_that_only_a_draft_names_is_not_deleted_either(as_person: SignIn, reporter: User, editor: User, now: Any) -> None:
    video = make_video(uploaded_by=reporter)
    story = desk.make_draft(owner=reporter, now=now)
    desk.change(story, by=reporter, main_video=video)
    page = as_person(editor).post(f"/admin/videos/delete/{video.pk}/", follow=True)
    assert "Có bài đang dùng video này" in page.content.decode()
    assert NewsVideo.objects.filter(pk=video.pk).exists()
    html = as_person(editor).get(f"/admin/desk/story/{story.pk}/").content.decode()
    assert video.mp4.url in html and "Video: Hải Vân" in html


def test_a_story_is_saved_with_its_main_video_and_shows_it_again(as_person: SignIn, reporter: User, now: Any) -> None:
    video = make_video(title="Sông Ba mùa nước")
    story = desk.make_draft(owner=reporter, now=now)
    client, address = as_person(reporter), f"/admin/pages/{story.pk}/edit/"
    assert client.post(address, desk.form_of(story, main_video=str(video.pk))).status_code in (200, 302)
    story.refresh_from_db()
    assert story.get_latest_revision_as_object().main_video == video
    page = client.get(address)
    assert "Sông Ba mùa nước" in page.content.decode()
    assert 'new Chooser("id_main_video"' in page.content.decode()
    assert client.get(f"/admin/video_chooser/chosen/{video.pk}/").json()["result"]["title"] == "Sông Ba mùa nước"


def test_the_check_says_when_there_is_no_ffmpeg(settings: Any) -> None:
    assert checks.ffmpeg_is_there() == []
    settings.FFMPEG = "/nirgends/ffmpeg"
    assert [found.id for found in checks.ffmpeg_is_there()] == ["media.W001"]
