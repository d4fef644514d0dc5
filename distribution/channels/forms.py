"""Forms of the channels."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from distribution.connectors.logins import KeyField, KeyLogin


class KeyForm(forms.Form):
    """The named fields of a platform that is connected with keys."""

    def __init__(self, *args: Any, login: KeyLogin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in login.fields:
            self.fields[field.name] = _field(field)
            self.fields[field.name].required = field.required and not self.initial.get(field.name)

    def clean(self) -> dict[str, Any]:
        """What was left empty and the rehearsal platform told is taken from there."""
        data = super().clean() or {}
        return {name: value or self.initial.get(name, "") for name, value in data.items()}


def _field(field: KeyField) -> forms.CharField:
    """A line of text; a secret one is not written back into the page but where a rehearsal platform told it."""
    attrs = {"autocomplete": "off", "spellcheck": "false"}
    widget = forms.PasswordInput(attrs={**attrs, "autocomplete": "new-password"}) if field.secret else forms.TextInput(attrs=attrs)
    help_text = _(field.help) if field.help else ""
    return forms.CharField(label=_(field.label), help_text=help_text, required=field.required, max_length=field.longest, widget=widget)
