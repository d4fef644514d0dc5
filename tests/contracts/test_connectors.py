"""What every connector promises, whatever its platform."""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.connectors.base import (
    Broadcasts,
    Comments,
    Connector,
    Counts,
    Failure,
    FailureClass,
    Measures,
    Phase,
    Picture,
    RefreshesPreview,
    Snapshot,
    Video,
)
from distribution.connectors.messages import MESSAGES, WITHOUT_NUMBERS
from distribution.connectors.registry import connectors, logins
from newsroom.common.http import Answer, NoAnswer

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
KINDS = [pytest.param(connector, id=kind) for kind, connector in connectors.items()]
NAMES = [kind for kind, _connector in connectors.items()]
WORDS = st.text(min_size=1, max_size=200).filter(lambda text: text.strip())


def classifier(kind: str) -> Any:
    """`classify` of a kind's `errors.py`; the clock is an argument where it wants one."""
    found = importlib.import_module(f"distribution.connectors.{kind}.errors").classify
    return partial(found, now=NOW) if "now" in inspect.signature(found).parameters else found


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


@pytest.mark.parametrize("connector", KINDS)
def test_the_preview_tells_of_the_video_that_is_sent(connector: Connector) -> None:
    can = connector.capabilities({})
    payload = connector.compose(snapshot=replace(snapshot("Lời dẫn"), media="video" if can.can_carry_video else ""), marker="M", settings={})
    assert bool(connector.preview(payload=payload).get("film")) == ("file:video.mp4" in json.dumps(payload.body))


def test_a_sentence_with_places_for_numbers_has_one_without() -> None:
    assert {code for code, words in MESSAGES.items() if "%(" in words} == set(WITHOUT_NUMBERS)
    assert not any("%" in words for words in WITHOUT_NUMBERS.values())


@pytest.mark.parametrize("kind", NAMES)
@given(body=st.binary(max_size=300), status=st.integers(100, 599), phase=st.sampled_from(list(Phase)))
def test_no_answer_is_too_strange_to_be_classified(kind: str, body: bytes, status: int, phase: Phase) -> None:
    failure = classifier(kind)(Answer(status, body), phase=phase)
    assert isinstance(failure, Failure) and failure.code in MESSAGES


@pytest.mark.parametrize("kind", NAMES)
@given(error=st.dictionaries(st.sampled_from(["code", "error_subcode", "message", "is_transient", "error_user_msg"]), st.one_of(st.none(), st.integers(), st.text(), st.floats(allow_nan=False))))
def test_no_error_body_is_too_strange_either(kind: str, error: dict[str, object]) -> None:
    for phase in Phase:
        assert classifier(kind)(Answer(400, json.dumps({"error": error}).encode()), phase=phase).code in MESSAGES
        assert classifier(kind)(Answer(200, json.dumps({**error, "error": error.get("code")}).encode()), phase=phase).code in MESSAGES


@pytest.mark.parametrize("kind", NAMES)
def test_a_commit_that_never_left_may_be_repeated_and_one_that_left_may_not(kind: str) -> None:
    classify = classifier(kind)
    assert classify(NoAnswer(False, "refused"), phase=Phase.COMMIT).kind == FailureClass.TRANSIENT_SAFE
    assert classify(NoAnswer(True, "reset"), phase=Phase.COMMIT).kind == FailureClass.AMBIGUOUS
    assert classify(NoAnswer(True, "reset"), phase=Phase.READ).kind == FailureClass.TRANSIENT_SAFE
    assert classify(Answer(500, b""), phase=Phase.COMMIT).kind == FailureClass.AMBIGUOUS


@pytest.mark.parametrize("connector", KINDS)
def test_what_a_kind_says_it_can_is_what_it_has(connector: Connector) -> None:
    can = connector.capabilities({})
    assert can.can_comment <= isinstance(connector, Comments)
    assert can.can_refresh_preview <= isinstance(connector, RefreshesPreview)
    assert can.can_broadcast <= isinstance(connector, Broadcasts)
    assert can.text_limit > 0 and can.settle_seconds > 0 and can.text_unit in ("characters", "bytes", "utf16")


@pytest.mark.parametrize("kind", NAMES)
def test_a_kind_has_its_folder_its_log_in_and_a_rehearsal_platform(kind: str) -> None:
    login = logins.get(kind)
    assert connectors.get(kind).kind == kind
    assert (ROOT / "distribution/rehearsal/platforms" / login.rehearsal / "__init__.py").is_file()
    assert (ROOT / "distribution/connectors" / kind / "connector.py").is_file()
    assert (ROOT / "tests/distribution/connectors" / f"test_{kind}.py").is_file()


def test_every_kind_says_how_an_account_of_it_is_connected() -> None:
    assert {kind for kind, _connector in connectors.items()} == {kind for kind, _login in logins.items()}


def test_connectors_load_without_django() -> None:
    program = "import sys; import distribution.connectors.registry; sys.exit(any(name == 'django' or name.startswith('django.') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
