"""What tests of deliveries stand on: an account on a scripted platform, stories, events, and a clock that tests move."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from distribution.channels.models import Account
from distribution.channels.services import connect_account
from distribution.connectors.base import Credential
from distribution.deliveries import services
from distribution.deliveries.models import Delivery
from distribution.deliveries.subscribers import take
from newsroom.articles.models import ArticlePage
from newsroom.pages.guard import door_open
from publishing.events.enums import EventKind
from publishing.events.models import StoryEvent
from publishing.events.services import record_event
from tests.factories.newsroom import make_story
from tests.fakes.connector import KIND, ScriptedPlatform, WorkerDies

_numbers = itertools.count(1)


class Newsroom:
    """Publishes stories and runs workers by hand."""

    def __init__(self, platform: ScriptedPlatform) -> None:
        self.platform = platform
        self.now = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
        self.account = self.new_account()
        self.rung: list[str] = []

    def clock(self) -> datetime:
        """Every reading is a little later, as on a real clock."""
        self.now += timedelta(milliseconds=10)
        return self.now

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def new_account(self, **settings: Any) -> Account:
        number = next(_numbers)
        return connect_account(
            kind=KIND, name=f"Kênh {number}", remote_id=f"r{number}", address="https://social.example", credential=Credential("token"), rehearsal=False, actor=None,
            now=self.now, key=f"kenh-{number}", settings=settings,
        )  # fmt: skip

    def story(self, text: str = "Lời dẫn", *, accounts: tuple[Account, ...] = ()) -> ArticlePage:
        return make_story(channels={account.key: text for account in accounts or (self.account,)}, live=True)

    def event(self, story: ArticlePage, kind: EventKind = EventKind.PUBLISHED, *, text: str | None = None, wanted: bool = True, comment: str | None = None, taken: bool = True) -> StoryEvent:
        """A change of the story, taken by deliveries in its own transaction; or not yet."""
        page = ArticlePage.objects.get(pk=story.pk)
        with transaction.atomic():
            revision = page.live_revision or page.latest_revision
            if text is not None:
                version = page.latest_revision.as_object()
                for row in version.channel_texts.all():
                    row.text, row.wanted, row.first_comment = text, wanted, row.first_comment if comment is None else comment
                version.channel_texts = list(version.channel_texts.all())
                revision = version.save_revision()
                with door_open():
                    revision.publish(skip_permission_checks=True)
            event = record_event(story=page, kind=kind, revision=revision, actor=None, now=self.clock())
            if taken:
                take(event=event, now=self.clock())
        return event

    def take(self, event: StoryEvent) -> None:
        """Deliveries take an event that waited."""
        with transaction.atomic():
            take(event=event, now=self.clock())

    def publish(self, text: str = "Lời dẫn", **options: Any) -> Delivery:
        """A published story's delivery to the one account."""
        story = self.story(text, **options)
        self.event(story)
        return Delivery.objects.get(story=story)

    def work(self, delivery: Delivery) -> Delivery:
        """One worker takes the delivery, and may die."""
        try:
            services.work(delivery_id=delivery.pk, clock=self.clock)
        except WorkerDies:
            pass
        delivery.refresh_from_db()
        return delivery

    def tick(self, seconds: float = 0) -> None:
        """Time passes, beat runs: sweep, relay, and every worker that is called works."""
        self.later(seconds)
        services.sweep(now=self.clock())
        for delivery_id in services.relay(now=self.clock()):
            try:
                services.work(delivery_id=delivery_id, clock=self.clock)
            except WorkerDies:
                continue

    def run_until_quiet(self, *, seconds: float = 30, rounds: int = 40) -> None:
        for _ in range(rounds):
            self.tick(seconds)
