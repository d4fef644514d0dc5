"""What must hold whatever happens (knowledge/channels.md 19.5): any order of events, crashes, lost answers, repeated messages, expired leases."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from distribution.channels import services as channels
from distribution.channels.enums import AccountState
from distribution.channels.models import Account
from distribution.connectors.base import Credential, FailureClass, Payload, Published
from distribution.deliveries import outcomes, services
from distribution.deliveries.enums import DEAD, TRANSITIONS, DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.deliveries.planning import TakeDownInFlight
from distribution.deliveries.steps import Walk
from newsroom.articles.models import ArticlePage
from publishing.events.enums import REMOVES, EventKind
from publishing.events.models import StoryEvent
from tests.distribution.deliveries.stage import Newsroom
from tests.distribution.deliveries.whole import Whole
from tests.fakes.connector import (
    ScriptedPlatform,
    WorkerDies,
    dies_after_sending,
    dies_before_sending,
    failure,
    loses_the_answer,
    never_arrives,
    scripted_platform,
)

pytestmark = pytest.mark.database
S, F, K = DeliveryState, FailureClass, EventKind
KINDS = {"safe": F.TRANSIENT_SAFE, "rate": F.RATE, "auth": F.AUTH_DEAD, "content": F.CONTENT, "hold": F.HOLD, "lost": F.AMBIGUOUS}
COUNTED = {kind.value for kind in (F.TRANSIENT_SAFE, F.AMBIGUOUS, F.PROCESSING, F.BUG, F.GONE)}


class Deliveries(RuleBasedStateMachine):
    """One account, a few stories, and a platform that does its worst."""

    @initialize()
    def begin(self) -> None:
        self.block = transaction.atomic()
        self.block._from_testcase = True  # type: ignore[attr-defined]  # durable blocks may stand inside it
        self.block.__enter__()
        self.scripted = scripted_platform()
        self.platform: ScriptedPlatform = self.scripted.__enter__()
        self.newsroom = Newsroom(self.platform)
        self.platform.before_commit = self.look_at_the_commit
        self.stories: list[ArticlePage] = []
        self.wrong: list[str] = []
        self.words = 0
        self.hashes: dict[str, str] = {}
        self.ring, services.ring = services.ring, lambda ids: None  # type: ignore[assignment]
        self.publish()

    def publish(self) -> None:
        self.words += 1
        self.stories.append(self.newsroom.story(f"lời {self.words}"))
        self.newsroom.event(self.stories[-1])

    def teardown(self) -> None:
        if not hasattr(self, "block"):
            return
        try:
            self.everything_comes_to_an_end()
        finally:
            services.ring = self.ring  # type: ignore[assignment]
            self.scripted.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    # What the newsroom does
    @precondition(lambda self: len(self.stories) < 4)
    @rule()
    def a_story_is_published(self) -> None:
        self.publish()

    @rule(kind=st.sampled_from([K.UPDATED, K.WITHDRAWN]), which=st.integers(0, 3))
    def something_happens_to_a_story(self, kind: Any, which: int) -> None:
        self.words += 1
        story = self.stories[which % len(self.stories)]
        shown = self.last_kind(story) not in REMOVES
        if kind == K.WITHDRAWN and shown:
            self.newsroom.event(story, K.WITHDRAWN)
        elif kind == K.UPDATED:
            with suppress(TakeDownInFlight):  # the outbox brings the event again
                self.newsroom.event(story, K.UPDATED if shown else K.PUBLISHED, text=f"lời {self.words}")

    def last_kind(self, story: ArticlePage) -> str:
        return StoryEvent.objects.filter(story=story).order_by("-version").values_list("kind", flat=True)[0]

    # What the platform and the machines do
    @rule(what=st.sampled_from(["lost", "never", "dies_before", "dies_after", "safe", "rate", "auth", "content", "hold", "bug", "slow"]), then_works=st.booleans())
    def the_next_commit_goes_wrong(self, what: str, then_works: bool) -> None:
        steps: dict[str, Any] = {
            "lost": loses_the_answer, "never": never_arrives, "dies_before": dies_before_sending, "dies_after": dies_after_sending, "bug": self.breaks, "slow": self.answers_late,
        }  # fmt: skip
        self.platform.will("commit", steps.get(what) or failure(KINDS[what], retry_after=60))
        if then_works:
            self.newsroom.tick(5)

    @rule(call=st.sampled_from(["stage", "lookup", "update", "delete"]), what=st.sampled_from(["safe", "rate", "lost", "dies_before", "slow"]))
    def another_call_goes_wrong(self, call: str, what: str) -> None:
        if call == "stage" and what in ("dies_before", "slow"):
            self.platform.will("stage", self.dies if what == "dies_before" else self.sleeps)
        elif what in KINDS and (what != "lost" or call in ("update", "delete")):
            self.platform.will(call, failure(KINDS[what], retry_after=60))

    def dies(self) -> None:
        raise WorkerDies

    def breaks(self, platform: ScriptedPlatform, payload: Payload) -> None:
        raise RuntimeError("boom")

    def sleeps(self) -> None:
        """Staging takes longer than the lease; meanwhile others take over."""
        self.newsroom.tick(200)

    def answers_late(self, platform: ScriptedPlatform, payload: Payload) -> Published:
        """The post is made, the answer comes after the lease: meanwhile others have looked."""
        answer = platform.post(payload)
        self.newsroom.tick(200)
        return answer

    @rule(which=st.integers(0, 20))
    def a_message_arrives(self, which: int) -> None:
        ids = list(Delivery.objects.order_by("id").values_list("pk", flat=True))
        if ids:
            self.newsroom.work(Delivery.objects.get(pk=ids[which % len(ids)]))

    @rule(seconds=st.sampled_from([0, 1, 5, 40, 100, 1000]))
    def time_passes(self, seconds: int) -> None:
        self.newsroom.tick(seconds)

    @precondition(lambda self: Account.objects.filter(state=AccountState.NEEDS_RECONNECT).exists())
    @rule()
    def somebody_connects_the_channel_again(self) -> None:
        self.reconnect()

    def reconnect(self) -> None:
        account = Account.objects.get(pk=self.newsroom.account.pk)
        channels.store_token(account=account, credential=Credential("mới"), generation=account.generation, now=self.newsroom.clock())

    # What must hold
    def look_at_the_commit(self, payload: Payload) -> None:
        """Called in the middle of the call, where an exception would be taken for a fault of the connector: so it only writes down."""
        row = Delivery.objects.get(pk=payload.marker)
        if (row.state, row.look_owed, row.commit_intent_at is not None) != (S.COMMITTING, True, True):
            self.wrong.append(f"a commit without an intent in the database: {row}")
        if payload.sha256 != row.payload_sha256:
            self.wrong.append(f"something else is sent than was composed: {row}")
        history = [call for call, marker in self.platform.calls if marker == payload.marker]
        if "commit" in history and "lookup" not in history[len(history) - history[::-1].index("commit") :]:
            self.wrong.append(f"a second commit without a look after the first: {row}")

    @invariant()
    def nothing_wrong_was_seen_in_a_call(self) -> None:
        assert getattr(self, "wrong", []) == []

    @invariant()
    def there_is_at_most_one_post_of_a_story(self) -> None:
        if not hasattr(self, "platform"):
            return
        story_of = dict(Delivery.objects.values_list("pk", "story_id"))
        posted = [story_of[post.marker] for post in self.platform.posts.values()]
        assert len(posted) == len(set(posted))

    @invariant()
    def payloads_never_change_and_waits_cost_nothing(self) -> None:
        if not hasattr(self, "platform"):
            return
        for row in Delivery.objects.all():
            assert self.hashes.setdefault(row.pk, row.payload_sha256) == row.payload_sha256 == row.stored_payload.sha256
            counted = row.attempt_log.filter(outcome__in=COUNTED).count()
            crashes = row.commits
            assert row.attempts <= counted + crashes, "only failed tries count"

    def everything_comes_to_an_end(self) -> None:
        self.platform.script.clear()
        self.reconnect()
        Account.objects.update(gate_until=None, state=AccountState.READY)
        for _ in range(40):
            self.newsroom.tick(400)
            if not self.open_rows():
                break
        assert not self.open_rows()
        self.nothing_wrong_was_seen_in_a_call()
        self.there_is_at_most_one_post_of_a_story()
        for story in self.stories:
            self.the_channel_agrees_with_the_paper(story)

    def open_rows(self) -> list[str]:
        rows = Delivery.objects.exclude(state__in=[S.PUBLISHED, S.FAILED, *DEAD]).exclude(operation=Operation.UPDATE, original__state=S.FAILED)
        return [str(row) for row in rows]

    def the_channel_agrees_with_the_paper(self, story: ArticlePage) -> None:
        markers = set(Delivery.objects.filter(story=story, operation=Operation.PUBLISH).values_list("pk", flat=True))
        posts = [post.text for post in self.platform.posts.values() if post.marker in markers]
        if Delivery.objects.filter(story=story, state=S.FAILED).exists():
            return  # a person has been asked
        if self.last_kind(story) in REMOVES:
            assert posts == [], "nothing of a withdrawn story stays"
        elif posts:
            assert posts == [self.newest_text(story)]

    def newest_text(self, story: ArticlePage) -> str:
        event = StoryEvent.objects.filter(story=story).order_by("-version").first()
        assert event is not None
        return event.revision.as_object().channel_texts.first().text


def test_whatever_happens_a_story_is_posted_at_most_once_and_ends_as_the_paper_says(db: Any) -> None:
    run_state_machine_as_test(
        Deliveries, settings=settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    )


def test_every_state_has_its_row_in_the_table_and_the_last_ones_lead_nowhere() -> None:
    assert set(TRANSITIONS) == set(DeliveryState)
    assert {state for state, targets in TRANSITIONS.items() if not targets} == {S.PUBLISHED, S.CANCELLED, S.EXPIRED}
    assert S.READY not in TRANSITIONS[S.COMMITTING], "a commit that was started never goes back to the beginning"
    assert S.READY not in TRANSITIONS[S.VERIFYING]


def test_whatever_happens_to_a_whole_newsroom_nothing_is_doubled_and_nothing_is_lost(db: Any) -> None:
    """A share of `make prove ONLY=invariants`, always the same one."""
    run_state_machine_as_test(
        Whole, settings=settings(max_examples=4, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=(Phase.generate,))
    )


def test_the_whole_newsroom_sees_a_planted_double(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit that is repeated without the look that it owes: a machine that does not see it proves nothing."""
    monkeypatch.setattr(Walk, "_verify", lambda walk, target: outcomes.proved_absent(walk.delivery, now=walk.clock()))
    monkeypatch.setattr(Walk, "_paid_the_look", lambda walk, target: True)
    newsroom: Any = Whole()
    try:
        newsroom.begin()
        newsroom.the_next_commit_goes_wrong("lost", 0)
        for _minute in range(4):
            newsroom.tick(100)
        assert newsroom.wrong or newsroom.doubled()
    finally:
        newsroom.wrong.clear()
        newsroom.leave()
