"""The form of an act on the desk page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from publishing.workflow.registry import ActData, DeskAction


class ActForm(forms.Form):
    """The version and digest that the person saw; a reason or a time where the act wants one."""

    revision_id = forms.IntegerField(widget=forms.HiddenInput)
    digest = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    due_at = forms.DateTimeField(
        label=_("Time of publication"), required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"],
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M:%S", attrs={"type": "datetime-local", "step": "1"}),
    )  # fmt: skip

    def __init__(self, *args: Any, action: DeskAction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, auto_id=f"{action.key}-%s")
        self.action = action
        self.fields.update({name: make() for name, make in action.fields.items()})
        if not action.wants_reason:
            del self.fields["reason"]
        if not action.wants_time:
            del self.fields["due_at"]

    def clean(self) -> dict[str, Any]:
        """Ask for what the act wants."""
        data = super().clean() or {}
        if self.action.wants_reason and not (data.get("reason") or "").strip():
            raise ValidationError(_("Say why: the reason goes to the writer and stays in the history."))
        if self.action.wants_time and not data.get("due_at"):
            raise ValidationError(_("Choose the day and the time."))
        return data

    def own_fields(self) -> list[forms.BoundField]:
        """The fields that only this act has."""
        return [self[name] for name in self.action.fields]

    def act_data(self) -> ActData:
        """What the act receives."""
        data = self.cleaned_data
        return ActData(revision_id=data["revision_id"], digest=data["digest"], reason=data.get("reason", ""), due_at=data.get("due_at"), more={name: data.get(name) for name in self.action.fields})


