"""The custom user: made before the first migrate, in an app that Wagtail's migrations may depend on."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person of the newsroom. `display_name` is how colleagues see them; bylines come from pen names, not from here."""

    full_name = models.CharField(_("full name"), max_length=120, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    @property
    def display_name(self) -> str:
        """The name that colleagues read: full name, else family and given name, else the log-in name."""
        return self.full_name or f"{self.last_name} {self.first_name}".strip() or self.username

    def get_full_name(self) -> str:
        """Family name first, as Vietnamese names are said."""
        return self.display_name
