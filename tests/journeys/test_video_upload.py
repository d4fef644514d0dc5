"""A video from the reporter's machine to the story's page, in a real browser on the whole newsroom: the line breaks, the page is loaded again, and it goes on."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
import requests
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.journeys.people import Person
from tests.journeys.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.slow]
CHUNK = 4 * 1024 * 1024
SLOWLY = 1024 * 1024  # bytes a second: there is time to break the line, also on a busy machine
WORDS = {"title": "Sóng ở Gành Đỏ", "caption": "Sóng lớn ở Gành Đỏ chiều 22/11.", "credit": "Video: Hải Vân", "source": "Tự quay"}


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Noise, which cannot be packed: some parts of four megabytes, a few seconds long, to be encoded."""
    path = tmp_path / "sóng.avi"
    picture = ["-f", "lavfi", "-i", "nullsrc=size=640x360:rate=25:duration=4,geq=random(1)*255:128:128"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *picture, "-c:v", "rawvideo", "-pix_fmt", "yuv420p", str(path)], check=True, timeout=120)
    assert path.stat().st_size > 6 * CHUNK
    return path


def fill(person: Person, film: Path, words: dict[str, str]) -> None:
    person.go("/admin/videos/new/")
    person.find("#video-file").send_keys(str(film))
    for name, text in words.items():
        person.fill(f".video-form [name={name}]", text)


def line(browser: webdriver.Chrome, *, up: bool, rate: int = -1) -> None:
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": not up, "latency": 0, "downloadThroughput": -1, "uploadThroughput": rate})


def percent(browser: webdriver.Chrome) -> int:
    return int(browser.find_element(By.CSS_SELECTOR, ".video-progress progress").get_attribute("value") or 0)


def until(person: Person, wanted: Any, what: str, seconds: float = 150) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := wanted()):
        assert time.monotonic() < deadline, f"{what}: {person.driver.find_element(By.TAG_NAME, 'body').text[:600]}"
        time.sleep(0.2)
    return found


def test_a_video_survives_a_lost_line_and_a_reload_and_plays(stack: Stack, browser: webdriver.Chrome, film: Path) -> None:
    person = Person(browser, stack.address)
    person.sign_in("phongvien")
    browser.execute_cdp_cmd("Network.enable", {})
    fill(person, film, WORDS)
    line(browser, up=True, rate=SLOWLY)
    person.click(".video-form button[type=submit]")
    until(person, lambda: percent(browser) >= 15, "nothing is sent")
    line(browser, up=False)
    until(person, lambda: "Mất đường truyền" in browser.find_element(By.CSS_SELECTOR, ".video-said").text, "the lost line is not told")
    line(browser, up=True, rate=SLOWLY)
    before = percent(browser)
    until(person, lambda: percent(browser) > before, "it does not go on by itself")

    browser.execute_script("window.onbeforeunload = null; window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true)")
    browser.get("about:blank")
    line(browser, up=True)
    fill(person, film, {})
    assert "Sóng ở Gành Đỏ" in person.find(".unfinished").text
    person.click(".video-form button[type=submit]")
    until(person, lambda: "/admin/videos/edit/" in browser.current_url, "the upload does not end")
    until(person, lambda: browser.find_elements(By.CSS_SELECTOR, ".video-state video"), "the video does not get ready", seconds=300)
    player = browser.find_element(By.CSS_SELECTOR, ".video-state video")
    source = player.find_element(By.TAG_NAME, "source").get_attribute("src")
    browser.execute_script("arguments[0].load(); arguments[0].currentTime = 3", player)
    until(person, lambda: browser.execute_script("return arguments[0].readyState", player) >= 2, "the player does not jump to the third second")

    part = requests.get(str(source), headers={"Range": "bytes=-16"}, timeout=20)
    assert (part.status_code, len(part.content)) == (206, 16)
    whole = requests.get(str(source), timeout=20)
    assert whole.status_code == 200
    assert whole.content[-16:] == part.content
    person.fill("#poster-second", "2")
    poster = player.get_attribute("poster")
    person.click("button[formaction$='/poster/']")
    until(person, lambda: browser.find_element(By.CSS_SELECTOR, ".video-state video").get_attribute("poster") != poster, "the poster stays the same")
    assert [entry["message"] for entry in browser.get_log("browser") if "Content Security Policy" in entry["message"]] == []
