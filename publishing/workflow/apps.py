from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowConfig(AppConfig):
    """From the writer's desk to a signature: states, steps, approvals of exact words, four eyes."""

    name = "publishing.workflow"
    label = "publishing_workflow"
    verbose_name = _("Workflow")

    def ready(self) -> None:
        """Hold named revisions, lock stories by state, tell who is called when something is wrong, offer the desk's acts."""
        from newsroom.articles.registry import bulk_steps, story_locks
        from newsroom.pages.registry import revision_holders
        from publishing.deposit.registry import signatures
        from publishing.events.registry import alarm_recipients
        from publishing.workflow import actions, demo
        from publishing.workflow.bulk import write_desks
        from publishing.workflow.locks import find_lock
        from publishing.workflow.selectors import names_revision, people_on_call
        from publishing.workflow.signatures import signatures_of

        revision_holders.add("workflow", names_revision)
        story_locks.add("workflow", find_lock)
        alarm_recipients.add("on_call", people_on_call)
        bulk_steps.add("workflow", write_desks)
        signatures.add("desk", signatures_of)
        actions.register()
        demo.register()
