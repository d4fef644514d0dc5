"""One story, all the way: written, approved, live at its second, once on every channel, found without accents; then corrected, then killed, in every copy, and the board tells the truth throughout.

On the embedded default as `make run` starts it, and on nginx, PostgreSQL, Redis and Elasticsearch as docker/compose.yml does.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import imageio_ffmpeg
import pytest
import requests
from PIL import Image
from selenium.webdriver import Chrome

from tests.chromium import window
from tests.journeys import afterwards
from tests.journeys.copies import CHANNELS, Copies
from tests.journeys.people import Person
from tests.journeys.production import Production
from tests.journeys.stack import Stack

pytestmark = pytest.mark.browser

HEADLINE = "Đò ngang Vũng Trầu nối lại chuyến đêm sau mười hai ngày"
UNACCENTED = "do ngang vung trau noi lai chuyen dem"
FIRST_LEAD = "Bến đò mở lại từ tối nay, theo lời người trông bến."
APPROVED_LEAD = "Bến đò Vũng Trầu mở lại từ tối nay, mỗi giờ một chuyến, có phao cho từng người."
STALE_LEAD = "Câu này viết trong thẻ cũ và không ai duyệt."
PARAGRAPH = "Chuyến đầu chở hai mươi người cùng xe máy sang bờ bắc."
POST = "Tối nay đò ngang Vũng Trầu chạy lại, bà con nhớ mặc áo phao."
VIDEO = {"title": "Chuyến đò đêm", "caption": "Đò rời bến Vũng Trầu lúc 19 giờ.", "credit": "Video: Hải Vân", "source": "Tự quay"}
FANPAGE, TELEVISION, TIKTOK = "fanpage-bao-song-ba", "youtube-bao-song-ba", "tiktok-bao-song-ba"
VIDEO_TITLE = "Đò ngang Vũng Trầu chạy đêm trở lại"
VIDEO_TEXT = "Chuyến đò đêm đầu tiên rời bến Vũng Trầu sau mười hai ngày."
DRAFT_TEXT = "Đò đêm Vũng Trầu chạy lại rồi bà con ơi."
WORDS = {"facebook": POST, "youtube": VIDEO_TEXT, "tiktok": DRAFT_TEXT}  # the others take the story with its lead, as nobody wrote anything else for them
PICTURE = {
    "title": "Bến đò Vũng Trầu", "alt_text": "Chiếc đò gỗ cập bến lúc chập tối", "caption": "Đò cập bến Vũng Trầu.", "credit": "Minh họa: Báo Sông Ba", "source": "Ảnh thử"
}  # fmt: skip


def write(reporter: Person, picture: Path, film: Path) -> int:
    """The reporter uploads a video, writes the story as people do, and goes to its desk page."""
    reporter.sign_in("phongvien")
    reporter.upload_video(film, VIDEO)
    reporter.go("/admin/desk/new/")
    reporter.fill("#id_title", HEADLINE)
    reporter.fill("#id_lead", FIRST_LEAD)
    reporter.upload_main_picture(picture, PICTURE)
    reporter.choose_main_video(VIDEO["title"])
    reporter.add_paragraph(PARAGRAPH)
    reporter.add_byline("")
    reporter.tab(2)
    reporter.choose("#id_main_section", "Thời sự")
    reporter.tab(3)
    reporter.fill(reporter.channel_field(FANPAGE, "text"), POST)
    reporter.click(reporter.channel_field(TELEVISION, "wanted"))
    reporter.fill(reporter.channel_field(TELEVISION, "title"), VIDEO_TITLE)
    reporter.fill(reporter.channel_field(TELEVISION, "text"), VIDEO_TEXT)
    reporter.click(reporter.channel_field(TIKTOK, "wanted"))
    reporter.fill(reporter.channel_field(TIKTOK, "text"), DRAFT_TEXT)
    return reporter.save_and_go_to_the_desk()


def forge_approval(person: Person, story: int, *, revision: str, digest: str) -> int:
    """Post the approval without a button; the answer's status."""
    cookies = {cookie["name"]: cookie["value"] for cookie in person.driver.get_cookies()}
    data = {"revision_id": revision, "digest": digest, "csrfmiddlewaretoken": cookies["csrftoken"]}
    address = f"{person.address}/admin/desk/story/{story}/approve/"
    return requests.post(address, data=data, cookies=cookies, headers={"Referer": address}, allow_redirects=False, timeout=30).status_code


