"""One address of the paper's host, for platforms only."""

from django.urls import re_path

from distribution.renditions.gate import PATH, picture

urlpatterns = [re_path(rf"^{PATH}(?P<key>image-[0-9]{{1,18}})-(?P<proof>[0-9a-f]{{40}})\.jpg$", picture, name="channel_picture")]
