"""Numbers of the platform, with where they come from."""

from __future__ import annotations

VERSION = "v26.0"  # default of facebook_business 26.0.3
ADDRESS = "https://graph.facebook.com"
DIALOG = "https://www.facebook.com"
TEXT_LIMIT = 63_206  # characters; used by Postiz and BrightBean, no official number (channels.md 1.6)
PICTURE_LIMIT = 10  # practice of open publishers, not official
PICTURE_BYTES = 4 * 1024 * 1024
SCOPES = ("pages_show_list", "pages_manage_posts", "pages_read_engagement")  # without one of these nothing is connected
WISHES = ("pages_manage_engagement", "read_insights")  # first comments; views. Asked for as well; without them only that is missing
VIEWS_METRIC = "post_media_view"  # what followed post_impressions (channels.md 0, line 4)
MODES = ("link", "photos", "text", "video")  # what an account may be set up for; "video": the story's video where it has one
KINDS = (*MODES, "reel")
VIDEO_ADDRESS = "https://graph-video.facebook.com"  # where facebook_business sends videos
REEL_HOST = "rupload.facebook.com"
LONGEST_MINUTES = 240  # of a video; practice, no official number
# Reels (channels.md 1.4): 9:16, at least 540x960, 3 to 90 s.
REEL_SECONDS = (3.0, 90.0)
REEL_SIDES = (540, 960)
REEL_SHAPE, REEL_TOLERANCE = 9 / 16, 0.02
SLICE_SECONDS = 20.0  # of one stage step; well under the lease
CHUNK_READ_SECONDS = 60.0
STALLS = 3  # parts in a row that brought the upload no further
MOST_SESSIONS = 3  # uploads that are begun anew after the platform forgot one
# Rate answers without a time mean an hour (channels.md 18).
RATE_SECONDS = 3600.0
HOLD_SECONDS = 24 * 3600.0
