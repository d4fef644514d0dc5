"""Every kind of channel, two lines each: what it can do, and how an account of it is connected."""

from __future__ import annotations

from distribution.connectors.base import Connector
from distribution.connectors.facebook_page.connector import FacebookPage
from distribution.connectors.facebook_page.oauth import FacebookLogin
from distribution.connectors.logins import KeyLogin, Login
from distribution.connectors.mastodon.connector import Mastodon
from distribution.connectors.mastodon.oauth import MastodonLogin
from distribution.connectors.telegram_channel.connector import TelegramChannel
from distribution.connectors.telegram_channel.oauth import TelegramLogin
from distribution.connectors.tiktok.connector import TikTok
from distribution.connectors.tiktok.oauth import TikTokLogin
from distribution.connectors.webhook.connector import Webhook
from distribution.connectors.webhook.oauth import WebhookLogin
from distribution.connectors.youtube.connector import YouTube
from distribution.connectors.youtube.oauth import GoogleLogin
from distribution.connectors.zalo_oa.connector import ZaloOA
from distribution.connectors.zalo_oa.oauth import ZaloLogin
from newsroom.common.registry import Registry

connectors: Registry[Connector] = Registry("connector")
connectors.add("facebook_page", FacebookPage())
connectors.add("youtube", YouTube())
connectors.add("tiktok", TikTok())
connectors.add("mastodon", Mastodon())
connectors.add("zalo_oa", ZaloOA())
connectors.add("telegram_channel", TelegramChannel())
connectors.add("webhook", Webhook())

logins: Registry[Login | KeyLogin] = Registry("login")
logins.add("facebook_page", FacebookLogin())
logins.add("youtube", GoogleLogin())
logins.add("tiktok", TikTokLogin())
logins.add("mastodon", MastodonLogin())
logins.add("zalo_oa", ZaloLogin())
logins.add("telegram_channel", TelegramLogin())
logins.add("webhook", WebhookLogin())
