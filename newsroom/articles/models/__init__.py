"""Stories, sections and the pages that hold them. Import from here."""

from newsroom.articles.models.article import ArticlePage
from newsroom.articles.models.relations import Byline, ChannelText
from newsroom.articles.models.section import HomePage, SectionPage, StoryYear

__all__ = ["ArticlePage", "Byline", "ChannelText", "HomePage", "SectionPage", "StoryYear"]
