"""Which addresses may enter the store, and as which file."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishing.reader.pages import addresses

OURS = (
    "/", "/thoi-su/", "/thoi-su/trang-2/", "/thoi-su/ngu-dan-a12.html", "/thoi-su/a12.html", "/tac-gia/hai-van-7/", "/tac-gia/hai-van-7/trang-3/", "/rss.xml", "/rss/",
    "/rss/thoi-su.rss", "/robots.txt", "/sitemap.xml", "/sitemap-sections.xml", "/sitemap-0.xml", "/news-sitemap.xml",
)  # fmt: skip
NOT_OURS = (
    "", "/admin/", "/admin/login/", "/tim-kiem/", "/health/ready", "/media/x.jpg", "/static/x.css", "/documents/1/x.pdf", "/../etc/passwd", "/thoi-su/../../x/", "//", "/thoi-su",
    "/Thoi-su/", "/thời-sự/", "/thoi-su/.hidden", "/.headers.json", "/thoi-su/x-a1.html.br", "/thoi-su/%2e%2e/", "/thoi-su/\x00/", "/thoi-su/trang-99999/", "/-/", "/a//",
    "/kenh/x/", "/api/v2/", "/_rehearsal/", "/thoi-su/x-a1.html/", "/" + "x" * 300 + "/", "/thoi-su/x-a1.html\n",
)  # fmt: skip


@pytest.mark.parametrize("address", OURS)
def test_the_papers_own_pages_may_be_stored(address: str) -> None:
    assert addresses.storable(address)


@pytest.mark.parametrize("address", NOT_OURS)
def test_nothing_else_may(address: str) -> None:
    assert not addresses.storable(address)


@given(st.one_of(st.text(max_size=60), st.from_regex(r"/[a-z0-9./\-]{0,40}", fullmatch=True)))
def test_no_address_leads_out_of_the_folder_or_to_a_hidden_file(address: str) -> None:
    if addresses.storable(address):
        path = PurePosixPath(addresses.file_name(address))
        assert path.is_absolute() and ".." not in path.parts
        assert not any(part.startswith(".") for part in path.parts[1:])


def test_each_page_has_its_kind_and_its_names_for_a_cdn() -> None:
    assert addresses.media_type("/rss/thoi-su.rss") == addresses.RSS
    assert addresses.media_type("/sitemap.xml") == addresses.XML
    assert addresses.media_type("/robots.txt") == addresses.TEXT
    assert addresses.media_type("/thoi-su/x-a1.html") == addresses.HTML
    assert addresses.surrogate_key("/thoi-su/x-a12.html") == "paper story story-12"
    assert addresses.surrogate_key("/") == "paper front"
    assert addresses.surrogate_key("/thoi-su/trang-2/") == "paper section section-thoi-su"
