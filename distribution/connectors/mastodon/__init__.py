"""A Mastodon account through the REST interface of its server (knowledge/channels.md 8)."""
