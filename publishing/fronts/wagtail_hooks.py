"""Places in the admin."""

from __future__ import annotations

from wagtail import hooks

from publishing.fronts.viewsets import FrontPickViewSet


@hooks.register("register_admin_viewset")
def front_layout() -> FrontPickViewSet:
    """The screen of the front."""
    return FrontPickViewSet()
