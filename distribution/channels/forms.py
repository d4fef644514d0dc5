"""Forms of the channels."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from wagtail.images.widgets import AdminImageChooser

from distribution.channels.models import Account
from distribution.connectors.logins import KeyField, KeyLogin
from newsroom.accounts.models import User


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


class AccountForm(forms.ModelForm):
    """What the register of official channels holds of one channel. Its key, platform and id come from the log-in and stay."""

    class Meta:
        model = Account
        fields = ["name", "page_address", "mark_text", "mark_image", "opened_on", "notice_number", "person_responsible", "unit"]
        widgets = {"opened_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), "mark_image": AdminImageChooser}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["person_responsible"]
        people.queryset = User.objects.filter(is_active=True).order_by("full_name", "username")
        people.label_from_instance = lambda user: user.display_name

    def clean_page_address(self) -> str:
        """A web address that readers can open."""
        address = str(self.cleaned_data["page_address"])
        if address and not address.startswith(("https://", "http://")):
            raise forms.ValidationError(_("Write the whole address, beginning with https://."))
        return address
