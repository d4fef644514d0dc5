"""Signing in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Django's form, whose labels are translated (Wagtail's calls the field "Password" in every language), with "remember me"."""

    remember = forms.BooleanField(required=False)
    error_messages = {**AuthenticationForm.error_messages, "invalid_login": _("User name and password do not match. Try again; capital letters count.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs["autofocus"] = ""

    @property
    def extra_fields(self) -> Iterator[Any]:
        """None; the log-in page asks."""
        return iter(())
