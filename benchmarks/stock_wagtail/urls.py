"""Wagtail's own routing."""

from django.urls import include, path
from wagtail import urls

urlpatterns = [path("", include(urls))]
