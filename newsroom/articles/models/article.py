"""The story."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.search import index

from newsroom.articles.addresses import story_path, story_slug
from newsroom.articles.blocks import StoryBody
from newsroom.articles.enums import AiUse
from newsroom.articles.forms import StoryForm
from newsroom.articles.registry import story_locks
from newsroom.common.text import nfc
from newsroom.pages.fields import BodyField
from newsroom.pages.models import BasePage


class ArticlePage(BasePage):
    """A story. `title` is the headline. Where it stands in the paper is `main_section`, not its place in the tree."""

    kicker = models.CharField(_("kicker"), max_length=60, blank=True, help_text=_("A few words above the headline."))
    short_headline = models.CharField(_("short headline"), max_length=90, blank=True, help_text=_("For small places; empty: the headline."))
    social_headline = models.CharField(_("social headline"), max_length=120, blank=True, help_text=_("For link cards on social networks; empty: the headline."))
    lead = models.TextField(_("lead"), max_length=600, help_text=_("The sapo: at most about 50 words."))
    main_image = models.ForeignKey(
        "newsroom_media.NewsImage", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("main picture")
    )
    main_image_caption = models.CharField(_("caption in this story"), max_length=500, blank=True)
    main_video = models.ForeignKey(
        "newsroom_media.NewsVideo", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("main video"),
        help_text=_("Stands above the text instead of the main picture; the picture stays on cards and links."),
    )  # fmt: skip
    body = BodyField(StoryBody(), blank=True, verbose_name=_("body"))
    main_section = models.ForeignKey(
        "newsroom_articles.SectionPage", models.PROTECT, null=True, related_name="main_stories", verbose_name=_("main section")
    )
    other_sections = ParentalManyToManyField("newsroom_articles.SectionPage", blank=True, related_name="other_stories", verbose_name=_("other sections"))
    real_author = models.ForeignKey(
        "newsroom_contributors.Contributor", models.PROTECT, null=True, blank=True, related_name="stories_written", verbose_name=_("real author"),
        help_text=_("Who really wrote it, for royalties and the four-eyes rule. Never shown to readers."),
    )  # fmt: skip
    source = models.CharField(_("source of the story"), max_length=200, blank=True, help_text=_("As readers see it, when the story is taken over."))
    ai_use = models.CharField(_("use of AI"), max_length=12, choices=AiUse, default=AiUse.NONE)
    internal_note = models.TextField(_("internal note"), blank=True, max_length=4000, help_text=_("For colleagues; never shown to readers."))

    parent_page_types = ["newsroom_articles.StoryYear"]
    subpage_types: list[str] = []
    template = "newsroom/articles/article_page.html"
    base_form_class = StoryForm
    search_fields = [
        *BasePage.search_fields, index.SearchField("lead"), index.SearchField("kicker"), index.FilterField("main_section"),
    ]  # fmt: skip

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        constraints = [models.CheckConstraint(condition=models.Q(ai_use__in=AiUse.values), name="story_ai_use_known")]

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Keep text in one Unicode form and the tree's slug out of people's way; times live in releases, never here."""
        for name in ("title", "kicker", "short_headline", "seo_title", "social_headline", "lead", "source"):
            setattr(self, name, nfc(getattr(self, name) or "").strip())
        if not self.slug:  # type: ignore[has-type]
            self.slug = f"{story_slug(self.title)[:60]}-{secrets.token_hex(4)}"
        self.go_live_at = self.expire_at = None
        super().full_clean(*args, **kwargs)

    def get_url_parts(self, request: Any = None) -> tuple[Any, ...] | None:
        """The address that readers see."""
        roots = self._get_relevant_site_root_paths(request)
        return (roots[0].site_id, roots[0].root_url, story_path(self)) if roots else None

    @classmethod
    def get_edit_handler(cls) -> Any:
        """The editor's tabs; higher layers add theirs, so they are put together on first use."""
        from newsroom.articles.panels import story_editor  # panels load after the models

        return story_editor()

    def get_lock(self) -> Any:
        """The lock of the story's state, else Wagtail's own."""
        for _name, find_lock in story_locks.items():
            if lock := find_lock(self):
                return lock
        return super().get_lock()
