"""The tree: the home page, sections under it, and hidden containers of stories by year."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from newsroom.articles.addresses import RESERVED_SLUGS, section_path
from newsroom.common.text import slugify_vi
from newsroom.pages.models import BasePage


class HomePage(BasePage):
    """The root of the paper. What it shows comes from `publishing.fronts`."""

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["newsroom_articles.SectionPage", "newsroom_articles.StoryYear"]
    max_count = 1
    template = "newsroom/articles/home_page.html"

    class Meta:
        verbose_name = _("front page")

    def get_url_parts(self, request: Any = None) -> tuple[Any, ...] | None:
        """The address of the paper itself."""
        site = self._get_relevant_site_root_paths(request)
        return (site[0].site_id, site[0].root_url, "/") if site else None


class SectionPage(BasePage):
    """A section or, under another, a subsection. Its slug is unique in the whole paper."""

    description = models.TextField(_("description"), blank=True, max_length=300, help_text=_("One sentence for readers and search engines."))
    in_menu_order = models.PositiveSmallIntegerField(_("order in the menu"), default=100)

    content_panels = [FieldPanel("title"), FieldPanel("slug"), FieldPanel("description"), FieldPanel("in_menu_order")]
    promote_panels: list[Any] = []
    settings_panels: list[Any] = []
    parent_page_types = ["newsroom_articles.HomePage", "newsroom_articles.SectionPage"]
    subpage_types = ["newsroom_articles.SectionPage"]
    template = "newsroom/articles/section_page.html"
    show_in_menus_default = True

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Give a section without a slug one without accents."""
        self.slug = slugify_vi(self.slug or self.title)  # type: ignore[has-type]
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        """Refuse a slug that another section or the paper itself uses."""
        super().clean()
        if self.slug in RESERVED_SLUGS or SectionPage.objects.filter(slug=self.slug).exclude(pk=self.pk).exists():
            raise ValidationError({"slug": _("Another page of the paper has this address. Choose another.")})

    def get_url_parts(self, request: Any = None) -> tuple[Any, ...] | None:
        """The section's own short address."""
        roots = self._get_relevant_site_root_paths(request)
        return (roots[0].site_id, roots[0].root_url, section_path(self)) if roots else None


class StoryYear(BasePage):
    """A hidden container: a tree node takes 36⁴ children, and no address shows it."""

    year = models.PositiveSmallIntegerField(unique=True)

    content_panels = [FieldPanel("title")]
    promote_panels: list[Any] = []
    settings_panels: list[Any] = []
    parent_page_types = ["newsroom_articles.HomePage"]
    subpage_types = ["newsroom_articles.ArticlePage"]
    is_creatable = False

    class Meta:
        verbose_name = _("stories of a year")

    def get_url_parts(self, request: Any = None) -> tuple[Any, ...] | None:
        """No address."""
        return None
