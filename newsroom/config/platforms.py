"""Where the real platforms are. One variable moves a whole platform, the others move one part of it (its log-in, its tokens, its host for videos)."""

from __future__ import annotations

from urllib.parse import urlsplit

from newsroom.config import env

FACEBOOK, FACEBOOK_DIALOG, FACEBOOK_VIDEO = "https://graph.facebook.com", "https://www.facebook.com", "https://graph-video.facebook.com"
YOUTUBE, GOOGLE_DIALOG, GOOGLE_TOKEN = "https://youtube.googleapis.com", "https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token"
TIKTOK, TIKTOK_DIALOG = "https://open.tiktokapis.com", "https://www.tiktok.com/v2/auth/authorize/"
ZALO, ZALO_DIALOG = "https://openapi.zalo.me", "https://oauth.zaloapp.com"
TELEGRAM = "https://api.telegram.org"
USUAL = frozenset({FACEBOOK, FACEBOOK_DIALOG, FACEBOOK_VIDEO, YOUTUBE, GOOGLE_DIALOG, GOOGLE_TOKEN, TIKTOK, TIKTOK_DIALOG, ZALO, ZALO_DIALOG, TELEGRAM})
Addresses = dict[str, dict[str, str]]


def addresses() -> Addresses:
    """By kind of channel: `address` (the interface), `dialog` (the log-in in the browser), `token`, `video` where these have hosts of their own."""
    facebook = env.base("FACEBOOK_ADDRESS", default=FACEBOOK, doc="Where Facebook's Graph API is.")
    youtube = env.base("YOUTUBE_ADDRESS", default=YOUTUBE, doc="Where the YouTube Data API is.")
    tiktok = env.base("TIKTOK_ADDRESS", default=TIKTOK, doc="Where TikTok's interface is.")
    zalo = env.base("ZALO_ADDRESS", default=ZALO, doc="Where the interface of Zalo's Official Accounts is.")
    telegram = env.base("TELEGRAM_ADDRESS", default=TELEGRAM, doc="Where Telegram's Bot API is; a Bot API server of the newsroom's own takes larger videos.")
    return {
        "facebook_page": {
            "address": facebook,
            "dialog": _part("FACEBOOK_DIALOG_ADDRESS", FACEBOOK_DIALOG, of=(facebook, FACEBOOK, ""), doc="Where the browser goes to log in at Facebook."),
            "video": _part("FACEBOOK_VIDEO_ADDRESS", FACEBOOK_VIDEO, of=(facebook, FACEBOOK, ""), doc="Where Facebook takes videos."),
        },
        "youtube": {
            "address": youtube,
            "dialog": _part("GOOGLE_DIALOG_ADDRESS", GOOGLE_DIALOG, of=(youtube, YOUTUBE, "/o/oauth2/v2/auth"), doc="Where the browser goes to log in at Google."),
            "token": _part("GOOGLE_TOKEN_ADDRESS", GOOGLE_TOKEN, of=(youtube, YOUTUBE, "/token"), doc="Where Google gives tokens."),
        },
        "tiktok": {
            "address": tiktok,
            "dialog": _part("TIKTOK_DIALOG_ADDRESS", TIKTOK_DIALOG, of=(tiktok, TIKTOK, "/v2/auth/authorize/"), doc="Where the browser goes to log in at TikTok."),
        },
        "zalo_oa": {
            "address": zalo,
            "dialog": _part("ZALO_DIALOG_ADDRESS", ZALO_DIALOG, of=(zalo, ZALO, ""), doc="Where Zalo has its log-in and gives tokens."),
        },
        "telegram_channel": {"address": telegram},
    }


def _part(name: str, usual: str, *, of: tuple[str, str, str], doc: str) -> str:
    """A part of a platform: where the whole was moved to, it is below that address."""
    whole, usual_whole, path = of
    return env.base(name, default=usual if whole == usual_whole else f"{whole}{path}", doc=f"{doc} Where the interface was moved: below its address.")


def origins(found: Addresses) -> dict[str, tuple[str, ...]]:
    """Exactly the origins that the guard lets pass for a kind, public or not: those that were set, never the platform's own."""
    return {kind: tuple(sorted({_origin(address) for address in places.values() if address not in USUAL})) for kind, places in found.items()}


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
