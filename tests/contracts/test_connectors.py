"""What every connector promises, whatever its platform."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.connectors.base import Connector, Counts, Failure, Measures, Phase, Picture, Snapshot, Video
from distribution.connectors.facebook_page.errors import classify
from distribution.connectors.mastodon.errors import classify as classify_mastodon
from distribution.connectors.messages import MESSAGES
from distribution.connectors.registry import connectors, logins
from distribution.connectors.telegram_channel.errors import classify as classify_telegram
from distribution.connectors.tiktok.errors import classify as classify_tiktok
from distribution.connectors.youtube.errors import classify as classify_google
from distribution.connectors.zalo_oa.errors import classify as classify_zalo
from newsroom.common.http import Answer

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
KINDS = [pytest.param(connector, id=kind) for kind, connector in connectors.items()]
WORDS = st.text(min_size=1, max_size=200).filter(lambda text: text.strip())


def snapshot(text: str) -> Snapshot:
    """A story version with this channel text."""
    video = Video("file:video.mp4", "Tít", 1000, "0" * 64, 12.0, 1280, 720)
    picture = Picture("image-1", "Tàu cá", "Minh họa", 600, 400, "https://songba.example/kenh/anh/image-1.jpg")
    return Snapshot(1, 1, "Tít", "", "Sapo", "https://songba.example/thoi-su/bai-a1.html", text, video=video, pictures=(picture,))


@pytest.mark.parametrize("connector", KINDS)
@given(text=WORDS, marker=st.from_regex(r"[0-9A-HJKMNP-TV-Z]{26}", fullmatch=True))
def test_the_same_words_give_the_same_payload_with_the_marker_in_it(connector: Connector, text: str, marker: str) -> None:
    first = connector.compose(snapshot=snapshot(text), marker=marker, settings={})
    second = connector.compose(snapshot=snapshot(text), marker=marker, settings={})
    assert first.sha256 == second.sha256
    assert marker in str(first.body)


@pytest.mark.parametrize("connector", KINDS)
def test_a_text_that_is_too_long_or_empty_is_told_before_anything_is_sent(connector: Connector) -> None:
    limit = connector.capabilities({}).text_limit
    long = connector.compose(snapshot=snapshot("ế" * (limit + 1)), marker="M", settings={})
    assert any(problem.blocking for problem in connector.validate(payload=long, settings={}))
    fits = connector.compose(snapshot=snapshot("Vừa đủ"), marker="M", settings={})
    assert connector.validate(payload=fits, settings={}) == []


@pytest.mark.parametrize("connector", KINDS)
def test_what_a_correction_tells_readers_comes_first_and_hashtags_come_after_the_words(connector: Connector) -> None:
    corrected = replace(snapshot("Lời dẫn của kênh"), notice="Đính chính: cầu dài 40 m.", hashtags=("Sông Ba", "#baolut"))
    body = str(connector.compose(snapshot=corrected, marker="M", settings={}).body)
    places = [body.index(words) for words in ("Đính chính: cầu dài 40 m.", "Lời dẫn của kênh", "#SôngBa #baolut")]
    assert places == sorted(places)


@pytest.mark.parametrize("connector", KINDS)
def test_who_names_numbers_reads_them_by_the_contract(connector: Connector) -> None:
    named = connector.capabilities({}).metrics
    assert isinstance(connector, Measures) or not named
    assert set(named) <= {field.name for field in fields(Counts)}


@pytest.mark.parametrize("connector", KINDS)
def test_the_preview_shows_the_words_that_are_sent(connector: Connector) -> None:
    payload = connector.compose(snapshot=snapshot("Lời dẫn của kênh"), marker="M", settings={})
    assert "Lời dẫn của kênh" in connector.preview(payload=payload)["text"]


@given(body=st.binary(max_size=300), status=st.integers(100, 599), phase=st.sampled_from(list(Phase)))
def test_no_answer_is_too_strange_to_be_classified(body: bytes, status: int, phase: Phase) -> None:
    others = (classify, classify_tiktok, classify_mastodon, classify_zalo, classify_telegram)
    for failure in (*(tell(Answer(status, body), phase=phase) for tell in others), classify_google(Answer(status, body), phase=phase, now=NOW)):
        assert isinstance(failure, Failure) and failure.code in MESSAGES


@given(error=st.dictionaries(st.sampled_from(["code", "error_subcode", "message", "is_transient", "error_user_msg"]), st.one_of(st.none(), st.integers(), st.text(), st.floats(allow_nan=False))))
def test_no_error_body_is_too_strange_either(error: dict[str, object]) -> None:
    import json

    for phase in Phase:
        answer = Answer(400, json.dumps({"error": error}).encode())
        assert classify(answer, phase=phase).code in MESSAGES
        assert classify_google(answer, phase=phase, now=NOW).code in MESSAGES
        assert classify_tiktok(answer, phase=phase).code in MESSAGES
        assert classify_mastodon(answer, phase=phase).code in MESSAGES
        assert classify_zalo(answer, phase=phase).code in MESSAGES
        assert classify_zalo(Answer(200, json.dumps({**error, "error": error.get("code")}).encode()), phase=phase).code in MESSAGES
        assert classify_telegram(answer, phase=phase).code in MESSAGES


def test_every_kind_says_how_an_account_of_it_is_connected() -> None:
    assert {kind for kind, _connector in connectors.items()} == {kind for kind, _login in logins.items()}


def test_connectors_load_without_django() -> None:
    program = "import sys; import distribution.connectors.registry; sys.exit(any(name == 'django' or name.startswith('django.') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
