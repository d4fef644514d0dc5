"""Glue: videos in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import path
from django.utils.html import format_html
from wagtail import hooks

from newsroom.media.videos import views
from newsroom.media.videos.viewsets import VideoViewSet, video_chooser_viewset


@hooks.register("register_admin_urls")
def video_urls() -> list[Any]:
    """Addresses of the upload and of a video's own acts."""
    return [
        path("video-uploads/", views.start, name="video_start"),
        path("video-uploads/<uuid:key>/", views.upload, name="video_chunk"),
        path("video/<int:pk>/state/", views.state, name="video_state"),
        path("video/<int:pk>/poster/", views.poster, name="video_poster"),
        path("video/<int:pk>/again/", views.again, name="video_again"),
    ]


@hooks.register("register_admin_viewset")
def videos() -> VideoViewSet:
    """Video."""
    return VideoViewSet("videos")


@hooks.register("register_admin_viewset")
def video_chooser() -> Any:
    """The chooser of the story editor."""
    return video_chooser_viewset


@hooks.register("insert_global_admin_css")
def video_css() -> str:
    """Style of the upload and of a video's page."""
    return format_html('<link rel="stylesheet" href="{}">', static("media/videos.css"))
