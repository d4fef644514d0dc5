"""Numbers and names of the channel. Both standards are public: Standard Webhooks 1.0 (signature, 2xx, 410, Retry-After), ninjs 3 of the IPTC (fields)."""

from __future__ import annotations

TEXT_LIMIT = 5000  # of the channel's own words; ours, ninjs knows none
PICTURE_LIMIT = 20
STANDARD = {"name": "ninjs", "version": "3.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"}
READ_SECONDS = 20.0  # a receiver answers within 15 to 30 seconds
RATE_SECONDS = 60.0  # where it asks for a pause and does not say how long
SETTLE_SECONDS = 5.0

PING = "ping"  # a signed call that tells nothing: is the address there, is the secret right
PUBLISHED, UPDATED, WITHDRAWN = "story.published", "story.updated", "story.withdrawn"
# The story's event → what a change or a take-down is called.
CHANGES = {"corrected": "story.corrected"}
REMOVALS = {"killed": "story.killed"}
