"""The search page's address."""

from django.urls import path

from publishing.archive import views

urlpatterns = [path("tim-kiem/", views.search_page, name="search")]
