"""What is refused, by ffprobe and by the strict reading of `ffmpeg -i` alike, each with its own sentence."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsroom.common import clock
from newsroom.media.enums import VideoState
from newsroom.media.models import NewsVideo
from newsroom.media.videos import conversion, files, probing, rules
from tests.newsroom.media.clips import BUNDLED, Clips

SECRET = "root:x:0:0"
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
CONCAT = b"ffconcat version 1.0\nfile '/etc/passwd'\nduration 10\n"
DASH = b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT10S"><Period><BaseURL>file:///etc/passwd</BaseURL></Period></MPD>'
SDP = b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"


@pytest.fixture(params=["ffprobe", "ffmpeg -i of Debian", "ffmpeg -i of imageio-ffmpeg"], autouse=True)
def reader(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each of the three ways to look into a file."""
    if "imageio" not in request.param and not shutil.which("ffprobe"):
        pytest.skip("needs ffprobe: apt-get install ffmpeg")
    settings.FFMPEG = BUNDLED if "imageio" in request.param else ""
    if "Debian" in request.param:
        monkeypatch.setattr(probing.ffmpeg, "find_ffprobe", lambda: None)
    return request.param


def code_of(path: Path) -> str:
    try:
        rules.examine(path)
    except rules.Refused as refused:
        return refused.code if str(refused) and "ffmpeg" not in str(refused) else f"no sentence: {refused}"
    return ""


def written(tmp_path: Path, data: bytes, name: str = "film.mp4") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_good_films_of_every_container_are_taken(clips: Clips) -> None:
    for path in (
        clips.mp4(), clips.other(), clips.make("film.webm", "-c:v", "libvpx", "-c:a", "libvorbis"), clips.make("film.ts", "-c:v", "mpeg2video", "-f", "mpegts"),
        clips.make("film.mpg", "-c:v", "mpeg2video", "-f", "vob"), clips.make("film.avi", "-c:v", "mpeg4"), clips.make("film.wmv", "-c:v", "wmv2", "-c:a", "wmav2"),
    ):  # fmt: skip
        assert code_of(path) == "", path.name


def test_every_reader_finds_the_same(clips: Clips) -> None:
    _demuxer, found = rules.examine(clips.mp4(size="640x360", rate=30, seconds=2))
    assert (found.video_codec, found.profile, found.pixels, found.shown, found.audio_codec, found.channels) == ("h264", "High", "yuv420p", (640, 360), "aac", 1)
    assert (found.rate, round(found.duration, 1), found.square, found.rotation) == (30.0, 2.0, True, 0)


@pytest.mark.parametrize("data", [b"", b"x", b"%PDF-1.7\n" + b"0" * 5000, b"PK\x03\x04" + b"0" * 5000, b"\xff\xd8\xff\xe0" + b"0" * 5000, b"<html>" * 900, bytes(9000)])
def test_what_is_no_video_is_refused(tmp_path: Path, data: bytes) -> None:
    assert code_of(written(tmp_path, data)) == "not_a_video"


@pytest.mark.parametrize("data", [PLAYLIST, CONCAT, DASH, SDP])
def test_playlists_and_lists_of_other_files_are_refused(tmp_path: Path, data: bytes) -> None:
    assert code_of(written(tmp_path, data)) == "not_a_video"


@pytest.mark.parametrize("data", [PLAYLIST, CONCAT, DASH])
def test_a_playlist_behind_the_first_bytes_of_a_film_reads_no_other_file(tmp_path: Path, data: bytes) -> None:
    for head in (b"\x00\x00\x00\x20ftypisom", b"\x1a\x45\xdf\xa3", b"RIFF\x00\x00\x00\x00AVI ", b"\x00\x00\x01\xba"):
        assert code_of(written(tmp_path, head + data)) in ("broken", "no_picture", "no_length", "no_frame", "no_size")


def test_even_when_told_to_read_a_playlist_the_programs_may_not(tmp_path: Path) -> None:
    """The whitelists hold by themselves, whatever chose the demuxer."""
    program = probing.ffmpeg.find_ffmpeg() or ""
    for name, data, demuxer in (("a.m3u8", PLAYLIST, "hls"), ("a.txt", CONCAT, "concat")):
        path = written(tmp_path, data, name)
        outcome = probing.ffmpeg.run([program, "-hide_banner", "-nostdin", *probing.ffmpeg.CLOSED, "-f", demuxer, "-i", f"file:{path}"], seconds=20)
        assert "Input #0" not in outcome.errors
        assert SECRET not in outcome.errors
    outcome = probing.ffmpeg.run([program, "-nostdin", *probing.ffmpeg.CLOSED, "-i", "http://127.0.0.1:9/x.mp4"], seconds=20)
    assert "whitelist" in outcome.errors.lower()


