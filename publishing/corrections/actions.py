"""The acts beside publication, as forms of the story's desk page, in grades: mend, clarify, correct, withdraw, kill."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.accounts.roles import DESK, has_role
from newsroom.articles.models import ArticlePage
from publishing.corrections import removals, selectors, services
from publishing.corrections.enums import NoticeKind, Trigger
from publishing.workflow.enums import LOCKED, StoryState
from publishing.workflow.registry import ActData, DeskAction, desk_actions
from publishing.workflow.selectors import can_sign

WHEN = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M"]


def _area(label: Any, *, rows: int = 3, most: int = 2000, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), help_text=help_text)


def _line(label: Any, *, most: int = 200, help_text: Any = "", required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=required, help_text=help_text)


def received_field() -> forms.DateTimeField:
    """When something came in, on the newsroom's clock."""
    return forms.DateTimeField(
        label=_("Received at"), required=False, input_formats=WHEN, help_text=_("Empty: now. The deadline runs from here."),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )  # fmt: skip


MENDED = {"text": lambda: _area(_("What was mended"), most=500, help_text=_("Stays in the history; readers see “updated”."))}
CLARIFIED = {"text": lambda: _area(_("Notice for readers"), help_text=_("Stands under the lead, with the date."))}
CORRECTED = {
    "trigger": lambda: forms.ChoiceField(label=_("Reason for the correction"), choices=Trigger.choices),
    "authority_document": lambda: _line(_("Number of the document"), most=120),
    "authority_date": lambda: forms.DateField(
        label=_("Date of the document"), required=False, input_formats=["%Y-%m-%d", "%d/%m/%Y"], widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    ),
    "false_text": lambda: _area(_("What was wrong, quoted"), most=4000),
    "corrected_text": lambda: _area(_("What is right"), most=4000),
    "apology": lambda: _area(_("Apology")),
    "party": lambda: _line(_("Party concerned")),
    "party_mail": lambda: forms.EmailField(label=_("Mail of the party"), required=False),
    "tells_partners": lambda: forms.BooleanField(label=_("Tell the partners who republish"), required=False, initial=True),
    "received_at": received_field,
}
PUBLIC = {"public_reason": lambda: _line(_("Reason for readers"), most=500, help_text=_("Optional: stands on the address of the story."))}
EXPLAINED = {"public_reason": lambda: _line(_("Reason for readers"), most=500, help_text=_("Takes the place of what stands there; empty: none."))}
KILLED = {"number": lambda: _line(_("Type the story's number again"), most=20, required=True, help_text=_("It ends the story's address, after the letter a.")), **PUBLIC}


def _preparing(kind: NoticeKind) -> Any:
    def perform(*, story: ArticlePage, actor: User, data: ActData, now: datetime) -> None:
        words = services.NoticeText(**{name: value for name, value in data.more.items() if value is not None})
        services.prepare_notice(story=story, kind=kind, words=words, actor=actor, now=now)

    return perform


def _may_prepare(kind: NoticeKind) -> Any:
    """The desk, for what readers saw, while no notice waits; only a correction where they no longer see it."""

    def may(*, story: ArticlePage, state: StoryState, user: User, now: datetime) -> bool:
        shown = story.live or (kind == NoticeKind.CORRECT and story.first_published_at is not None)
        return shown and state not in LOCKED and has_role(user, *DESK) and selectors.waiting_notice(story) is None

    return may


def _may_drop(*, story: ArticlePage, state: StoryState, user: User, now: datetime) -> bool:
    notice = selectors.waiting_notice(story) if has_role(user, *DESK) and state not in LOCKED else None
    return notice is not None and (notice.kind != NoticeKind.CORRECT or can_sign(user, now=now))


def _drop(*, story: ArticlePage, actor: User, data: ActData, now: datetime) -> None:
    services.drop_notice(story=story, actor=actor, reason=data.reason, now=now)


def _may_sign_alone(*, story: ArticlePage, state: StoryState, user: User, now: datetime) -> bool:
    if story.live or not can_sign(user, now=now):
        return False
    notice = selectors.waiting_notice(story)
    return notice is not None and notice.author_id != user.pk


def _sign_alone(*, story: ArticlePage, actor: User, data: ActData, now: datetime) -> None:
    services.sign_alone(story=story, actor=actor, revision_id=data.revision_id, digest=data.digest, now=now)


def _may_withdraw(*, story: ArticlePage, state: StoryState, user: User, now: datetime) -> bool:
    return story.live and can_sign(user, now=now)


def _withdraw(*, story: ArticlePage, actor: User, data: ActData, now: datetime) -> None:
    removals.withdraw(story=story, actor=actor, reason=data.reason, public_reason=data.more.get("public_reason") or "", now=now)


def _may_kill(*, story: ArticlePage, state: StoryState, user: User, now: datetime) -> bool:
    return story.live and selectors.may_kill(user, now=now)


def _kill(*, story: ArticlePage, actor: User, data: ActData, now: datetime) -> None:
    more = data.more
    removals.kill(story=story, actor=actor, number=more.get("number") or "", reason=data.reason, public_reason=more.get("public_reason") or "", now=now)


def _may_explain(*, story: ArticlePage, state: StoryState, user: User, now: datetime) -> bool:
    return not story.live and can_sign(user, now=now) and selectors.removal_of(story.pk) is not None


def _explain(*, story: ArticlePage, actor: User, data: ActData, now: datetime) -> None:
    removals.explain(story=story, actor=actor, public_reason=data.more.get("public_reason") or "", now=now)


FIX, CLARIFY, CORRECT = NoticeKind.FIX, NoticeKind.CLARIFY, NoticeKind.CORRECT
WAITS = _("Written down: it goes out with the story's next version, once that is signed.")
ACTIONS = [
    DeskAction("fix", FIX.label, _may_prepare(FIX), _preparing(FIX), WAITS, fields=MENDED),
    DeskAction("clarify", CLARIFY.label, _may_prepare(CLARIFY), _preparing(CLARIFY), WAITS, fields=CLARIFIED),
    DeskAction("correct", CORRECT.label, _may_prepare(CORRECT), _preparing(CORRECT), _("Written down: another person signs it. Its clock runs."), fields=CORRECTED),
    DeskAction(
        "sign_notice", _("Sign and publish the correction"), _may_sign_alone, _sign_alone, _("The correction stands in its column."), "primary",
        help=_("Your signature is put under exactly the correction below. The story stays away from readers."),
    ),
    DeskAction("drop_notice", _("Drop the notice"), _may_drop, _drop, _("The notice is dropped."), wants_reason=True),
    DeskAction(
        "withdraw", _("Withdraw"), _may_withdraw, _withdraw, _("Withdrawn: its address now says so, and copies on the channels are deleted."), "danger",
        wants_reason=True, fields=PUBLIC,
    ),
    DeskAction(
        "kill", _("Kill"), _may_kill, _kill, _("Killed: readers no longer see it, copies on the channels are being deleted."), "danger", wants_reason=True, fields=KILLED,
        help=_("At once, without waiting for anything. Only the editor-in-chief may publish it again."),
    ),
    DeskAction("explain", _("Tell readers why"), _may_explain, _explain, _("The address of the story says so now."), fields=EXPLAINED),
]  # fmt: skip


def register() -> None:
    """Add the acts to the desk page."""
    for action in ACTIONS:
        desk_actions.add(action.key, action)
