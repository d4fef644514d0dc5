"""Text for XML."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """Without the characters that no XML document may hold (text pasted from old programs carries some)."""
    return _FORBIDDEN.sub("", text)
