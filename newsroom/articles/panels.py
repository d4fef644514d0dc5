"""The story editor: what is written, how it is shown, what is for colleagues; further tabs come from higher layers."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface

from newsroom.articles.models import ArticlePage
from newsroom.articles.registry import editor_tabs


def content_panels() -> list[Any]:
    """What readers read."""
    return [
        FieldPanel("kicker"),
        FieldPanel("title", heading=_("Headline"), help_text=" "),
        FieldPanel("lead"),
        MultiFieldPanel([FieldPanel("main_image"), FieldPanel("main_image_caption")], heading=_("Main picture")),
        FieldPanel("main_video", heading=_("Main video")),
        FieldPanel("body"),
        InlinePanel("bylines", heading=_("Bylines"), label=_("Byline"), panels=[FieldRowPanel([FieldPanel("pen_name"), FieldPanel("role")])]),
    ]


def information_panels() -> list[Any]:
    """Where it stands, where it comes from, how it is found."""
    return [
        MultiFieldPanel([FieldPanel("main_section", widget=forms.Select), FieldPanel("other_sections", widget=forms.CheckboxSelectMultiple)], heading=_("Sections")),
        MultiFieldPanel([FieldPanel("short_headline"), FieldPanel("social_headline"), FieldPanel("seo_title"), FieldPanel("search_description")], heading=_("Headlines elsewhere")),
        MultiFieldPanel([FieldPanel("source"), FieldPanel("ai_use")], heading=_("Source")),
        MultiFieldPanel([FieldPanel("real_author"), FieldPanel("internal_note")], heading=_("For colleagues only")),
    ]


@cache
def story_editor() -> Any:
    """All tabs, bound to the story."""
    tabs = [ObjectList(content_panels(), heading=_("Story")), ObjectList(information_panels(), heading=_("Information"))]
    tabs += [make() for _name, make in editor_tabs.items()]
    return TabbedInterface(tabs).bind_to_model(ArticlePage)
