from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    """The paper's accounts on the platforms, and the tab of the story editor that writes for them."""

    name = "distribution.channels"
    label = "distribution_channels"
    verbose_name = _("Channels")

    def ready(self) -> None:
        """Join the story editor, the approval and the demo."""
        from wagtail.signals import init_new_page

        from distribution.channels import demo, editor
        from distribution.channels.previews import texts_panel
        from distribution.channels.selectors import approval_problems
        from distribution.renditions.corrections import notice_of_correction
        from distribution.renditions.registry import notices
        from newsroom.articles.registry import editor_tabs
        from newsroom.common.demo import register_step
        from publishing.workflow.registry import approval_checks, desk_panels

        editor_tabs.add("channels", editor.channels_tab)
        approval_checks.add("channels", approval_problems)
        desk_panels.add("channels", texts_panel)
        notices.add("corrections", notice_of_correction)
        init_new_page.connect(editor.offer_ready_channels, dispatch_uid="offer_ready_channels")
        register_step("channels", order=demo.ORDER, title=demo.TITLE, run=demo.connect_channels)
