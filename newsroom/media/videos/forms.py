"""What is asked about a video before its first byte is sent."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from newsroom.common.text import nfc
from newsroom.media.models import NewsVideo

WORDS = ("title", "caption", "credit", "source", "licence")


class VideoWordsForm(forms.ModelForm):
    """Title, caption, credit, source, licence."""

    class Meta:
        model = NewsVideo
        fields = WORDS
        widgets = {"caption": forms.Textarea(attrs={"rows": 3})}

    def clean(self) -> dict[str, Any]:
        """Text in one Unicode form."""
        cleaned = super().clean() or {}
        return {name: nfc(value).strip() if isinstance(value, str) else value for name, value in cleaned.items()}


class StartForm(forms.Form):
    """The file that is announced."""

    name = forms.CharField(label=_("name of the file"), max_length=1000, strip=False)
    size = forms.IntegerField(label=pgettext_lazy("video", "size"), min_value=0, max_value=2**53)
    modified = forms.IntegerField(label=pgettext_lazy("video", "last change"), required=False, min_value=0, max_value=2**53)
    sha256 = forms.CharField(label=pgettext_lazy("video", "checksum"), required=False, max_length=64)

    def clean_sha256(self) -> str:
        """64 hexadecimal signs, or nothing."""
        value: str = self.cleaned_data["sha256"]
        if value and not re.fullmatch(r"[0-9a-fA-F]{64}", value):
            raise forms.ValidationError(_("A checksum is 64 hexadecimal signs."))
        return value

    def clean_modified(self) -> int:
        """Not said is 0."""
        return self.cleaned_data["modified"] or 0
