"""The form behind the story editor, with the parts that higher layers take in it."""

from __future__ import annotations

import copy
from typing import Any

from wagtail.admin.forms.pages import WagtailAdminPageForm

from newsroom.articles.registry import story_form_steps


class StoryForm(WagtailAdminPageForm):
    """Wagtail's form; the checks of higher layers run on the server, whatever a browser sends."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        story, user = kwargs.get("instance"), kwargs.get("for_user")
        if story is not None and user is not None:
            for _name, step in story_form_steps.items():
                step.start(story, user)
        self.before = _kept(story)
        super().__init__(*args, **kwargs)

    def is_valid(self) -> bool:
        """Fields and rows first, then what higher layers say."""
        if not super().is_valid():
            return False
        if self.for_user is not None:
            for _name, step in story_form_steps.items():
                for sentence in step.check(self.before, self, self.for_user):
                    self.add_error(None, sentence)
        return not self.errors

    def save(self, commit: bool = True) -> Any:
        """The story as the form says, and as higher layers complete it."""
        story = super().save(commit=False)
        if self.for_user is not None:
            for _name, step in story_form_steps.items():
                step.finish(story, self.before, self.for_user)
        if commit:
            story.save()
        return story


def _kept(story: Any) -> Any:
    """The story before the form changes it, its rows of channels with it."""
    if story is None:
        return None
    before = copy.copy(story)
    before._cluster_related_objects = {"channel_texts": [copy.copy(row) for row in story.channel_texts.all()]}
    before._state = copy.copy(story._state)
    before._state.fields_cache = dict(story._state.fields_cache)
    return before
