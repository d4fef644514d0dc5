"""Pictures, documents and videos, with their credits and rights. Import from here."""

from newsroom.media.models.images import NewsDocument, NewsImage, NewsRendition
from newsroom.media.models.video import NewsVideo, VideoCaption

__all__ = ["NewsDocument", "NewsImage", "NewsRendition", "NewsVideo", "VideoCaption"]
