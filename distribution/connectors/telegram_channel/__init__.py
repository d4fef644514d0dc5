"""A Telegram channel through the Bot API (knowledge/channels.md 4). Off unless the configuration switches it on."""