def places(copies: Copies) -> dict[str, Callable[[], bool]]:
    """Where readers meet the story, and how to look; TikTok's draft waits in its app."""
    stack, story = copies.stack, copies.story

    def shows(path: str, **query: str) -> Callable[[], bool]:
        return lambda: f"-a{story}.html" in stack.get(path, **query).text

    def posted(platform: str) -> Callable[[], bool]:
        return lambda: bool(copies.posts(platform))

    def page() -> bool:
        answer = stack.get(f"/thoi-su/x-a{story}.html")
        return answer.status_code == 200 and APPROVED_LEAD in answer.text.replace("\xa0", " ")

    return {
        "page": page, "front": shows("/"), "section": shows("/thoi-su/"), "feed": shows("/rss.xml"), "news sitemap": shows("/news-sitemap.xml"),
        "search": shows("/tim-kiem/", q=UNACCENTED), "draft": copies.draft_waits,
        **{platform: posted(platform) for platform in CHANNELS if platform != "tiktok"},
    }  # fmt: skip


def watch(looks: dict[str, Callable[[], bool]], *, seconds: float) -> dict[str, datetime]:
    """Look everywhere until it is seen there; when each look that saw it had ended."""
    seen: dict[str, datetime] = {}
    end = time.monotonic() + seconds
    while len(seen) < len(looks) and time.monotonic() < end:
        for place, look in looks.items():
            if place not in seen and look():
                seen[place] = datetime.now(UTC)
        time.sleep(0.2)
    return seen


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture file of somebody's camera, another one each time: the library asks about a file that it has already."""
    path = tmp_path / "ben-do.jpg"
    Image.frombytes("RGB", (16, 10), os.urandom(480)).resize((1600, 1000)).save(path, quality=80)
    return path


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Three seconds of a test picture with a tone, as a phone would record them."""
    path = tmp_path / "do-dem.mp4"
    seen, heard = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=3"], ["-f", "lavfi", "-i", "sine=frequency=440:duration=3"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *seen, *heard, "-pix_fmt", "yuv420p", str(path)], check=True, timeout=120)
    return path


def test_a_story_goes_from_the_reporter_to_readers_and_the_channels(stack: Stack, browser: Chrome, picture: Path, film: Path) -> None:
    afterwards_too(stack, browser, tell(stack, browser, picture, film))


@pytest.mark.elasticsearch
@pytest.mark.processes
def test_the_same_way_in_production(production: Production, browser: Chrome, picture: Path, film: Path) -> None:
    story = tell(production.stack, browser, picture, film)
    page = requests.get(f"{production.stack.address}{path_of(production.stack, story)}?utm_id=x", timeout=30)
    assert page.headers["Server"] == "nginx" and "X-Paper-Kept" not in page.headers
    production.run("manage", "archive", "sweep", "--check")  # fails where the archives differ
    production.run("manage", "pages", "check")
    afterwards_too(production.stack, browser, story)
    production.run("manage", "deposit", "verify")


def path_of(stack: Stack, story: int) -> str:
    """Where the story's own address leads."""
    return urlsplit(requests.get(f"{stack.address}/thoi-su/x-a{story}.html", timeout=30).url).path


