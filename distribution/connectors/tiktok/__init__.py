"""TikTok through the Content Posting API (knowledge/channels.md 3b)."""
