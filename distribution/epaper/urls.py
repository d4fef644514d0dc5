"""One address at the root of the paper's host."""

from django.urls import path

from distribution.epaper import views

urlpatterns = [path("<str:name>.txt", views.key_file, name="indexnow_key")]