def tell(stack: Stack, browser: Chrome, picture: Path, film: Path) -> int:
    """The whole way; the story's number."""
    person = Person(browser, stack.address)
    story = write(person, picture, film)
    person.act("submit", state="submitted")
    assert not person.may("approve") and not person.may("claim")

    with window(width=1440, height=1000) as editors_browser:
        editor = Person(editors_browser, stack.address)
        edit_as_the_desk(editor, story)
        revision, digest = editor.driver.execute_script("const f = document.querySelector('.act'); return [f.revision_id.value, f.digest.value]")
        assert forge_approval(person, story, revision=revision, digest=digest) in (403, 409), "a writer's forged approval was taken"
        person.open_desk(story)
        person.see_state("awaiting_signoff")
        assert not person.may("approve"), "the writer is offered to sign"

        person.sign_in("thuky")
        person.open_desk(story)
        person.act("approve", state="approved")
        save_from_the_stale_tab(editor, story, revision)
    due = (datetime.now(UTC) + timedelta(seconds=20)).replace(microsecond=0)
    person.open_desk(story)
    person.schedule(due.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")))
    copies = Copies(stack, story, WORDS)
    check_readers(copies, due)
    lately = time.monotonic()
    copies.finish_draft(person)
    check_video(copies)
    afterwards.check_published(person, copies)
    time.sleep(max(0.0, lately + 6 - time.monotonic()))  # a second post would come with the next rounds of the relay
    assert copies.numbers() == afterwards.EVERYWHERE
    return story


def afterwards_too(stack: Stack, browser: Chrome, story: int) -> None:
    """Corrected, then killed: on the paper and in every copy."""
    person, copies = Person(browser, stack.address), Copies(stack, story, WORDS)
    afterwards.correct(person, copies)
    afterwards.kill(person, copies)


def edit_as_the_desk(editor: Person, story: int) -> None:
    """The editor takes the story, changes the lead, keeps a second tab open, and sends the story on."""
    editor.sign_in("bientap")
    editor.open_desk(story)
    editor.act("claim", state="editing")
    editor.go(f"/admin/pages/{story}/edit/")
    editor.fill("#id_lead", APPROVED_LEAD)
    editor.save_and_go_to_the_desk()
    desk = editor.driver.current_window_handle
    editor.driver.switch_to.new_window("tab")
    editor.go(f"/admin/pages/{story}/edit/")
    editor.find("#id_lead")
    editor.driver.switch_to.window(desk)
    editor.act("escalate", state="awaiting_signoff")
    assert not editor.may("approve"), "who sent it for sign-off is offered to sign"


def save_from_the_stale_tab(editor: Person, story: int, approved_revision: str) -> None:
    """The tab from before the approval writes on: neither its autosave nor its save changes what was approved."""
    editor.driver.switch_to.window(editor.driver.window_handles[-1])
    editor.fill("#id_lead", STALE_LEAD)
    time.sleep(5)  # longer than the pause of the autosave
    editor.press_save_and_go()
    time.sleep(2)
    editor.driver.switch_to.window(editor.driver.window_handles[0])
    editor.open_desk(story)
    editor.see_state("approved")
    assert STALE_LEAD not in editor.driver.page_source
    assert f" {approved_revision} " in editor.find(".acts").text, "a newer version stands on the desk page"


def check_readers(copies: Copies, due: datetime) -> None:
    """Everywhere from its second on, nowhere before; the approved words and no others."""
    looks = places(copies)
    seen = watch(looks, seconds=90)
    assert set(seen) == set(looks), f"not seen: {set(looks) - set(seen)}"
    early = {place: at for place, at in seen.items() if at < due}
    assert not early, f"seen before {due}: {early}"
    text = copies.stack.get(f"/thoi-su/x-a{copies.story}.html").text
    assert PARAGRAPH in text.replace("\xa0", " ")
    assert STALE_LEAD not in text and FIRST_LEAD not in text
    [post] = copies.posts("facebook")
    assert f"-a{copies.story}.html" in (post["link"] or post["text"])


def check_video(copies: Copies) -> None:
    """The story's page plays the video; both channels of videos have it once, public, byte for byte what readers get."""
    page = copies.stack.get(f"/thoi-su/x-a{copies.story}.html").text
    source = re.search(r'<source src="([^"]+\.mp4)"', page)
    assert source and "<video" in page
    film = copies.stack.get(source[1])
    part = requests.get(copies.stack.address + source[1], headers={"Range": "bytes=0-99"}, timeout=30)
    assert (part.status_code, part.content) == (206, film.content[:100])
    for platform in ("youtube", "tiktok"):
        [post] = copies.posts(platform)
        assert sha256(film.content).hexdigest() in {media["sha256"] for media in post["media"]}, platform


def test_a_phone_reaches_every_button_of_the_desk_page_and_the_editor(stack: Stack, phone: Chrome) -> None:
    person = Person(phone, stack.address)
    person.sign_in("phongvien")
    person.go("/admin/desk/new/")
    person.find("#id_title")
    assert person.count("button[name=action-desk]") == 1
    assert person.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth"), "the editor scrolls sideways"
    person.go("/admin/")
    person.click(".my-work a[href*='/desk/story/']")
    person.find(".story-desk .words")
    assert person.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth"), "the desk page scrolls sideways"
