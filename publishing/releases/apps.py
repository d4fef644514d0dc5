from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReleasesConfig(AppConfig):
    """The one door: publish now, at a time, withdraw."""

    name = "publishing.releases"
    label = "publishing_releases"
    verbose_name = _("Releases")

    def ready(self) -> None:
        """Hold named revisions and offer the acts of publication on the desk page."""
        from newsroom.pages.registry import revision_holders
        from publishing.releases import actions, demo
        from publishing.releases.marks import marks_of
        from publishing.releases.selectors import names_revision
        from publishing.releases.services import cancel_for_revoked
        from publishing.workflow.registry import job_marks, revocation_listeners

        revision_holders.add("releases", names_revision)
        job_marks.add("releases", marks_of)
        revocation_listeners.add("releases", cancel_for_revoked)
        actions.register()
        demo.register()
