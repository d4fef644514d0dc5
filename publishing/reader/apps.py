from django.apps import AppConfig


class PublishingReaderConfig(AppConfig):
    """The paper as readers see it: front, sections, stories, authors, feeds, sitemaps."""

    name = "publishing.reader"
    label = "publishing_reader"

    def ready(self) -> None:
        from newsroom.articles.registry import bulk_steps
        from publishing.corrections.registry import notice_listeners
        from publishing.events.registry import subscribers
        from publishing.reader import checks, demo, signals  # noqa: F401
        from publishing.reader.pages.subscriber import PAGES, take_batch, take_notice

        subscribers.add("pages", PAGES)
        notice_listeners.add("pages", take_notice)
        bulk_steps.add("pages", take_batch)
        demo.register()
