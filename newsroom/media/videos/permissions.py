"""Who may do what with videos: those with the right to add may add and change their own; those with the right to change, everybody's."""

from __future__ import annotations

from typing import Any

from wagtail.permission_policies import OwnershipPermissionPolicy

from newsroom.media.models import NewsVideo


class VideoPermissionPolicy(OwnershipPermissionPolicy):
    """Ownership for changing; whoever may add may also look at all and choose."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Looking and choosing go with adding or changing."""
        if action in ("view", "choose"):
            return bool(user.has_perm("newsroom_media.view_newsvideo") or super().user_has_permission(user, "change"))
        return bool(super().user_has_permission(user, action))

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        """The same for one video."""
        if action in ("view", "choose"):
            return self.user_has_permission(user, action)
        return bool(super().user_has_permission_for_instance(user, action, instance))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        """Any of these."""
        return any(self.user_has_permission(user, action) for action in actions)

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        """Everything to look at; to change, what the ownership says."""
        if {"view", "choose"} & set(actions) and self.user_has_permission(user, "view"):
            return NewsVideo.objects.all()
        return super().instances_user_has_any_permission_for(user, actions)


policy = VideoPermissionPolicy(NewsVideo, owner_field_name="uploaded_by")