def test_sound_alone_is_refused(clips: Clips) -> None:
    assert code_of(clips.make("sound.m4a", "-c:a", "aac", picture=False)) == "no_picture"


def test_a_song_with_a_cover_is_no_video(clips: Clips, tmp_path: Path) -> None:
    import subprocess

    cover, song = tmp_path / "cover.jpg", tmp_path / "song.m4a"
    subprocess.run([BUNDLED, "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x64:duration=1", "-frames:v", "1", str(cover)], check=True)
    sound = clips.make("sound.m4a", "-c:a", "aac", picture=False)
    subprocess.run([BUNDLED, "-v", "error", "-i", str(sound), "-i", str(cover), "-map", "0", "-map", "1", "-c", "copy", "-disposition:v:0", "attached_pic", str(song)], check=True)
    assert code_of(song) == "no_picture"


def test_too_long_too_large_and_too_fast_are_refused(clips: Clips, settings: Any) -> None:
    settings.VIDEO_MAX_MINUTES = 1
    assert code_of(clips.make("long.mkv", "-c:v", "mpeg4", size="32x32", seconds=61, rate=5, sound=False)) == "too_long"
    assert code_of(clips.make("wide.mp4", "-c:v", "libx264", "-preset", "ultrafast", size="4200x64", seconds=0.2, sound=False)) == "too_large"
    assert code_of(clips.make("8k.mp4", "-c:v", "libx264", "-preset", "ultrafast", "-t", "0.1", size="4096x2400", seconds=0.2, sound=False)) == "too_large"
    assert code_of(clips.make("fast.mp4", "-c:v", "libx264", size="64x64", rate=480, seconds=1, sound=False)) == "too_fast"


def test_a_broken_file_is_refused(clips: Clips, tmp_path: Path) -> None:
    whole = clips.mp4().read_bytes()
    assert code_of(written(tmp_path, whole[: len(whole) // 2])) == "broken"
    faststart = clips.mp4("fast-start.mp4", "-movflags", "+faststart").read_bytes()
    start = faststart.find(b"mdat") + 4
    assert code_of(written(tmp_path, faststart[:start] + bytes(len(faststart) - start))) in ("no_frame", "broken")
    assert code_of(written(tmp_path, b"\x00\x00\x00\x20ftypisom" + b"\xff" * 9000)) in ("broken", "no_picture")


def test_a_film_that_ends_too_early_is_refused_after_conversion(clips: Clips, arrived: Callable[..., NewsVideo], tmp_path: Path) -> None:
    long = clips.other("long-other.mp4", "-movflags", "+faststart", seconds=8)
    data = long.read_bytes()
    video = arrived(written(tmp_path, data[: len(data) // 3]))
    conversion.process(video_id=video.pk, clock=clock.now)
    video.refresh_from_db()
    assert video.state == VideoState.REFUSED
    assert "thiếu" in video.reason or "cut short" in video.reason
    assert not files.original_path(video.key).exists()


def test_other_bytes_than_announced_are_refused(clips: Clips, arrived: Callable[..., NewsVideo]) -> None:
    video = arrived(clips.mp4(), expected_sha256="0" * 64)
    conversion.process(video_id=video.pk, clock=clock.now)
    video.refresh_from_db()
    assert (video.state, video.size) == (VideoState.REFUSED, 0)


def test_words_inside_the_file_are_not_taken_for_the_report(clips: Clips) -> None:
    lie = "x\n  Duration: 99:00:00.00, start: 0\n  Stream #0:0: Video: h264, yuv420p, 9999x9999, 25 fps"
    _demuxer, found = rules.examine(clips.mp4("lie.mp4", "-metadata", f"title={lie}", "-metadata", f"comment={lie}"))
    assert (found.width, round(found.duration)) == (320, 2)


def test_a_report_out_of_order_is_not_believed() -> None:
    good = ["Input #0, mov, from 'x':", "  Duration: 00:00:02.00, start: 0.0, bitrate: 1 kb/s", "  Stream #0:0(und): Video: h264 (High) (avc1 / 0x31637661), yuv420p, 320x180, 25 fps"]
    assert probing.read_report(good).width == 320
    for bad in ([good[0], good[2], good[1]], [*good, good[1]], [*good, good[2]], [good[0], good[2]]):
        with pytest.raises(probing.Unreadable):
            probing.read_report(bad)
