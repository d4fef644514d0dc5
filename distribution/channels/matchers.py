"""The kinds of routing rules: one function each that says whether a story has a value. A new field of the story becomes a kind by one more line in `register`."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from distribution.channels.registry import RuleKind, rule_kinds
from newsroom.articles.models import ArticlePage, SectionPage
from newsroom.common.text import nfc

MANY_PICTURES = 3  # from here on a story is told by its pictures
FORMATS = {"video": pgettext_lazy("routing", "With a video"), "pictures": pgettext_lazy("routing", "A story in pictures"), "text": pgettext_lazy("routing", "Text")}


def sections() -> list[tuple[str, str]]:
    """Sections by the last part of their address."""
    return [(section.slug, section.title) for section in SectionPage.objects.live().order_by("path")]


def in_section(story: ArticlePage, value: str) -> bool:
    """Whether the story's main section is this one or lies under it."""
    return story.main_section_id is not None and story.main_section is not None and _lies_in(story.main_section, value)


def also_in_section(story: ArticlePage, value: str) -> bool:
    """The same for the other sections: what a story is about beside its place in the paper."""
    known = story.pk or "other_sections" in getattr(story, "_cluster_related_objects", {})
    return bool(known) and any(_lies_in(section, value) for section in story.other_sections.all())


def _lies_in(section: SectionPage, slug: str) -> bool:
    return section.slug == slug or SectionPage.objects.ancestor_of(section).filter(slug=slug).exists()


def has_kicker(story: ArticlePage, value: str) -> bool:
    """Whether the line above the headline, by which papers name a topic, has these words."""
    return bool(value) and nfc(value).casefold() in nfc(story.kicker or "").casefold()


def has_format(story: ArticlePage, value: str) -> bool:
    """What carries the story: a video, its pictures, or its words alone."""
    return format_of(story) == value


def format_of(story: ArticlePage) -> str:
    """One of FORMATS."""
    kinds = [block.block_type for block in story.body]
    if story.main_video_id or "video" in kinds:
        return "video"
    return "pictures" if kinds.count("image") >= MANY_PICTURES else "text"


def register() -> None:
    """The kinds that a story has fields for today; place and priority come with theirs."""
    kinds = {
        "section": RuleKind(pgettext_lazy("routing", "Main section"), sections, in_section),
        "also_section": RuleKind(pgettext_lazy("routing", "Other section"), sections, also_in_section),
        "kicker": RuleKind(pgettext_lazy("routing", "Topic (kicker)"), list, has_kicker, free=True),
        "format": RuleKind(pgettext_lazy("routing", "Format"), lambda: [(key, str(label)) for key, label in FORMATS.items()], has_format),
    }
    for key, kind in kinds.items():
        if key not in rule_kinds:
            rule_kinds.add(key, kind)
