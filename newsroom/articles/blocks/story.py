"""The body of a story."""

from __future__ import annotations

from wagtail import blocks

from newsroom.articles.blocks.media import EmbedBlock, ImageBlock, VideoBlock
from newsroom.articles.blocks.text import INLINE, BoxBlock, HeadingBlock, ParagraphBlock, QuoteBlock


class StoryBody(blocks.StreamBlock):
    """Paragraphs, headings, pictures, videos, quotes, boxes, embeds: in the order in which readers meet them."""

    paragraph = ParagraphBlock(features=[*INLINE, "ul", "ol"])
    heading = HeadingBlock(max_length=160)
    image = ImageBlock()
    video = VideoBlock()
    quote = QuoteBlock()
    box = BoxBlock()
    embed = EmbedBlock()
