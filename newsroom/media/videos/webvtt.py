"""A strict reading of WebVTT: what a player would leave out in silence is said to the person who uploads it."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LARGEST = 1024 * 1024
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+\S.*)?")


def validate_webvtt(file: Any) -> None:
    """For a caption's file field. Raises ValidationError with the line and what is wrong with it."""
    if file.size > LARGEST:
        raise ValidationError(_("The caption file is larger than 1 MB."))
    file.seek(0)
    data = file.read()
    file.seek(0)
    check(data)


def check(data: bytes) -> int:
    """Read a whole file; returns the number of cues. Raises ValidationError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(_("The caption file is not UTF-8 text. Save it as WebVTT, UTF-8.")) from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if "\x00" in text or not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise ValidationError(_("A WebVTT file begins with the line WEBVTT."))
    cues, before = 0, 0.0
    for number, line in enumerate(lines, 1):
        if "-->" in line:
            before = _read_timing(line, number=number, before=before)
            cues += 1
    if not cues:
        raise ValidationError(_("The caption file has no captions in it."))
    return cues


def _read_timing(line: str, *, number: int, before: float) -> float:
    """The start of a cue in seconds. Raises ValidationError."""
    found = _TIMING.fullmatch(line.strip())
    if not found:
        raise ValidationError(_("Line %(line)s: a time looks like 00:01:02.500 --> 00:01:05.000.") % {"line": number})
    start, end = _seconds(found.groups()[:4]), _seconds(found.groups()[4:])
    if end <= start:
        raise ValidationError(_("Line %(line)s: the caption ends before it begins.") % {"line": number})
    if start < before:
        raise ValidationError(_("Line %(line)s: the caption begins before the one above it.") % {"line": number})
    return start


def _seconds(parts: Any) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000
