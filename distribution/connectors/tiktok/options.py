"""What a person may set on an account."""

from __future__ import annotations

from distribution.connectors.options import Option, Type, gap


def _(sentence: str) -> str:
    """Mark for translation; connectors know no Django."""
    return sentence


OPTIONS = (
    Option("direct_post", Type.YES_NO, _("Posts appear by themselves"), False, _("No: each post is a draft that a person finishes in the TikTok app. Yes: only where TikTok has audited our application and the channel was connected with that permission.")),
    Option("photos.address", Type.ADDRESS, _("Address that TikTok fetches pictures from"), "", _("An own address that TikTok has verified as ours, for example https://anh.songba.example/tiktok. Empty: stories without a video do not go to TikTok.")),
    Option("ai_made", Type.YES_NO, _("Mark posts as made with AI"), False),
    Option("own_business", Type.YES_NO, _("Mark posts as promoting the paper itself"), False),
    gap(0),
)
