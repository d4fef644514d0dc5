"""Blocks of the story body, a file per family."""

from newsroom.articles.blocks.story import StoryBody

__all__ = ["StoryBody"]
