"""A video on a story: the native player, its captions, and what machines read of it."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsroom.articles.addresses import story_path
from newsroom.media.enums import VideoState
from newsroom.media.models import NewsVideo
from tests.factories.media import make_captions, make_video
from tests.publishing.paper import Paper


def block(video: NewsVideo, caption: str = "") -> dict[str, Any]:
    return {"type": "video", "value": {"video": video.pk, "caption": caption}, "id": str(uuid.uuid4())}


def page(client: Client, paper: Paper, **fields: Any) -> str:
    return client.get(story_path(paper.story("Tàu về", **fields))).content.decode()


def json_ld(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_main_video_stands_in_a_native_player_with_its_captions(client: Client, paper: Paper) -> None:
    video = make_video()
    make_captions(video)
    make_captions(video, language="rad")
    html = page(client, paper, main_video=video, main_image=paper.picture())
    player = re.search(r"<video.*?</video>", html, re.DOTALL)
    assert player
    assert f'<video controls preload="none" playsinline poster="{video.poster.url}" width="1280" height="720" aria-label="Tàu vào bến">' in player[0]
    assert f'<source src="{video.mp4.url}" type="video/mp4">' in player[0]
    assert re.search(r'<track kind="captions" src="/media/videos/[0-9a-f]{32}/vi-[0-9a-f]{16}\.vtt" srclang="vi" label="Tiếng Việt" default>', player[0])
    assert re.search(r'<track kind="captions" src="[^"]+" srclang="rad" label="Ê Đê">', player[0])
    assert "Video: Hải Vân" in html
    assert '<figure class="main"><div class="pic">' not in html
    assert 'src="/media/' in html and not re.search(r'(?:src|poster)="(?:https?:)?//', html)


def test_search_engines_and_link_cards_read_the_video(client: Client, paper: Paper) -> None:
    video = make_video()
    html = page(client, paper, main_video=video)
    data = json_ld(html)["video"]
    assert data == [{
        "@type": "VideoObject", "name": "Tàu vào bến", "description": "Tàu cá vào bến Gành Đỏ chiều 22/11.", "thumbnailUrl": [f"http://testserver{video.poster.url}"],
        "contentUrl": f"http://testserver{video.mp4.url}", "encodingFormat": "video/mp4", "width": 1280, "height": 720, "duration": "PT62S",
        "uploadDate": data[0]["uploadDate"], "inLanguage": "vi",
    }]  # fmt: skip
    assert data[0]["uploadDate"].endswith("+07:00")
    assert json_ld(html)["image"] == [f"http://testserver{video.poster.url}"]
    assert f'<meta property="og:video" content="http://testserver{video.mp4.url}">' in html
    assert '<meta property="og:video:type" content="video/mp4"><meta property="og:video:width" content="1280"><meta property="og:video:height" content="720">' in html
    assert f'<meta property="og:image" content="http://testserver{video.poster.url}">' in html


def test_videos_of_the_body_are_shown_where_they_stand(client: Client, paper: Paper) -> None:
    tall = make_video(width=720, height=1280, title="Dọc")
    html = page(client, paper, body=json.dumps([block(tall, "Chú thích riêng"), block(make_video())])).replace("\N{NO-BREAK SPACE}", " ")
    assert html.count("<video ") == 2
    assert 'width="720" height="1280" class="stands" aria-label="Dọc"' in html
    assert "Chú thích riêng" in html and "Tàu cá vào bến Gành Đỏ" in html
    assert len(json_ld(html)["video"]) == 2
    assert "og:video" not in html


@pytest.mark.parametrize("state", [VideoState.UPLOADING, VideoState.CHECKING, VideoState.CONVERTING, VideoState.REFUSED, VideoState.FAILED])
def test_a_video_that_is_not_ready_is_shown_to_nobody(client: Client, paper: Paper, state: str) -> None:
    video = make_video(ready=False, state=state, reason="vì thế")
    html = page(client, paper, main_video=video, main_image=paper.picture(), body=json.dumps([block(video)]))
    assert "<video" not in html and "og:video" not in html and "Tàu vào bến" not in html
    assert '<figure class="main"><div class="pic">' in html


def test_a_deleted_video_leaves_the_story_standing(client: Client, paper: Paper) -> None:
    video = make_video()
    story = paper.story("Tàu về", body=json.dumps([block(video)]))
    video.delete()
    answer = client.get(story_path(story))
    assert answer.status_code == 200
    assert "<video" not in answer.content.decode()


def test_a_hostile_title_stays_words(client: Client, paper: Paper) -> None:
    html = page(client, paper, main_video=make_video(title='"><script>alert(1)</script>', caption="</script><b>"))
    assert "<script>alert" not in html
    assert json_ld(html)["video"][0]["description"] == "</script><b>"


def queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        client.get(path)
    return len(caught)


def test_a_story_without_video_costs_nothing_more_and_ten_videos_cost_as_much_as_two(client: Client, paper: Paper) -> None:
    videos = [make_video() for _ in range(10)]
    for video in videos:
        make_captions(video)
    stories = [
        paper.story("Không video"), paper.story("Video chính", main_video=videos[0]), paper.story("Hai", main_video=videos[0], body=json.dumps([block(videos[1])])),
        paper.story("Mười", main_video=videos[0], body=json.dumps([block(video) for video in videos[1:]])),
    ]  # fmt: skip
    plain, main, two, ten = (queries(client, story_path(story)) for story in stories)
    assert (main, two, ten) == (plain + 2, plain + 3, plain + 3)  # the video itself, its captions, those of the body
    assert ten <= 12
