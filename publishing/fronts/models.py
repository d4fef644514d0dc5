"""Stories that an editor placed on the front by hand."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from newsroom.articles.models import ArticlePage
from newsroom.common import clock

PLACES = 12


class FrontPick(models.Model):
    """One chosen story: its place from the top, and until when. It shows only while the story is live."""

    story = models.OneToOneField(ArticlePage, on_delete=models.CASCADE, related_name="front_pick", verbose_name=pgettext_lazy("front layout", "story"))
    position = models.PositiveSmallIntegerField(
        pgettext_lazy("front layout", "place"), default=1, validators=[MinValueValidator(1), MaxValueValidator(PLACES)],
        help_text=_("1 is the lead of the front, 2 to 6 stand beside it."),
    )
    until = models.DateTimeField(pgettext_lazy("front layout", "until"), null=True, blank=True, help_text=_("Leave empty to keep it until it is taken off."))
    picked_at = models.DateTimeField(pgettext_lazy("front layout", "placed at"), auto_now_add=True)
    picked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=pgettext_lazy("front layout", "placed by"))

    class Meta:
        verbose_name = _("chosen story")
        verbose_name_plural = _("chosen stories")
        ordering = ["position", "-picked_at"]
        constraints = [models.CheckConstraint(condition=Q(position__gte=1) & Q(position__lte=PLACES), name="front_pick_place_from_1_to_12")]

    def clean(self) -> None:
        """Refuse a story that readers cannot open yet."""
        super().clean()
        errors: dict[str, Any] = {}
        if self.story_id and not self.story.live:
            errors["story"] = _("Only a published story can stand on the front.")
        if self.until and self.until <= clock.now():
            errors["until"] = _("This moment is past. Choose a later one or leave the field empty.")
        if errors:
            raise ValidationError(errors)

    def __str__(self) -> str:
        return f"{self.position}. {self.story}"
