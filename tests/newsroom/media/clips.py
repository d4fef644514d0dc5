"""Small films for tests, made once a session by a real ffmpeg."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg

BUNDLED = imageio_ffmpeg.get_ffmpeg_exe()
PICTURE = ["-f", "lavfi", "-i", "testsrc=size={size}:rate={rate}:duration={seconds}"]
SOUND = ["-f", "lavfi", "-i", "sine=frequency=440:duration={seconds}"]


class Clips:
    """Makes a film once and gives its path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, name: str, *words: str, size: str = "320x180", seconds: float = 2, rate: int = 25, sound: bool = True, picture: bool = True) -> Path:
        """A test card with a tone, encoded as `words` say."""
        path = self.folder / f"{size}-{seconds}-{rate}-{sound}-{picture}" / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            sources = [*(PICTURE if picture else []), *(SOUND if sound else [])]
            inputs = [word.format(size=size, seconds=seconds, rate=rate) for word in sources]
            subprocess.run([BUNDLED, "-v", "error", "-y", *inputs, *words, str(path)], check=True, timeout=120)
        return path

    def mp4(self, name: str = "mp4.mp4", *words: str, **how: object) -> Path:
        """H.264 with AAC: what readers get without encoding."""
        return self.make(name, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", *words, **how)  # type: ignore[arg-type]

    def other(self, name: str = "other.mkv", *words: str, **how: object) -> Path:
        """MPEG-4 part 2 in Matroska: must be encoded."""
        return self.make(name, "-c:v", "mpeg4", "-c:a", "mp2", *words, **how)  # type: ignore[arg-type]
