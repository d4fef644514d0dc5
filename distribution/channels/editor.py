"""The editor's tab "Đăng đa nền tảng": a row a channel with its own text, and the posts as they will look."""

from __future__ import annotations

import json
from typing import Any

from asgiref.local import Local
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, ObjectList, Panel

from distribution.channels.enums import AccountState
from distribution.channels.matchers import format_of
from distribution.channels.models import Account
from distribution.channels.rights import row_problems, sendable
from distribution.channels.routing import follow, offered_rows, plain_rows
from distribution.channels.selectors import accounts_for_editor, capabilities_of
from distribution.connectors.registry import connectors
from newsroom.articles.models import ArticlePage

_READ = Local()  # the channels as the form that is drawn in this thread found them
VIDEO_ONLY = {"data-video-only": ""}  # channels.js shows these for channels of videos


class AccountSelect(forms.Select):
    """The newsroom's channels by name, read when the form is drawn, with each one's limit for the counter and whether it takes videos."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Fill in the choices; a key that is no channel any more stays visible."""
        accounts: list[Account] = getattr(_READ, "accounts", None) or list(accounts_for_editor())
        known = [(account.key, _label(account)) for account in accounts]
        if value and value not in dict(known):
            known.append((value, str(value)))
        self.choices = known
        able = {account.key: capabilities_of(account) for account in accounts if account.kind in connectors}
        data = {
            "data-limits": json.dumps({key: can.text_limit for key, can in able.items()}), "data-units": json.dumps({key: can.text_unit for key, can in able.items()}),
            "data-comments": json.dumps([key for key, can in able.items() if can.has_comments]), "data-links": json.dumps([key for key, can in able.items() if can.link_places]),
            "data-media": json.dumps([key for key, can in able.items() if can.picture_limit and not can.needs_video]),
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
            """Previews and counters; each beside its channel, with what is wrong beside its field; the rules again."""

            js = ["channels/body.js", "channels/channels.js", "channels/beside.js", "channels/rules.js"]


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
        FieldPanel("media", attrs={"data-offered": "media"}),
        FieldPanel("link_place", attrs={"data-offered": "links"}),
        FieldPanel("hashtags"),
        FieldPanel("first_comment", widget=forms.Textarea(attrs={"rows": 2}), attrs={"data-offered": "comments"}),
        FieldRowPanel([FieldPanel("timing"), FieldPanel("after_minutes", attrs={"data-timing": "after"}), FieldPanel("at", attrs={"data-timing": "at"})]),
    ]
    rows = InlinePanel("channel_texts", label=pgettext_lazy("channel", "channel"), heading=gettext_lazy("Channel texts"), panels=panels)
    return ObjectList([rows, PreviewPanel()], heading=gettext_lazy("Multi-channel publishing"))


def offer_ready_channels(page: Any, **_kwargs: Any) -> None:
    """A new story gets a row for each channel that is ready, as the routing rules say (Wagtail's `init_new_page`)."""
    if isinstance(page, ArticlePage):
        page.channel_texts = offered_rows(page)


def start(story: ArticlePage, user: Any) -> None:
    """Read the channels once for the whole form; a new story wants no channel that the person may not choose."""
    _READ.accounts = list(accounts_for_editor())
    if story.pk is None:
        allowed = sendable(user, _READ.accounts)
        for row in story.channel_texts.all():
            row.wanted = row.wanted and row.account_key in allowed


def check(before: ArticlePage, form: Any, user: Any) -> list[str]:
    """Rows of channels that are not the person's to choose stay as they were, whatever a browser sends."""
    formset = form.formsets.get("channel_texts")
    if formset is None:
        return []
    rows = [one.instance for one in formset.forms if one.instance.account_key and not (formset.can_delete and formset._should_delete_form(one))]
    return row_problems(before=plain_rows(before.channel_texts.all()), after=plain_rows(rows), user=user)


def finish(story: ArticlePage, before: ArticlePage, user: Any) -> None:
    """The rules that fit the story as it is now, where nobody has touched the tab."""
    if format_of(before) != format_of(story) or any(getattr(before, name) != getattr(story, name) for name in ("main_section_id", "kicker")):
        follow(story=story, before=before, user=user)
