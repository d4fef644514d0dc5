"""The files: whole or not there, new in time, one render at a time, kept for when the application is dead."""

from __future__ import annotations

import gzip
import threading
import time
from pathlib import Path

import brotli
import pytest

from publishing.reader.pages.store import Busy, PageStore

STORY = "/thoi-su/ngu-dan-a12.html"


@pytest.fixture
def files(tmp_path: Path) -> PageStore:
    store = PageStore(tmp_path / "pages")
    store.open_generation("first")
    return store


def test_a_page_and_its_twins_say_the_same(files: PageStore) -> None:
    files.write(STORY, "Tàu vào bờ".encode() * 50)
    path = files.path(STORY)
    assert path.read_bytes() == brotli.decompress(path.with_name(path.name + ".br").read_bytes()) == gzip.decompress(path.with_name(path.name + ".gz").read_bytes())


def test_two_states_of_a_page_of_the_same_length_within_a_second_differ_in_time(files: PageStore) -> None:
    files.write(STORY, b"1.240 tau")
    first = int(files.path(STORY).stat().st_mtime)
    files.write(STORY, b"1.250 tau")
    assert int(files.path(STORY).stat().st_mtime) > first


def test_a_crash_between_writing_and_renaming_leaves_the_old_page_whole(files: PageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write(STORY, b"truoc")
    monkeypatch.setattr("publishing.reader.pages.store.os.replace", lambda *_: (_ for _ in ()).throw(OSError("no room")))
    with pytest.raises(OSError, match="no room"):
        files.write(STORY, b"sau")
    assert files.read(STORY) == b"truoc"
    assert not list(files.current.rglob(".new-*"))


def test_a_new_generation_is_empty_for_readers_and_the_old_pages_are_kept(files: PageStore) -> None:
    files.write(STORY, b"cu")
    files.open_generation("second")
    assert files.read(STORY) is None
    assert (files.kept / STORY[1:]).read_bytes() == b"cu"
    assert [folder.name for folder in (files.root / "generations").iterdir()] == ["second"]


def test_a_withdrawn_story_is_in_neither_tree_under_any_of_its_addresses(files: PageStore) -> None:
    other = "/kinh-te/gia-ca-phe-a120.html"
    for address in (STORY, "/kinh-te/ngu-dan-cu-a12.html", other, "/"):
        files.write(address, b"x")
        files.keep(address)
        files.write(address, b"x")
    files.remove_story(12)
    left = {"/" + str(file.relative_to(tree)) for tree in (files.current, files.kept) for file in tree.rglob("*") if file.is_file() and file.suffix not in (".br", ".gz")}
    assert left == {other, "/index.html"}
    assert not (files.kept / "index.html").exists(), "a kept front may name it"


def test_one_renders_while_the_others_wait(files: PageStore) -> None:
    inside, most = 0, 0

    def render() -> None:
        nonlocal inside, most
        with files.lock(STORY):
            inside += 1
            most = max(most, inside)
            time.sleep(0.02)
            inside -= 1

    threads = [threading.Thread(target=render) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_who_does_not_want_to_wait_is_told(files: PageStore) -> None:
    with files.lock(STORY), pytest.raises(Busy), files.lock(STORY, wait_seconds=0):
        pass
    with files.lock(STORY, wait_seconds=0):
        pass
