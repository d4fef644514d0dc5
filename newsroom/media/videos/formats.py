"""Which container a file is, by its first bytes and never by its name. ffmpeg is then told: it chooses nothing itself."""

from __future__ import annotations

from pathlib import Path

HEAD = 4096
_TS, _M2TS = 188, 192
# Boxes with which ISO files (MP4, MOV, 3GP) begin.
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


def demuxer_of(path: Path) -> str | None:
    """ffmpeg's name for the container of a file; None where it is none that we take."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    return demuxer_of_bytes(head)


def demuxer_of_bytes(head: bytes) -> str | None:
    """The same for the first bytes."""
    if head[4:8] in _BOXES:
        return "mov"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    if head.startswith(b"\x00\x00\x01\xba"):
        return "mpeg"
    if head.startswith(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"):
        return "asf"
    return "mpegts" if _is_transport_stream(head) else None


def _is_transport_stream(head: bytes) -> bool:
    return any(all(head[start + i * step : start + i * step + 1] == b"\x47" for i in range(5)) for start, step in ((0, _TS), (4, _M2TS)))
