"""Files of videos for readers."""

from django.urls import re_path

from newsroom.media.videos.serving import serve

urlpatterns = [
    re_path(r"^videos/(?P<key>[0-9a-f]{32})/(?P<name>[a-z]{1,12}-[0-9a-f]{16}\.(?:mp4|jpg|vtt))$", serve, name="video_file"),
]
