"""What every connector promises, whatever its platform."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.connectors.base import Connector, Failure, Phase, Snapshot
from distribution.connectors.facebook_page.errors import classify
from distribution.connectors.messages import MESSAGES
from distribution.connectors.registry import connectors
from newsroom.common.http import Answer

ROOT = Path(__file__).resolve().parents[2]
KINDS = [pytest.param(connector, id=kind) for kind, connector in connectors.items()]
WORDS = st.text(min_size=1, max_size=200).filter(lambda text: text.strip())


def snapshot(text: str) -> Snapshot:
    """A story version with this channel text."""
    return Snapshot(1, 1, "Tít", "", "Sapo", "https://songba.example/thoi-su/bai-a1.html", text)


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
def test_the_preview_shows_the_words_that_are_sent(connector: Connector) -> None:
    payload = connector.compose(snapshot=snapshot("Lời dẫn của kênh"), marker="M", settings={})
    assert "Lời dẫn của kênh" in connector.preview(payload=payload)["text"]


@given(body=st.binary(max_size=300), status=st.integers(100, 599), phase=st.sampled_from(list(Phase)))
def test_no_answer_is_too_strange_to_be_classified(body: bytes, status: int, phase: Phase) -> None:
    failure = classify(Answer(status, body), phase=phase)
    assert isinstance(failure, Failure) and failure.code in MESSAGES


@given(error=st.dictionaries(st.sampled_from(["code", "error_subcode", "message", "is_transient", "error_user_msg"]), st.one_of(st.none(), st.integers(), st.text(), st.floats(allow_nan=False))))
def test_no_error_body_is_too_strange_either(error: dict[str, object]) -> None:
    import json

    for phase in Phase:
        assert classify(Answer(400, json.dumps({"error": error}).encode()), phase=phase).code in MESSAGES


def test_connectors_load_without_django() -> None:
    program = "import sys; import distribution.connectors.registry; sys.exit(any(name == 'django' or name.startswith('django.') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
