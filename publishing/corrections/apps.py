from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CorrectionsConfig(AppConfig):
    """Mend, clarify, correct, withdraw, kill: acts of their own beside publication, and the requests that lead to them."""

    name = "publishing.corrections"
    label = "publishing_corrections"
    verbose_name = _("Corrections")

    def ready(self) -> None:
        """Stand beside the words that are signed, follow publications, tell people, offer the acts on the desk page."""
        from wagtail.permissions import register_permission_policy

        from newsroom.pages.registry import revision_holders
        from publishing.corrections import actions, demo, models, permissions, selectors, services
        from publishing.corrections.marks import marks_of
        from publishing.corrections.panels import desk_panel
        from publishing.corrections.terms import ensure_terms
        from publishing.corrections.told import TELLER
        from publishing.deposit.registry import signatures
        from publishing.events.registry import subscribers
        from publishing.releases.registry import kinds_of_update, publication_listeners
        from publishing.workflow.registry import desk_panels, job_marks, signer_checks, words_beside

        revision_holders.add("corrections", selectors.names_revision)
        words_beside.add("notice", selectors.words_beside)
        signer_checks.add("corrections", services.reasons_against_signer)
        kinds_of_update.add("corrections", selectors.kind_of_update)
        publication_listeners.add("corrections", services.follow_publication)
        signatures.add("notice", selectors.notice_of_event)
        subscribers.add("corrections", TELLER)
        desk_panels.add("corrections", desk_panel)
        job_marks.add("corrections", marks_of)
        for model in (models.Partner, models.LegalTerm):
            register_permission_policy(model, permissions.LeadersPolicy(model), exact_class=True)
        post_migrate.connect(ensure_terms, sender=self, dispatch_uid="corrections_terms")
        actions.register()
        demo.register()
