"""From an original to what readers get, by a real ffmpeg: Debian's and the one that imageio-ffmpeg brings."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsroom.common import clock
from newsroom.media.enums import VideoState
from newsroom.media.models import NewsVideo
from newsroom.media.videos import claims, conversion, ffmpeg, files, formats, posters, probing, services
from tests.newsroom.media.clips import BUNDLED, Clips
from tests.newsroom.media.conftest import private_files, public_files

Arrived = Callable[..., NewsVideo]


def process(video: NewsVideo) -> NewsVideo:
    conversion.process(video_id=video.pk, clock=clock.now)
    video.refresh_from_db()
    return video


def starts_at_once(path: str) -> bool:
    data = Path(path).read_bytes()
    return 0 < data.find(b"moov") < data.find(b"mdat")


@pytest.fixture(params=["system", "bundled"])
def both_programs(request: pytest.FixtureRequest, settings: Any) -> str:
    """Debian's ffmpeg with ffprobe, and the one of imageio-ffmpeg, which has none."""
    if request.param == "system" and not shutil.which("ffprobe"):
        pytest.skip("needs ffprobe: apt-get install ffmpeg")
    settings.FFMPEG = BUNDLED if request.param == "bundled" else ""
    return request.param


def test_a_foreign_video_becomes_an_mp4_that_starts_at_once(arrived: Arrived, clips: Clips, both_programs: str) -> None:
    source = clips.other(size="1920x1080", seconds=1)
    video = process(arrived(source))
    assert (video.state, video.reason, video.progress) == (VideoState.READY, "", 100)
    assert (video.width, video.height) == (1280, 720)
    assert 0.9 < video.duration_seconds < 1.2
    assert video.original_sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert video.sha256 == hashlib.sha256(Path(video.mp4.path).read_bytes()).hexdigest()
    assert video.size == Path(video.mp4.path).stat().st_size
    found = probing.probe(Path(video.mp4.path), demuxer="mov")
    assert (found.video_codec, found.audio_codec, found.pixels) == ("h264", "aac", "yuv420p")
    assert starts_at_once(video.mp4.path)
    assert Path(video.poster.path).read_bytes().startswith(b"\xff\xd8")
    assert public_files() == sorted([video.mp4.name, video.poster.name])
    assert private_files() == [files.original_name(video.key)]


def test_h264_with_aac_keeps_its_picture_and_only_gets_a_new_frame(arrived: Arrived, clips: Clips, both_programs: str) -> None:
    source = clips.mp4()
    assert not starts_at_once(str(source))
    video = process(arrived(source))
    assert video.state == VideoState.READY
    assert starts_at_once(video.mp4.path)
    assert abs(video.size - source.stat().st_size) < 2000
    streams = [
        ffmpeg.run([ffmpeg.find_ffmpeg() or "", "-v", "error", "-i", str(path), "-map", "0:v", "-c", "copy", "-f", "md5", "-"], seconds=20).output
        for path in (source, video.mp4.path)
    ]
    assert streams[0] == streams[1] != ""


def test_a_standing_video_stays_upright_and_no_place_travels_with_it(arrived: Arrived, clips: Clips) -> None:
    source = clips.other("tall.mkv", size="1080x1920", seconds=1, sound=False)
    video = process(arrived(source))
    assert (video.width, video.height) == (720, 1280)
    placed = clips.mp4("placed.mp4", "-metadata", "location=+13.0000+109.0000/", "-metadata", "title=bí mật", "-movflags", "use_metadata_tags")
    assert b"+13.0000" in placed.read_bytes()
    assert b"+13.0000" not in Path(process(arrived(placed)).mp4.path).read_bytes()


def test_a_small_video_is_not_blown_up_and_odd_sides_become_even(arrived: Arrived, clips: Clips) -> None:
    video = process(arrived(clips.make("odd.avi", "-c:v", "ffv1", size="321x181", seconds=1, sound=False)))
    assert video.state == VideoState.READY, video.reason
    assert (video.width, video.height) == (320, 180)


def test_progress_is_written_at_most_once_a_second(arrived: Arrived, clips: Clips, now: Any) -> None:
    video = arrived(clips.mp4())
    claimed = claims.claim(video_id=video.pk, now=now)
    assert claimed
    ticks = iter(now + timedelta(milliseconds=300 * i) for i in range(1, 100))
    holder = claims.Holder(claimed, lambda: next(ticks))
    written = []
    for percent in range(0, 70, 10):
        holder.show(percent)
        video.refresh_from_db()
        written.append(video.progress)
    assert written == [0, 0, 0, 0, 40, 40, 40]


