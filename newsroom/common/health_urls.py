"""Addresses of the machine's health."""

from django.urls import path

from newsroom.common import health_views

urlpatterns = [path("live", health_views.live, name="health_live"), path("ready", health_views.ready, name="health_ready")]
