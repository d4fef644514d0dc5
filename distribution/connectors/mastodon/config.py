"""Numbers of the platform, with where they come from (channels.md 8). What a server tells of itself while connecting takes their place."""

from __future__ import annotations

TEXT_LIMIT = 500  # `configuration.statuses.max_characters`; `settings["text_limit"]`
URL_LENGTH = 23  # `characters_reserved_per_url`, whatever the address; `settings["url_length"]`
PICTURE_LIMIT = 4  # `max_media_attachments`; `settings["picture_limit"]`
PICTURE_BYTES = 16 * 1024 * 1024  # `image_size_limit`; `settings["picture_bytes"]`
VIDEO_BYTES = 99 * 1024 * 1024  # `video_size_limit`; `settings["video_bytes"]`
ALT_LIMIT = 1500  # `description_limit`
SCOPES = ("read:accounts", "read:statuses", "write:statuses", "write:media")
MODES = ("link", "picture", "pictures", "video")
VISIBILITIES = ("public", "unlisted", "private")

MEDIA_PAUSES = (1.0, 2.0, 5.0, 15.0)  # between questions whether a file is ready; the last one again and again
MEDIA_PATIENCE = 15 * 60.0  # then a person looks; `settings["processing_patience"]`
MEDIA_LIFE = 3600.0  # a file that no post shows is swept by the server after a day: after an hour it is sent anew
RATE_SECONDS = 300.0  # 300 calls in five minutes; the answer's X-RateLimit-Reset wins
PAGE_SIZE, MOST_PAGES = 40, 8  # of a look at the account's posts
UPLOAD_SECONDS = 180.0
