"""The forms of take-down requests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from newsroom.articles.models import ArticlePage
from newsroom.common.errors import NewsroomError
from publishing.corrections.actions import received_field
from publishing.corrections.enums import Decision, RequestKind
from publishing.corrections.requests import check_document


class RequestForm(forms.Form):
    """What came in."""

    story_number = forms.IntegerField(label=_("Number of the story"), min_value=1, max_value=2**31 - 1, help_text=_("It ends the story's address, after the letter a."))
    kind = forms.ChoiceField(label=_("Who asks"), choices=RequestKind.choices)
    requester = forms.CharField(label=_("Name of who asks"), max_length=200)
    contact = forms.CharField(label=_("Contact"), max_length=200, required=False)
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=500)
    received_at = received_field()
    document = forms.FileField(label=_("The letter (PDF or DOCX)"), required=False)

    def clean_story_number(self) -> ArticlePage:
        """The story that has this number and was once published."""
        story = ArticlePage.objects.filter(pk=self.cleaned_data["story_number"], first_published_at__isnull=False).first()
        if story is None:
            raise ValidationError(_("Readers never saw a story with this number."))
        return story

    def clean_document(self) -> Any:
        """A letter and nothing else."""
        document = self.cleaned_data.get("document")
        if document:
            try:
                check_document(document)
            except NewsroomError as error:
                raise ValidationError(str(error)) from None
        return document


class DecisionForm(forms.Form):
    """What is decided, and why."""

    decision = forms.ChoiceField(label=_("Decision"), choices=[(value, label) for value, label in Decision.choices if value != Decision.OPEN])
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    public_reason = forms.CharField(label=_("Reason for readers"), max_length=500, required=False)
    number = forms.CharField(label=_("To kill: type the story's number again"), max_length=20, required=False)
