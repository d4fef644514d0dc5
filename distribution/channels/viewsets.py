"""The screens of units, rights and routing rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from distribution.channels.models import ChannelRight, RoutingRule, Unit
from distribution.channels.registry import rule_kinds
from newsroom.common.text import nfc


class UnitViewSet(ModelViewSet):
    """Communes, departments and other bodies with channels of their own."""

    model = Unit
    name = "channel_units"
    icon = "group"
    menu_label = pgettext_lazy("channel", "Units")
    list_display = ["name"]
    panels = [FieldPanel("name"), FieldPanel("approvers", widget=forms.CheckboxSelectMultiple)]
    copy_view_enabled = False


class ChannelRightViewSet(ModelViewSet):
    """Who may choose a channel, and who may sign with it."""

    model = ChannelRight
    name = "channel_rights"
    icon = "lock"
    menu_label = pgettext_lazy("channel", "Rights")
    list_display = ["account", "group", "user", "may_send", "may_approve"]
    list_filter = ["account"]
    form_fields = ["account", "group", "user", "may_send", "may_approve"]
    copy_view_enabled = False


class RuleForm(WagtailAdminModelForm):
    """A rule of a kind that there is, with a value that the kind knows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(key, kind.label) for key, kind in rule_kinds.items()]
        self.fields["kind"] = forms.ChoiceField(label=self.fields["kind"].label, choices=kinds)
        values = [(kind.label, kind.values()) for _key, kind in rule_kinds.items()]
        self.fields["value"] = forms.ChoiceField(label=self.fields["value"].label, choices=[("", "–"), *values], help_text=self.fields["value"].help_text, required=False)
        written = forms.CharField(label=pgettext_lazy("routing", "or words of the topic"), max_length=120, required=False, help_text=gettext_lazy("For a rule by topic: words of the kicker."))
        kind = self.instance.kind if self.instance.pk else ""
        if kind in rule_kinds and rule_kinds.get(kind).free:
            written.initial, self.initial["value"] = self.instance.value, ""
        self.fields["words"] = written
        self.order_fields(["kind", "value", "words"])

    def clean(self) -> dict[str, Any]:
        """The value must be one of the chosen kind. Raises ValidationError."""
        data = super().clean() or {}
        kind = str(data.get("kind") or "")
        if kind in rule_kinds and rule_kinds.get(kind).free:
            data["value"] = nfc(data.get("words") or "").strip()
            if not data["value"]:
                raise ValidationError({"words": _("Write the words of the topic.")})
        elif kind in rule_kinds and data.get("value") not in dict(rule_kinds.get(kind).values()):
            raise ValidationError({"value": _("Choose a value of this kind.")})
        return data


class RoutingRuleViewSet(ModelViewSet):
    """Which stories go to which channels unless somebody says otherwise."""

    model = RoutingRule
    name = "channel_rules"
    icon = "redirect"
    menu_label = pgettext_lazy("routing", "Routing rules")
    list_display = ["kind", "value", "account", "position", "active"]
    list_filter = ["account", "active"]
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> Any:
        """The form that knows the kinds of rules."""
        meta = type("Meta", (), {"model": RoutingRule, "fields": ["kind", "value", "account", "text", "position", "active"]})
        return type("RoutingRuleForm", (RuleForm,), {"Meta": meta})


class ChannelSettings(ModelViewSetGroup):
    """Units, rights and rules, in one place of the menu."""

    menu_label = gettext_lazy("Channel settings")
    menu_icon = "cogs"
    menu_order = 810
    add_to_settings_menu = True
    add_to_admin_menu = False
    items = (UnitViewSet, ChannelRightViewSet, RoutingRuleViewSet)
