"""Addresses for platforms: they call us, and fetch pictures."""

from django.urls import path

from distribution.deliveries import platform_views

urlpatterns = [
    path("hooks/<slug:kind>/", platform_views.hook, name="platform_hook"),
    path("channel-pictures/<slug:marker>/<slug:key>/<slug:proof>.jpg", platform_views.picture, name="channel_picture"),
]
