from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    """The paper's accounts on the platforms, and the tab of the story editor that writes for them."""

    name = "distribution.channels"
    label = "distribution_channels"
    verbose_name = _("Channels")

    def ready(self) -> None:
        """Join the story editor, the approval and the demo."""
        from wagtail.permissions import register_permission_policy
        from wagtail.signals import init_new_page

        from distribution.channels import demo, editor, matchers
        from distribution.channels.models import ChannelRight, RoutingRule, Unit
        from distribution.channels.permissions import ChannelPolicy
        from distribution.channels.previews import texts_panel
        from distribution.channels.rights import signer_problems
        from distribution.channels.selectors import approval_problems
        from distribution.connectors.registry import logins
        from distribution.renditions.corrections import notice_of_correction
        from distribution.renditions.registry import notices
        from newsroom.articles.registry import StoryFormStep, editor_tabs, story_form_steps
        from newsroom.common.demo import register_step
        from newsroom.common.health import demo_platforms
        from publishing.workflow.registry import approval_checks, desk_panels, signer_checks

        editor_tabs.add("channels", editor.channels_tab)
        story_form_steps.add("channels", StoryFormStep(editor.start, editor.check, editor.finish))
        matchers.register()
        approval_checks.add("channels", approval_problems)
        signer_checks.add("channels", signer_problems)
        desk_panels.add("channels", texts_panel)
        notices.add("corrections", notice_of_correction)
        init_new_page.connect(editor.offer_ready_channels, dispatch_uid="offer_ready_channels")
        for channel in demo.POSTED:
            demo_platforms.add(logins.get(channel.kind).rehearsal, channel.key)
        register_step("channels", order=demo.ORDER, title=demo.TITLE, run=demo.connect_channels)
        for model in (Unit, ChannelRight, RoutingRule):
            register_permission_policy(model, ChannelPolicy(model), exact_class=True)
