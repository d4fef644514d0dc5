"""Captions are read strictly: what a player would drop in silence is said."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from newsroom.media.videos import webvtt

GOOD = "WEBVTT\n\n1\n00:00:00.000 --> 00:00:02.500\nTàu vào bến.\n\n00:02.500 --> 00:04.000 align:start\nNgư dân về.\n"


@pytest.mark.parametrize("text", [GOOD, "\ufeff" + GOOD, GOOD.replace("\n", "\r\n"), GOOD.replace("WEBVTT", "WEBVTT phụ đề")])
def test_good_captions_are_taken(text: str) -> None:
    assert webvtt.check(text.encode()) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"", b"WEBVTT", b"WEBVTT\n\nno times here", b"WEBVTTX\n\n00:00.000 --> 00:01.000\nx", b"1\n00:00:00,000 --> 00:00:02,000\nSRT", GOOD.encode("utf-16"), b"\xff\xfe\x00",
        b"WEBVTT\n\n00:00,000 --> 00:01,000\nx", b"WEBVTT\n\n00:02.000 --> 00:01.000\nx", b"WEBVTT\n\n00:05.000 --> 00:06.000\nx\n\n00:01.000 --> 00:02.000\ny",
        b"WEBVTT\n\n00:99.000 --> 01:01.000\nx", b"WEBVTT\n\n-00:01.000 --> 00:01.000\nx", b"WEBVTT\x00\n\n00:00.000 --> 00:01.000\nx",
    ],
)  # fmt: skip
def test_bad_captions_are_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(ValidationError) as refused:
        webvtt.check(data)
    assert refused.value.messages[0]
