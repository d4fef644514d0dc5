"""The rehearsal platforms there are. A new kind: its module here, one line in KINDS, its tests, a paragraph in docs/rehearsal.md."""

from collections.abc import Callable

from distribution.rehearsal.platforms.base import Context, Platform
from distribution.rehearsal.platforms.facebook import FacebookPlatform
from distribution.rehearsal.platforms.mastodon import MastodonPlatform
from distribution.rehearsal.platforms.telegram import TelegramPlatform
from distribution.rehearsal.platforms.tiktok import TiktokPlatform
from distribution.rehearsal.platforms.webhook import WebhookPlatform
from distribution.rehearsal.platforms.youtube import YoutubePlatform
from distribution.rehearsal.platforms.zalo import ZaloPlatform

KINDS: dict[str, Callable[[Context], Platform]] = {
    "facebook": FacebookPlatform,
    "youtube": YoutubePlatform,
    "tiktok": TiktokPlatform,
    "mastodon": MastodonPlatform,
    "zalo": ZaloPlatform,
    "telegram": TelegramPlatform,
    "webhook": WebhookPlatform,
}
