"""Numbers of the platform, with where they come from (channels.md 3b)."""

from __future__ import annotations

ADDRESS = "https://open.tiktokapis.com"
DIALOG = "https://www.tiktok.com/v2/auth/authorize/"
UPLOAD_HOSTS = ("open-upload.tiktokapis.com",)  # and every host below `UPLOAD_DOMAIN`
UPLOAD_DOMAIN = ".tiktokapis.com"
SCOPES = ("user.info.basic", "video.upload", "video.list")  # drafts
DIRECT_SCOPE = "video.publish"  # of an application that TikTok has audited

CAPTION_LIMIT = 2200  # UTF-16 units of NFC text, for a video
TITLE_LIMIT, DESCRIPTION_LIMIT = 90, 4000  # the same, for photos
MOST_HASHTAGS = 5  # a rule of the app; the interface names none
MOST_PICTURES = 35
PICTURE_BOX = (1080, 1920)  # "1080p"; one picture that is larger fails all of them
LEAST_SIDE, MOST_SIDE = 360, 4096  # pixels of a video
MOST_BYTES = 4_000_000_000
DIRECT_SECONDS = 180.0  # everybody's longest video; creator_info tells who may more: `settings["longest_seconds"]`
DRAFT_SECONDS = 600.0

# Chunks (3b.2): 5 to 64 MB, the last one up to 128; the count is the floor, what remains goes with the last. Holds for MB and MiB.
WHOLE_BYTES = 64_000_000  # up to here one chunk: `settings["whole_bytes"]`
CHUNK_BYTES = 10_000_000  # `settings["chunk_bytes"]`
URL_SECONDS = 55 * 60.0  # an upload address is good for an hour
SLICE_SECONDS = 20.0  # of one stage step; well under the lease
CHUNK_READ_SECONDS = 60.0
STALLS = 3  # answers in a row after which nothing more had arrived

# Polling is our choice (3b.4): (age in seconds, pause).
PAUSES = ((20.0, 5.0), (60.0, 15.0), (120.0, 30.0), (1800.0, 120.0))
LONGEST_PAUSE = 1800.0
DRAFT_PAUSE = 60.0  # `settings["draft_pause"]`
DIRECT_ID_PATIENCE, DRAFT_ID_PATIENCE = 6 * 3600.0, 72 * 3600.0  # the post's id comes after moderation, and never for a post that is not public

HOOK_SECONDS = 300.0  # a signed call that is older is a repeated one
RATE_SECONDS = 60.0
CAP_SECONDS = 24 * 3600.0  # about 15 posts, 5 unfinished drafts in a day
MOST_QUERIED = 20  # ids of one video/query
