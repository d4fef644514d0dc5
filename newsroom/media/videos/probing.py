"""What is in a video file: by ffprobe where there is one, else by a strict reading of what `ffmpeg -i` prints. Both give the same `Probe`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from newsroom.common.errors import NewsroomError
from newsroom.media.videos import ffmpeg

SECONDS = 60.0
ENTRIES = (
    "format=duration,bit_rate:stream=index,codec_type,codec_name,profile,pix_fmt,width,height,sample_aspect_ratio,avg_frame_rate,channels"
    ":stream_disposition=attached_pic:stream_side_data=rotation:stream_tags=rotate"
)


class Unreadable(NewsroomError):
    """Neither program could make anything of the file; `message` is for the log."""


@dataclass(frozen=True)
class Probe:
    """A file as it says of itself. Zero and empty: not said."""

    duration: float
    streams: int
    video_codec: str = ""
    profile: str = ""
    pixels: str = ""
    width: int = 0
    height: int = 0
    square: bool = True
    rotation: int = 0
    rate: float = 0.0
    audio_codec: str = ""
    channels: int = 0

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height as a viewer sees them, turned where the camera was."""
        return (self.height, self.width) if self.rotation % 180 else (self.width, self.height)


def probe(path: Path, *, demuxer: str) -> Probe:
    """Read a file of this container with what this machine has. Raises Unreadable and ffmpeg.OutOfTime."""
    program = ffmpeg.find_ffprobe()
    if program:
        return probe_with_ffprobe(path, demuxer=demuxer, program=program)
    fallback = ffmpeg.find_ffmpeg()
    if fallback is None:
        raise Unreadable("no_ffmpeg", "this machine has no ffmpeg")
    return probe_with_ffmpeg(path, demuxer=demuxer, program=fallback)


def probe_with_ffprobe(path: Path, *, demuxer: str, program: str) -> Probe:
    """By ffprobe's JSON."""
    words = [program, "-v", "error", *ffmpeg.CLOSED, "-f", demuxer, "-show_entries", ENTRIES, "-of", "json", "-i", f"file:{path}"]
    outcome = ffmpeg.run(words, seconds=SECONDS)
    if outcome.code != 0:
        raise Unreadable("broken", outcome.errors[-500:] or f"ffprobe ended with {outcome.code}")
    try:
        said = json.loads(outcome.output)
        return _from_json(said.get("format", {}), said.get("streams", []))
    except (ValueError, TypeError, AttributeError) as error:
        raise Unreadable("broken", f"ffprobe's answer cannot be read: {error}") from None


def _from_json(form: dict[str, Any], streams: list[dict[str, Any]]) -> Probe:
    video = next((s for s in streams if s.get("codec_type") == "video" and not s.get("disposition", {}).get("attached_pic")), {})
    audio = next((s for s in streams if s.get("codec_type") == "audio"), {})
    sides = [side["rotation"] for side in video.get("side_data_list", []) if "rotation" in side]
    rotation = sides[0] if sides else video.get("tags", {}).get("rotate", 0)
    return Probe(
        duration=_number(form.get("duration")), streams=len(streams), video_codec=video.get("codec_name", ""), profile=video.get("profile", "") or "",
        pixels=video.get("pix_fmt", "") or "", width=int(video.get("width", 0)), height=int(video.get("height", 0)),
        square=video.get("sample_aspect_ratio", "1:1") in ("1:1", "0:1", "N/A"), rotation=round(_number(rotation)) % 360, rate=_rate(video.get("avg_frame_rate", "")),
        audio_codec=audio.get("codec_name", ""), channels=int(audio.get("channels", 0)),
    )  # fmt: skip


def _number(value: Any) -> float:
    try:
        return float(value or 0)
    except ValueError:
        return 0.0


def _rate(value: str) -> float:
    try:
        return float(Fraction(value))
    except (ValueError, ZeroDivisionError):
        return 0.0


