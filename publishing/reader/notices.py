"""Notices of correction as readers see them: under a lead, in the column on the front, on /cai-chinh/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from newsroom.articles.addresses import story_path
from newsroom.articles.models import ArticlePage
from publishing.corrections.enums import NoticeKind
from publishing.corrections.models import Notice
from publishing.corrections.selectors import plain_notice, title_of

PATH = "/cai-chinh/"


@dataclass(frozen=True)
class NoticeView:
    """One notice. `story_headline` and `section` are those under which the story came out."""

    id: int
    grave: bool
    title: str
    published_at: datetime | None
    text: str
    false_text: str
    corrected_text: str
    apology: str
    document: str
    document_date: object
    plain: str
    story_id: int
    story_headline: str = ""
    story_path: str = ""
    section: str = ""
    story_published_at: datetime | None = None

    @property
    def path(self) -> str:
        """Its entry on /cai-chinh/."""
        return f"{PATH}#cc-{self.id}"


def view(notice: Notice, *, story: ArticlePage | None = None) -> NoticeView:
    """A published notice; with its story where it stands away from it (the words of the revision that carried it, a link while it is live)."""
    shown = notice.story if story is None and notice.kind == NoticeKind.CORRECT else story
    grave = notice.kind == NoticeKind.CORRECT
    return NoticeView(
        id=notice.pk, grave=grave, title=title_of(notice), published_at=notice.published_at, text=notice.text, false_text=notice.false_text,
        corrected_text=notice.corrected_text, apology=notice.apology, document=notice.authority_document, document_date=notice.authority_date, plain=plain_notice(notice),
        story_id=notice.story_id, story_headline=shown.title if shown else "", story_path=story_path(shown) if shown and shown.live else "",
        section=shown.main_section.title if shown and shown.main_section else "", story_published_at=shown.first_published_at if shown else None,
    )  # fmt: skip
