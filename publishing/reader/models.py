"""What the law wants on every page, in one object that an administrator fills in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting


@register_setting(icon="home", order=10)
class PaperSettings(BaseSiteSetting):
    """The nameplate and the imprint (Press Law, article 46: name, governing body, domain, licence, address, head of the agency)."""

    name = models.CharField(_("name of the paper"), max_length=120, blank=True)
    governing_line = models.CharField(_("line under the nameplate"), max_length=200, blank=True, help_text=_("Whose paper this is, as it stands under the name."))
    governing_body = models.CharField(_("governing body"), max_length=160, blank=True)
    licence_number = models.CharField(_("licence number"), max_length=80, blank=True)
    licence_date = models.DateField(_("licence date"), null=True, blank=True)
    licence_issuer = models.CharField(_("licence issued by"), max_length=160, blank=True)
    editor_in_chief = models.CharField(_("full name of the editor-in-chief"), max_length=120, blank=True)
    address = models.CharField(_("address of the newsroom"), max_length=250, blank=True)
    phone = models.CharField(pgettext_lazy("masthead", "telephone"), max_length=40, blank=True)
    hotline = models.CharField(_("hotline"), max_length=40, blank=True)
    email = models.EmailField(pgettext_lazy("masthead", "e-mail"), blank=True)
    domain = models.CharField(_("domain name"), max_length=120, blank=True, help_text=_("As readers know it: baosongba.example"))
    sample_data = models.BooleanField(_("sample data"), default=False, help_text=_("Every page then says that people, places and figures are invented."))

    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("governing_line"), FieldPanel("governing_body"), FieldPanel("domain")], heading=_("Nameplate")),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("licence_number"), FieldPanel("licence_date")]), FieldPanel("licence_issuer"), FieldPanel("editor_in_chief")],
            heading=_("Licence"),
        ),
        MultiFieldPanel([FieldPanel("address"), FieldRowPanel([FieldPanel("phone"), FieldPanel("hotline")]), FieldPanel("email")], heading=pgettext_lazy("masthead", "Newsroom")),
        FieldPanel("sample_data"),
    ]

    class Meta:
        verbose_name = _("masthead and imprint")

    def __str__(self) -> str:
        return self.name or str(_("masthead and imprint"))


class StoredPage(models.Model):
    """One page in the store: what it showed when it was rendered. `dirty_at`: something of it has changed since, so it is rendered again;
    `late`: only what stands around, or only with time, so that everything else goes before."""

    address = models.CharField(max_length=240, unique=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    has_context = models.BooleanField(default=False)
    rendered_at = models.DateTimeField(null=True, blank=True)
    dirty_at = models.DateTimeField(null=True, blank=True)
    late = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["late", "dirty_at"], name="stored_page_dirty", condition=models.Q(dirty_at__isnull=False)),
            models.Index(fields=["rendered_at"], name="stored_page_rendered"),
        ]

    def __str__(self) -> str:
        return self.address


class PageKey(models.Model):
    """That a stored page shows something: as its content (new within a second) or around it (ten minutes)."""

    # No constraint: one process may take the page's row away while another writes what it shows; a row that is left over finds no page.
    page = models.ForeignKey(StoredPage, on_delete=models.CASCADE, related_name="keys", db_constraint=False)
    key = models.CharField(max_length=60)
    context = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "key"], name="page_key_once")]
        indexes = [models.Index(fields=["key", "context", "page"], name="page_key_by_key")]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.key}"


class PageTouch(models.Model):
    """That something which pages show has changed: a page whose rendering began before and ended after is rendered again."""

    keys = models.JSONField(default=list)
    touched_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.touched_at}: {len(self.keys)}"
