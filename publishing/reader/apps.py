from django.apps import AppConfig


class PublishingReaderConfig(AppConfig):
    """The paper as readers see it: front, sections, stories, authors, feeds, sitemaps."""

    name = "publishing.reader"
    label = "publishing_reader"

    def ready(self) -> None:
        from publishing.events.registry import subscribers
        from publishing.reader import checks, demo, signals  # noqa: F401
        from publishing.reader.pages.subscriber import PAGES

        subscribers.add("pages", PAGES)
        demo.register()
