"""YouTube through the Data API v3 (knowledge/channels.md 2)."""
