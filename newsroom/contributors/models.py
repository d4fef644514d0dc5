"""People who are credited: a contributor is a person, a pen name is what readers see under a story."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from newsroom.common.text import nfc, slugify_vi


class Contributor(ClusterableModel):
    """A person who writes, photographs or draws. `name` is the real name and is never shown to readers."""

    name = models.CharField(_("real name"), max_length=120)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="contributor", verbose_name=_("account"))
    bio = models.TextField(_("about the author, for readers"), blank=True, max_length=600)

    class Meta:
        verbose_name = _("contributor")
        verbose_name_plural = _("contributors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PenName(models.Model):
    """A name in a byline. Two people never share one."""

    contributor = ParentalKey(Contributor, on_delete=models.PROTECT, related_name="pen_names", verbose_name=_("contributor"))
    name = models.CharField(_("pen name"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("pen name")
        verbose_name_plural = _("pen names")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        """The readable part of the author page's address; the id beside it is what counts."""
        return slugify_vi(self.name) or "tac-gia"

    def clean(self) -> None:
        """Keep names in one Unicode form, so that equal names are equal."""
        self.name = nfc(self.name).strip()

    def natural_key(self) -> tuple[Any, ...]:
        """Fixtures name a pen name by itself."""
        return (self.name,)
