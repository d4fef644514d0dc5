"""The paper stays up: with everything dead but nginx it is read, and when it comes back nobody storms it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.journeys.production import OURS, Production

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.elasticsearch]


def get(production: Production, path: str) -> requests.Response:
    return requests.get(production.stack.address + path, timeout=30)


def test_with_everything_dead_but_nginx_the_paper_is_read_and_comes_back_without_a_storm(production: Production) -> None:
    front = get(production, "/").text
    stories = list(dict.fromkeys(re.findall(r'href="(/[\w-]+/[\w-]+-a\d+\.html)"', front)))
    assert len(stories) >= 10
    reading = ["/", "/thoi-su/", "/kinh-te/", "/rss.xml", "/news-sitemap.xml", *stories]
    assert {get(production, path).status_code for path in reading} == {200}
    for name in OURS:
        production.kill(name)
    for path in reading:
        answer = get(production, f"{path}?utm_id=01JOUTAGE")
        assert (answer.status_code, answer.headers["Server"]) == (200, "nginx"), path
    closed = get(production, "/tim-kiem/?q=tau")
    assert closed.status_code in (502, 503)

    for name in OURS:
        production.start(name)
    production.wait_until_ready()
    production.run("manage", "pages", "renew")  # the store is empty, and everybody comes at once
    with ThreadPoolExecutor(40) as readers:
        answers = list(readers.map(lambda _: get(production, stories[-1]), range(40)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["Last-Modified"] for answer in answers}) == 1, "it was rendered more than once"
    assert get(production, "/tim-kiem/?q=tau").status_code == 200
