"""Forms of the channels."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from wagtail.images.widgets import AdminImageChooser

from distribution.channels.models import Account
from distribution.channels.options import MISSING, default_of, in_words, options_of, value_at
from distribution.connectors.logins import KeyField, KeyLogin
from distribution.connectors.options import Option, Type
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


class OptionsForm(forms.Form):
    """How a channel posts: one field for each option of its kind. An empty one holds the default, which stands beside it."""

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, prefix="option", **kwargs)
        self.options = options_of(account)
        for option in self.options:
            default = default_of(account, option)
            self.fields[option.name] = _option_field(option, default=in_words(option, default) if default != "" else "")
            value = value_at(account.settings or {}, option)
            self.initial[option.name] = "" if value is MISSING else _as_typed(option, value)

    def clean(self) -> dict[str, Any]:
        """Values as the settings hold them, None for the default; what must be larger than another is."""
        data = super().clean() or {}
        values = {option.name: _as_kept(option, data.get(option.name)) for option in self.options}
        for option in self.options:
            other = next((other for other in self.options if other.name == option.above), None)
            if other and not self.errors and _or_default(option, values) <= _or_default(other, values):
                self.add_error(option.name, _("Must be later than “%(other)s”.") % {"other": _(other.label)})
        return values

    @property
    def values(self) -> list[tuple[Option, Any]]:
        """What was sent."""
        return [(option, self.cleaned_data[option.name]) for option in self.options]


def _or_default(option: Option, values: dict[str, Any]) -> Any:
    return option.default if values[option.name] is None else values[option.name]


def _as_typed(option: Option, value: Any) -> str:
    if option.type == Type.YES_NO:
        return "yes" if value else "no"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _as_kept(option: Option, value: Any) -> Any:
    if value in (None, ""):
        return None
    return value == "yes" if option.type == Type.YES_NO else value


def _option_field(option: Option, *, default: str) -> forms.Field:
    """The field, with its limits and the default in words."""
    standard = _("Default: %(value)s.") % {"value": default} if default else ""
    help_text = f"{_(option.help) if option.help else ''} {standard}".strip()
    label = f"{_(option.label)} ({_(option.unit)})" if option.unit else _(option.label)
    more: dict[str, Any] = {"label": label, "help_text": help_text, "required": False}
    if option.type in (Type.YES_NO, Type.CHOICE):
        choices = (("yes", "Yes"), ("no", "No")) if option.type == Type.YES_NO else option.choices
        more["help_text"] = _(option.help) if option.help else ""
        return forms.ChoiceField(choices=[("", _("Default (%(value)s)") % {"value": default}), *((key, _(text)) for key, text in choices)], **more)
    if option.type == Type.NUMBER:
        values = {"least": number_format(option.least, force_grouping=True), "most": number_format(option.most, force_grouping=True)}
        wrong = _("Write a whole number from %(least)s to %(most)s.") % values
        messages = dict.fromkeys(("invalid", "min_value", "max_value"), wrong)
        return forms.IntegerField(min_value=option.least, max_value=option.most, error_messages=messages, widget=forms.NumberInput(attrs={"inputmode": "numeric"}), **more)
    return forms.CharField(max_length=option.longest, validators=[_TextOf(option)], widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}), **more)


class _TextOf:
    """A text that its option takes."""

    def __init__(self, option: Option) -> None:
        self.option = option

    def __call__(self, value: str) -> None:
        """Raises ValidationError."""
        if self.option.type == Type.ADDRESS:
            URLValidator(schemes=["https", "http"], message=_("Write the whole address, beginning with https://."))(value)
            if "?" in value or "#" in value:
                raise forms.ValidationError(_("Write the address without a question mark and without #."))
        elif self.option.pattern and not re.fullmatch(self.option.pattern, value):
            raise forms.ValidationError(_("This is not as expected. %(help)s") % {"help": _(self.option.help) if self.option.help else ""})
