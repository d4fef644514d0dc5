"""The editor's tab "Đăng đa nền tảng": a row a channel with its own text, and the posts as they will look."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.panels import FieldPanel, InlinePanel, ObjectList, Panel

from distribution.channels.enums import AccountState
from distribution.channels.models import Account
from distribution.channels.selectors import accounts_for_editor, capabilities_of, ready_accounts
from distribution.connectors.registry import connectors
from newsroom.articles.models import ArticlePage, ChannelText

VIDEO_ONLY = {"data-video-only": ""}  # channels.js shows these for channels of videos


class AccountSelect(forms.Select):
    """The newsroom's channels by name, read when the form is drawn, with each one's limit for the counter and whether it takes videos."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Fill in the choices; a key that is no channel any more stays visible."""
        accounts = list(accounts_for_editor())
        known = [(account.key, _label(account)) for account in accounts]
        if value and value not in dict(known):
            known.append((value, str(value)))
        self.choices = known
        able = {account.key: capabilities_of(account) for account in accounts if account.kind in connectors}
        data = {
            "data-limits": json.dumps({key: can.text_limit for key, can in able.items()}), "data-in-bytes": json.dumps([key for key, can in able.items() if can.text_unit == "bytes"]),
            "data-videos": json.dumps([key for key, can in able.items() if can.needs_video]),
        }  # fmt: skip
        return super().get_context(name, value, {**(attrs or {}), **data})


def _label(account: Account) -> str:
    parts = [account.name, *([_("rehearsal")] if account.rehearsal else [])]
    if account.state != AccountState.READY:
        parts.append(account.get_state_display())
    return " · ".join(str(part) for part in parts)


class PreviewPanel(Panel):
    """Where the previews appear; channels.js fills it."""

    class BoundPanel(Panel.BoundPanel):
        """One place for each story."""

        template_name = "distribution/channels/preview_panel.html"

        class Media:
            """The module that keeps previews and counters up to date."""

            js = ["channels/channels.js"]


def channels_tab() -> ObjectList:
    """The tab itself."""
    text = forms.Textarea(attrs={"rows": 5, "data-channel-text": ""})
    panels = [
        FieldPanel("account_key", widget=AccountSelect),
        FieldPanel("wanted"),
        FieldPanel("title", attrs=dict(VIDEO_ONLY)),
        FieldPanel("text", widget=text, help_text=gettext_lazy("Empty: the lead of the story.")),
        FieldPanel("tags", attrs=dict(VIDEO_ONLY)),
        FieldPanel("privacy", attrs=dict(VIDEO_ONLY)),
    ]
    rows = InlinePanel("channel_texts", label=pgettext_lazy("channel", "channel"), heading=gettext_lazy("Channel texts"), panels=panels)
    return ObjectList([rows, PreviewPanel()], heading=gettext_lazy("Multi-channel publishing"))


def offer_ready_channels(page: Any, **_kwargs: Any) -> None:
    """A new story gets a row for each channel that is ready; one that takes videos only is left for a person to tick (Wagtail's `init_new_page`)."""
    if isinstance(page, ArticlePage):
        page.channel_texts = [ChannelText(account_key=account.key, wanted=not capabilities_of(account).needs_video) for account in ready_accounts()]
