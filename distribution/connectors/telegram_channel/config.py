"""Numbers of the platform, with where they come from (channels.md 4)."""

from __future__ import annotations

ADDRESS = "https://api.telegram.org"
PAGE = "https://t.me"  # where readers see a channel
TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024  # UTF-16 units, after entities were taken out
MOST_PICTURES = 10  # of an album; two at least
PHOTO_BYTES = 10_000_000
VIDEO_BYTES = 50_000_000  # by upload; more through a Bot API server of one's own: `settings["video_bytes"]`
MODES = ("link", "picture", "pictures", "video")
RIGHTS = ("can_post_messages", "can_edit_messages", "can_delete_messages")
RATE_SECONDS = 60.0  # where a 429 names no time
GAP_SECONDS = 1.0  # one message a second in one chat
UPLOAD_READ_SECONDS, UPLOAD_SECONDS = 120.0, 300.0
