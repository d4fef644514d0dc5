"""What people read about the paper's own copy."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SAW = {
    "": "",
    "version": _("The page shows version %s."),
    "gone": _("The page says that the story was withdrawn."),
    "older": _("The page still shows version %s."),
    "no_mark": _("The page does not say which version it shows."),
    "still_there": _("The page is still there."),
    "status": _("The page answers %s."),
    "no_answer": _("The paper does not answer."),
}


def saw_sentence(saw: str, value: str) -> str:
    """What a look saw, in one sentence."""
    words = str(SAW.get(saw, ""))
    return words % value if "%s" in words else words
