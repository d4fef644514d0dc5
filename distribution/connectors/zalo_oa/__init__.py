"""Zalo Official Account through the OA API's articles (knowledge/channels.md 3)."""
