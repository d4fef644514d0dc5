"""Facebook Pages through the Graph API (knowledge/channels.md 1)."""
