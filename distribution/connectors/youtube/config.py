"""Numbers of the platform, with where they come from. Every one about quota can be set on the account (`settings["quota"]`)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

ADDRESS = "https://youtube.googleapis.com"  # rootUrl of the discovery document, revision 20261104
DIALOG = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
UPLOAD_HOSTS = (".googleapis.com",)  # where the platform may send an upload to
SCOPES = (
    "https://www.googleapis.com/auth/youtube.upload",
    "https://www.googleapis.com/auth/youtube.readonly",
    "https://www.googleapis.com/auth/youtube.force-ssl",
)
TITLE_LIMIT = 100  # characters
DESCRIPTION_LIMIT = 5000  # bytes of UTF-8, by the reference; guides say characters (channels.md 2.2)
TAGS_LIMIT = 500  # characters in all; a tag with a space counts two more for its quotes, commas count
CATEGORY = "25"  # News & Politics
LONGEST_MINUTES = 12 * 60  # of a verified channel; 15 for one that is not: `settings["longest_minutes"]`
SHORT_SECONDS = 180.0  # upright or square and no longer: YouTube makes it a Short by itself; guides since October 2024
THUMBNAIL_BYTES = 2 * 1024 * 1024  # guides say 2 MB, discovery 50 MiB
PRIVACIES = ("public", "unlisted", "private")

STEP = 256 * 1024  # chunks are multiples of it, but for the last
CHUNK_BYTES = 8 * 1024 * 1024  # `settings["chunk_bytes"]`; a broken line loses less: the platform keeps whole steps of what arrived
SLICE_SECONDS = 20.0  # of one stage step; well under the lease
CHUNK_READ_SECONDS = 60.0
PROCESSING_PATIENCE = 600.0  # seconds that publishing waits for the platform's processing: "uploaded" may be published
STALLS = 3  # chunks in a row that stored nothing

# Units of a call (channels.md 2.3). `videos.insert` has a bucket of its own, counted in calls.
COSTS = {
    "videos.list": 1, "channels.list": 1, "playlistItems.list": 1, "captions.list": 50, "videos.insert": 1, "videos.update": 50, "videos.delete": 50,
    "thumbnails.set": 50, "captions.insert": 400, "playlistItems.insert": 50,
}  # fmt: skip
DAILY_UNITS = 10_000
DAILY_UPLOADS = 100
RESERVED_SHARE = 0.0  # kept back for calls that take something down or correct it: `settings["quota"]["reserved"]`
PACIFIC = ZoneInfo("America/Los_Angeles")  # the day of quotas begins at midnight there

RATE_SECONDS = 60.0  # rate answers without a time
UPLOAD_LIMIT_SECONDS = 24 * 3600.0