def test_a_killed_worker_leaves_nothing_and_the_next_one_finishes(arrived: Arrived, clips: Clips, now: Any) -> None:
    video = arrived(clips.other(seconds=1))
    claimed = claims.claim(video_id=video.pk, now=now)
    assert claimed
    left = files.work_folder(claimed.key, claimed.lease_key)
    left.mkdir(parents=True)
    (left / "video.mp4").write_bytes(b"half")
    stray = files.public_name(claimed.key, "video", "0" * 64, "mp4")
    NewsVideo.objects.filter(pk=video.pk).update(state=VideoState.CONVERTING)
    assert not conversion.process(video_id=video.pk, clock=lambda: now + timedelta(seconds=5))
    assert services.sweep_videos(now=now + timedelta(seconds=5)) == 0
    (Path(files.default_storage.path(stray)).parent).mkdir(parents=True)
    Path(files.default_storage.path(stray)).write_bytes(b"of the killed attempt")
    late = now + claims.LEASE + timedelta(seconds=1)
    assert services.sweep_videos(now=late) == 1
    assert conversion.process(video_id=video.pk, clock=lambda: late)
    video.refresh_from_db()
    assert (video.state, video.attempts) == (VideoState.READY, 2)
    assert public_files() == sorted([video.mp4.name, video.poster.name])
    assert private_files() == [files.original_name(video.key)]


def test_a_worker_that_lost_its_lease_writes_nothing_more(arrived: Arrived, clips: Clips, now: Any) -> None:
    video = arrived(clips.mp4())
    first = claims.claim(video_id=video.pk, now=now)
    second = claims.claim(video_id=video.pk, now=now + claims.LEASE + timedelta(seconds=1))
    assert first and second
    with pytest.raises(claims.LostLease):
        claims.keep(first, progress=50)
    claims.keep(second, progress=60)


def test_a_video_deleted_while_it_is_converted_leaves_no_file(arrived: Arrived, clips: Clips, django_capture_on_commit_callbacks: Any) -> None:
    video = arrived(clips.other(seconds=1))

    def clock_that_deletes() -> Any:
        if NewsVideo.objects.filter(pk=video.pk, state=VideoState.CONVERTING).exists():
            with django_capture_on_commit_callbacks(execute=True):
                NewsVideo.objects.get(pk=video.pk).delete()
        return clock.now()

    assert conversion.process(video_id=video.pk, clock=clock_that_deletes)
    assert public_files() == private_files() == []


def test_only_so_many_are_converted_at_once_as_the_setting_says(arrived: Arrived, clips: Clips, now: Any, settings: Any) -> None:
    first, second = arrived(clips.mp4()), arrived(clips.mp4())
    assert claims.claim(video_id=first.pk, now=now)
    assert claims.claim(video_id=second.pk, now=now) is None
    second.refresh_from_db()
    assert second.attempts == 0
    settings.VIDEO_AT_ONCE = 2
    assert claims.claim(video_id=second.pk, now=now)


def test_what_failed_by_the_machine_keeps_its_original_and_can_be_tried_again(arrived: Arrived, clips: Clips, settings: Any, now: Any) -> None:
    settings.FFMPEG = "/nirgends/ffmpeg"
    video = process(arrived(clips.mp4()))
    assert video.state == VideoState.FAILED
    assert "ffmpeg" in video.reason
    assert files.original_path(video.key).exists()
    settings.FFMPEG = ""
    services.try_again(video=video, now=now)
    assert process(video).state == VideoState.READY


def test_a_conversion_stops_at_its_limit_of_time(tmp_path: Path) -> None:
    endless = [BUNDLED, "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc=duration=600", "-f", "null", "-"]
    with pytest.raises(ffmpeg.OutOfTime):
        ffmpeg.run(endless, seconds=1)


def test_a_conversion_cannot_take_more_memory_or_disk_than_it_may(tmp_path: Path, settings: Any) -> None:
    target = tmp_path / "much.avi"
    made = [BUNDLED, "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=640x360:duration=60", "-c:v", "rawvideo", str(target)]
    outcome = ffmpeg.run(made, seconds=20, largest_file=5_000_000)
    assert outcome.code != 0
    assert target.stat().st_size <= 5_000_000
    settings.VIDEO_MEMORY_MEGABYTES = 64
    hungry = [BUNDLED, "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=4096x2304:duration=1", "-c:v", "libx264", "-f", "null", "-"]
    assert ffmpeg.run(hungry, seconds=20).code != 0


def test_the_poster_is_cut_at_the_chosen_second(arrived: Arrived, clips: Clips) -> None:
    video = process(arrived(clips.mp4(seconds=2)))
    before = video.poster.name
    posters.make_poster(video=video, second=1.5)
    assert video.poster.name != before
    assert video.poster_second == 1.5
    assert Path(video.poster.path).read_bytes().startswith(b"\xff\xd8")
    for second in (-1.0, 99.0, float("nan")):
        with pytest.raises(posters.NoPoster):
            posters.make_poster(video=video, second=second)


def test_the_container_is_told_by_its_first_bytes(clips: Clips) -> None:
    assert formats.demuxer_of(clips.mp4()) == "mov"
    assert formats.demuxer_of(clips.other()) == "matroska"
    assert formats.demuxer_of(clips.make("film.ts", "-c:v", "mpeg2video", "-f", "mpegts")) == "mpegts"
    assert formats.demuxer_of(clips.make("film.avi", "-c:v", "mpeg4")) == "avi"