# The frame of ffmpeg's report. Words of the file stand deeper than two spaces, after a name and a colon; a name with a line break in it would
# give a second Duration or a stream out of its turn, and such a report is not believed.
_DURATION = re.compile(r"^  Duration: (?:(\d{2,}):(\d{2}):(\d{2}\.\d{2})|N/A), ")
_STREAM = re.compile(r"^  Stream #0:(\d+)(?:\[0x[0-9a-f]+\])?(?:\(\w*\))?: (Video|Audio|Subtitle|Data|Attachment|Unknown)(?:: (.*))?$")
_CODEC = re.compile(r"^([a-z0-9_]+)(?: \(([A-Za-z0-9][^()/]*)\))?")
_SIZE = re.compile(r", ([a-z][a-z0-9]*)(?:\([^()]*\))?, (\d{1,6})x(\d{1,6})(?: \[SAR (\d+:\d+) DAR \d+:\d+\])?(?:,|$)")
_FPS = re.compile(r", (\d+(?:\.\d+)?)(k?) fps")
_ROTATION = re.compile(r"^ {4,8}(?:displaymatrix|Display Matrix): rotation of (-?\d+(?:\.\d+)?) degrees$")
_CHANNELS = {"mono": 1, "stereo": 2, "5.1": 6, "5.1(side)": 6, "7.1": 8, "quad": 4}


def probe_with_ffmpeg(path: Path, *, demuxer: str, program: str) -> Probe:
    """By the report that ffmpeg prints of its input before it complains that there is no output."""
    outcome = ffmpeg.run([program, "-hide_banner", "-nostdin", *ffmpeg.CLOSED, "-f", demuxer, "-i", f"file:{path}"], seconds=SECONDS)
    lines = outcome.errors.split("\n")
    if not any(line.startswith("Input #0, ") for line in lines):
        raise Unreadable("broken", outcome.errors[-500:])
    return read_report(lines)


def read_report(lines: list[str]) -> Probe:
    """The strict reading. Raises Unreadable for a report that is not in ffmpeg's own order."""
    durations = [(i, found) for i, line in enumerate(lines) if (found := _DURATION.match(line))]
    streams = [(i, found) for i, line in enumerate(lines) if (found := _STREAM.match(line))]
    in_turn = [int(found[1]) for _i, found in streams] == list(range(len(streams)))
    if len(durations) != 1 or not in_turn or any(i < durations[0][0] for i, _found in streams):
        raise Unreadable("broken", "the report of the file is not in order")
    video = next(((i, found[3] or "") for i, found in streams if found[2] == "Video" and not (found[3] or "").endswith("(attached pic)")), None)
    audio = next((found[3] or "" for _i, found in streams if found[2] == "Audio"), "")
    hours, minutes, seconds = (float(part or 0) for part in durations[0][1].groups())
    said = {"duration": hours * 3600 + minutes * 60 + seconds, "streams": len(streams), "audio_codec": _codec(audio)[0], "channels": _channels(audio)}
    if video is None:
        return Probe(**said)  # type: ignore[arg-type]
    end = next((i for i, _found in streams if i > video[0]), len(lines))
    return Probe(**said, **_picture(video[1], lines[video[0] : end]))  # type: ignore[arg-type]


def _picture(words: str, lines: list[str]) -> dict[str, Any]:
    codec, profile = _codec(words)
    size, fps = _SIZE.search(words), _FPS.search(words)
    turned = next((float(turn[1]) for line in lines if (turn := _ROTATION.match(line))), 0.0)
    found: dict[str, Any] = {"video_codec": codec, "profile": profile, "rotation": round(turned) % 360}
    if size:
        found |= {"pixels": size[1], "width": int(size[2]), "height": int(size[3]), "square": size[4] in (None, "1:1", "0:1")}
    if fps:
        found["rate"] = float(fps[1]) * (1000 if fps[2] else 1)
    return found


def _codec(words: str) -> tuple[str, str]:
    found = _CODEC.match(words)
    return (found[1], found[2] or "") if found else ("", "")


def _channels(words: str) -> int:
    parts = [part.strip() for part in words.split(", ")]
    for part in parts:
        if part in _CHANNELS:
            return _CHANNELS[part]
        if found := re.fullmatch(r"(\d+) channels", part):
            return int(found[1])
    return 0
