"""What the Content Posting API refuses, field by field. A field that it does not know is refused too: the real one ignores some, which hides mistakes."""

import json
import unicodedata
from typing import Any

from werkzeug.wrappers import Request

from distribution.rehearsal.platforms.tiktok.errors import TiktokError, invalid

MB = 1_000_000
LEAST_CHUNK, MOST_CHUNK, MOST_LAST = 5 * MB, 64 * MB, 128 * MB
PRIVACIES = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
_VIDEO_INFO = {"title", "privacy_level", "disable_comment", "disable_duet", "disable_stitch", "video_cover_timestamp_ms", "brand_content_toggle", "brand_organic_toggle", "is_aigc"}
_PHOTO_INFO = {"title", "description", "privacy_level", "disable_comment", "auto_add_music", "brand_content_toggle", "brand_organic_toggle"}


def units(text: str) -> int:
    """UTF-16 code units, as the platform counts."""
    return len(unicodedata.normalize("NFC", text).encode("utf-16-le")) // 2


def body_of(request: Request, known: set[str]) -> dict[str, Any]:
    """The JSON object of a call. Raises TiktokError."""
    if request.mimetype != "application/json":
        raise invalid("Content-Type must be application/json; charset=UTF-8.")
    try:
        body = json.loads(request.get_data() or b"{}")
    except (ValueError, RecursionError) as error:
        raise invalid("The request body is no valid JSON.") from error
    return part(body, known, "body")


def part(value: Any, known: set[str], name: str) -> dict[str, Any]:
    """An object with nothing unknown in it. Raises TiktokError."""
    if not isinstance(value, dict):
        raise invalid(f"{name} must be an object.")
    if unknown := set(value) - known:
        raise invalid(f"{name} has unknown fields: {', '.join(sorted(unknown))[:200]}.")
    return value


def source(value: Any) -> tuple[int, int, int]:
    """Size, chunk and count of an upload, by the rules of 3b.2. Raises TiktokError."""
    about = part(value, {"source", "video_size", "chunk_size", "total_chunk_count"}, "source_info")
    if about.get("source") != "FILE_UPLOAD":
        raise TiktokError("url_ownership_unverified", "Please review our URL ownership verification rules.", 403)
    numbers = [about.get(name) for name in ("video_size", "chunk_size", "total_chunk_count")]
    if not all(isinstance(number, int) and not isinstance(number, bool) and number > 0 for number in numbers):
        raise invalid("video_size, chunk_size and total_chunk_count must be positive numbers.")
    size, chunk, count = (int(number or 0) for number in numbers)
    if size > 4_294_967_296:
        raise invalid("The video is too large.")
    if count != max(1, size // chunk) or count > 1000:
        raise invalid("The total chunk count is invalid.")
    if count == 1 and chunk != size or size > 64 * 1024 * 1024 and count < 2:
        raise invalid("The chunk size is invalid.")
    last = size - chunk * (count - 1)
    if count > 1 and not (LEAST_CHUNK <= chunk <= MOST_CHUNK and last <= MOST_LAST):
        raise invalid("The chunk size is invalid.")
    return size, chunk, count


def video_info(value: Any, options: list[str]) -> dict[str, Any]:
    """Words and choices of a video that is posted directly. Raises TiktokError."""
    info = part(value, _VIDEO_INFO, "post_info")
    _text(info, "title", 2200)
    _flags(info, {"disable_comment", "disable_duet", "disable_stitch", "brand_content_toggle", "brand_organic_toggle", "is_aigc"})
    _privacy(info, options)
    return info


def photo_info(value: Any, options: list[str], *, direct: bool) -> dict[str, Any]:
    """The same for pictures; a draft has title and description only. Raises TiktokError."""
    info = part(value, _PHOTO_INFO if direct else {"title", "description"}, "post_info")
    _text(info, "title", 90)
    _text(info, "description", 4000)
    _flags(info, {"disable_comment", "auto_add_music", "brand_content_toggle", "brand_organic_toggle"})
    if direct:
        _privacy(info, options)
    return info


def _text(info: dict[str, Any], name: str, most: int) -> None:
    value = info.get(name, "")
    if not isinstance(value, str) or units(value) > most:
        raise invalid(f"{name} must be a text of at most {most} UTF-16 units.")


def _flags(info: dict[str, Any], names: set[str]) -> None:
    for name in sorted(names & set(info)):
        if not isinstance(info[name], bool):
            raise invalid(f"{name} must be true or false.")


def _privacy(info: dict[str, Any], options: list[str]) -> None:
    if info.get("privacy_level") not in options:
        raise TiktokError("privacy_level_option_mismatch", "privacy_level is not specified or not among privacy_level_options of creator_info.", 403)
    if info.get("brand_content_toggle") and info["privacy_level"] == "SELF_ONLY":
        raise invalid("Branded content cannot be private.")


def photo_urls(value: Any) -> list[str]:
    """Addresses of pictures that are to be fetched. Raises TiktokError."""
    about = part(value, {"source", "photo_images", "photo_cover_index"}, "source_info")
    urls, cover = about.get("photo_images"), about.get("photo_cover_index", 0)
    if about.get("source") != "PULL_FROM_URL":
        raise invalid("source must be PULL_FROM_URL.")
    if not isinstance(urls, list) or not 1 <= len(urls) <= 35 or not all(isinstance(url, str) and url for url in urls):
        raise invalid("photo_images must be 1 to 35 addresses.")
    if isinstance(cover, bool) or not isinstance(cover, int) or not 0 <= cover < len(urls):
        raise invalid("photo_cover_index is out of range.")
    return urls
