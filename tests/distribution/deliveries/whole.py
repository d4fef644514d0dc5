"""A whole newsroom at its worst, for invariants: five accounts that can do different things, people who tell the truth, clocks that jump, pauses, dead keys,
deaths, lost and doubled messages. Hypothesis chooses what happens; the same machine runs short in the suite and long in `make prove`.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from distribution.channels import services as channels
from distribution.channels.enums import AccountState
from distribution.channels.models import Account
from distribution.connectors.base import Credential, FailureClass, Payload, Published
from distribution.deliveries import broadcasts, decisions, pauses, reconciling, records, services
from distribution.deliveries.addresses import DecisionError
from distribution.deliveries.enums import ASKS, COMMENTS, DEAD, DeliveryState, Operation
from distribution.deliveries.lateness import ASKED
from distribution.deliveries.models import Attempt, Delivery, Stray
from distribution.deliveries.planning import TakeDownInFlight
from distribution.renditions.registry import notices
from newsroom.accounts.roles import Role
from newsroom.articles.models import ArticlePage
from newsroom.common.errors import NewsroomError
from publishing.deposit.models import Waiting
from publishing.events.enums import REMOVES, EventKind
from publishing.events.models import Alarm, StoryEvent
from tests.cast import person
from tests.distribution.deliveries.stage import Newsroom
from tests.fakes.connector import (
    ScriptedPlatform,
    WorkerDies,
    dies_after_sending,
    dies_before_sending,
    failure,
    hands_over,
    hands_over_and_loses_the_answer,
    loses_the_answer,
    never_arrives,
    scripted_platform,
)
from tests.luck import Acts, choose

S, F, K, OP = DeliveryState, FailureClass, EventKind, Operation
ACCOUNTS: dict[str, dict[str, Any]] = {
    "whole": {"can_comment": True, "can_refresh_preview": True, "can_broadcast": True},
    "drafts": {"drafts": True, "can_edit": False, "can_delete": False, "can_comment": False},
    "replies": {"can_edit": False, "can_comment": True},
    "fixed": {"can_edit": False, "can_delete": False, "can_comment": False},
    "blind": {"can_lookup": False, "can_comment": False},
}
KINDS = {"safe": F.TRANSIENT_SAFE, "rate": F.RATE, "auth": F.AUTH_DEAD, "content": F.CONTENT, "hold": F.HOLD, "lost": F.AMBIGUOUS, "quota": F.QUOTA, "config": F.CONFIG, "gone": F.GONE}
THEN = (None, 0, 1, 5, 40, 100)  # seconds after which workers run; None: they do not
COMMITS = ("lost", "never", "dies_before", "dies_after", "safe", "rate", "auth", "content", "hold", "quota", "config", "gone", "bug", "slow", "stands", "draft", "draft_lost")
CALLS = ("stage", "lookup", "update", "delete", "check", "find_comment", "refresh_preview")
# What happens, how often beside the others, and what it is told: one of each.
ACTS: Acts = (
    (2, "a_story_is_published", {"then": THEN}),
    (7, "something_happens_to_a_story", {
        "kind": (EventKind.UPDATED, EventKind.UPDATED, EventKind.CORRECTED, EventKind.WITHDRAWN, EventKind.KILLED), "which": tuple(range(4)), "comment": (None, "", "khác"), "taken": (True, True, False), "then": THEN,
    }),
    (3, "an_event_that_waited_is_taken", {"which": tuple(range(4)), "then": THEN}),
    (1, "posting_is_stopped_or_let_go_on", {"scope": ("all", "kind:scripted")}),
    (1, "a_channel_is_stopped_or_let_go_on", {"name": tuple(sorted(ACCOUNTS))}),
    (1, "a_post_goes_to_followers", {"which": tuple(range(4)), "then": THEN}),
    (6, "the_next_commit_goes_wrong", {"what": COMMITS, "then": THEN}),
    (4, "another_call_goes_wrong", {"call": CALLS, "what": ("safe", "rate", "lost", "auth", "dies", "slow"), "then": THEN}),
    (2, "what_follows_a_post_goes_wrong", {"call": ("comment", "broadcast"), "what": ("made_lost", "lost", "made_dies", "dies", "safe", "content", "auth"), "then": THEN}),
    (2, "a_message_arrives_that_nobody_expected", {"which": tuple(range(60))}),
    (6, "time_passes", {"seconds": (0, 1, 5, 40, 100, 1000)}),
    (1, "messages_are_lost", {}),
    (1, "the_clock_jumps", {"seconds": (-3600, -60, 7200, 90_000)}),
    (1, "a_night_passes", {"rounds": (1, 2)}),
    (2, "somebody_connects_the_channels_again", {}),
    (1, "somebody_deletes_a_post_on_the_platform", {"which": tuple(range(10))}),
    (2, "somebody_finishes_a_draft_in_the_app", {"which": tuple(range(10))}),
    (5, "a_person_decides", {"which": tuple(range(10)), "does": (True, False), "then": THEN}),
)  # fmt: skip
# The story is shown and its post ended so: nobody wanted that, it is lost.
NOT_AN_END = frozenset({"withdrawn", "superseded", "shown_again"})


@dataclass
class Tally:
    """What all runs together came to."""

    runs: int = 0
    acts: int = 0
    stories: int = 0
    deliveries: int = 0
    calls: int = 0
    lost: int = 0
    doubled: int = 0


TALLY = Tally()


class Whole(RuleBasedStateMachine):
    """Stories on five accounts of one platform."""

    @initialize()
    def begin(self) -> None:
        self.block = transaction.atomic()
        self.block._from_testcase = True  # type: ignore[attr-defined]  # durable blocks may stand inside it
        self.block.__enter__()
        self.scripted = scripted_platform(can_comment=True, can_refresh_preview=True, can_broadcast=True)
        self.platform: ScriptedPlatform = self.scripted.__enter__()
        self.newsroom = Newsroom(self.platform)
        self.newsroom.account.delete()
        self.accounts = {name: self.newsroom.new_account(**able) for name, able in ACCOUNTS.items()}
        self.chief = person("truong-ban", Role.EDITOR_IN_CHIEF)
        self.platform.before_commit = self.look_at_the_commit
        notices.add("whole", lambda story, event: f"Đã sửa, lần {event.version}." if event and event.kind == K.CORRECTED else "")
        self.stories: list[ArticlePage] = []
        self.untaken: list[StoryEvent] = []  # no order holds among them
        self.wrong: list[str] = []
        self.words = self.step = 0
        self.hashes: dict[str, str] = {}
        self.deleted: set[str] = set()  # markers of posts that somebody took away on the platform
        self.ring, services.ring = services.ring, lambda ids: None  # type: ignore[assignment]
        self.publish()

    def publish(self) -> None:
        self.words += 1
        self.stories.append(self.newsroom.story(f"lời {self.words}", accounts=tuple(self.accounts.values())))
        self.newsroom.event(self.stories[-1], text=f"lời {self.words}", comment=f"mời {self.words}" if self.words % 2 else "")

    def teardown(self) -> None:
        if not hasattr(self, "block"):
            return
        try:
            self.everything_comes_to_an_end()
        finally:
            self.leave()

    def leave(self) -> None:
        """Nothing of it stays."""
        notices.remove("whole")
        services.ring = self.ring  # type: ignore[assignment]
        self.scripted.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @rule(luck=st.integers(0, 2**30))
    def something_happens(self, luck: int) -> None:
        self.step += 1
        name, chosen = choose(ACTS, random.Random(f"{luck} {self.step}"))
        note(f"{name}({', '.join(f'{word}={value!r}' for word, value in chosen.items())})")
        TALLY.acts += 1
        getattr(self, name)(**chosen)

    # What the newsroom does
    def a_story_is_published(self, then: int | None) -> None:
        if len(self.stories) < 4:
            self.publish()
        self.tick(then)

    def tick(self, seconds: int | None) -> None:
        if seconds is not None:
            self.newsroom.tick(seconds)

    def something_happens_to_a_story(self, kind: Any, which: int, comment: str | None, taken: bool, then: int | None) -> None:
        self.words += 1
        story = self.stories[which % len(self.stories)]
        shown = self.last_kind(story) not in REMOVES
        event = None
        if kind in REMOVES and shown:
            event = self.newsroom.event(story, kind, taken=taken)
        elif kind not in REMOVES:
            with suppress(TakeDownInFlight):  # as if it had never been made
                event = self.newsroom.event(story, kind if shown else K.PUBLISHED, text=f"lời {self.words}", comment=comment, taken=taken)
        if event is not None and not taken:
            self.untaken.append(event)
        self.tick(then)

    def an_event_that_waited_is_taken(self, which: int, then: int | None) -> None:
        if self.untaken:
            event = self.untaken.pop(which % len(self.untaken))
            try:
                self.newsroom.take(event)
            except TakeDownInFlight:
                self.untaken.append(event)  # the outbox brings it again
        self.tick(then)

    def last_kind(self, story: ArticlePage) -> str:
        return StoryEvent.objects.filter(story=story).order_by("-version").values_list("kind", flat=True)[0]

    def posting_is_stopped_or_let_go_on(self, scope: str) -> None:
        running = [pause for pause in pauses.open_pauses() if pause.scope == scope]
        if running:
            pauses.resume(number=running[0].pk, actor=self.chief, now=self.newsroom.clock())
        else:
            pauses.pause(scope=scope, reason="thử", actor=self.chief, now=self.newsroom.clock())

    def a_channel_is_stopped_or_let_go_on(self, name: str) -> None:
        account = Account.objects.get(pk=self.accounts[name].pk)
        if account.state == AccountState.READY:
            channels.pause(account=account, actor=self.chief, reason="thử", now=self.newsroom.clock())
        elif account.state == AccountState.PAUSED:
            channels.resume(account=account, actor=self.chief, now=self.newsroom.clock())

    def a_post_goes_to_followers(self, which: int, then: int | None) -> None:
        post = Delivery.objects.filter(story=self.stories[which % len(self.stories)], account=self.accounts["whole"], operation=OP.PUBLISH, state=S.PUBLISHED, removed_at=None).first()
        if post is not None:
            with suppress(NewsroomError):
                broadcasts.start(delivery_id=post.pk, typed=str(post.story_id), actor=self.chief, now=self.newsroom.clock())
        self.tick(then)

    # What the platform and the machines do
    def the_next_commit_goes_wrong(self, what: str, then: int | None) -> None:
        steps: dict[str, Any] = {
            "lost": loses_the_answer, "never": never_arrives, "dies_before": dies_before_sending, "dies_after": dies_after_sending, "bug": self.breaks, "slow": self.answers_late,
            "stands": self.stands_still, "draft": hands_over, "draft_lost": hands_over_and_loses_the_answer,
        }  # fmt: skip
        self.platform.will("commit", steps.get(what) or failure(KINDS[what], retry_after=60))
        self.tick(then)

    def another_call_goes_wrong(self, call: str, what: str, then: int | None) -> None:
        if what in ("dies", "slow"):
            self.platform.will(call, self.dies if what == "dies" else self.sleeps)
        elif what != "lost" or call in ("update", "delete"):
            self.platform.will(call, failure(KINDS[what], retry_after=60))
        self.tick(then)

    def what_follows_a_post_goes_wrong(self, call: str, what: str, then: int | None) -> None:
        def step(platform: ScriptedPlatform, remote_id: str, text: str = "") -> Any:
            if what.startswith("made"):
                platform.say(remote_id, text) if call == "comment" else platform.sent_to_followers.append(remote_id)
            if what.endswith("dies"):
                raise WorkerDies
            return failure(KINDS[what.removeprefix("made_")], retry_after=60)

        self.platform.will(call, step)
        self.tick(then)

    def dies(self) -> None:
        raise WorkerDies

    def breaks(self, platform: ScriptedPlatform, payload: Payload) -> None:
        raise RuntimeError("boom")

    def sleeps(self) -> Any:
        """The call takes longer than the lease; meanwhile others take over."""
        self.newsroom.tick(200)
        return failure(F.TRANSIENT_SAFE)

    def answers_late(self, platform: ScriptedPlatform, payload: Payload) -> Published:
        """The post is made, the answer comes after the lease: meanwhile others have looked."""
        answer = platform.post(payload)
        self.newsroom.tick(200)
        return answer

    def stands_still(self, platform: ScriptedPlatform, payload: Payload) -> Published:
        """The worker stops before its call leaves; meanwhile others look, and post. What it posts then it must take down, where the channel can."""
        if Account.objects.get(deliveries=payload.marker).settings.get("can_delete", True):
            self.newsroom.tick(200)
            for _round in range(3):
                self.newsroom.tick(40)
        return platform.post(payload)

    def a_message_arrives_that_nobody_expected(self, which: int) -> None:
        ids = list(Delivery.objects.order_by("id").values_list("pk", flat=True))
        self.newsroom.work(Delivery.objects.get(pk=ids[which % len(ids)]))

    def time_passes(self, seconds: int) -> None:
        self.newsroom.tick(seconds)

    def messages_are_lost(self) -> None:
        """Beat runs, the queue forgets everything that it was told."""
        self.newsroom.later(3)
        services.sweep(now=self.newsroom.clock())
        services.relay(now=self.newsroom.clock())

    def the_clock_jumps(self, seconds: int) -> None:
        self.newsroom.later(seconds)

    def a_night_passes(self, rounds: int) -> None:
        for _round in range(rounds):
            with suppress(WorkerDies):  # the night's worker may die as any other
                reconciling.look_around(clock=self.newsroom.clock)
            self.newsroom.later(600)

    def somebody_connects_the_channels_again(self) -> None:
        for account in Account.objects.filter(state=AccountState.NEEDS_RECONNECT):
            channels.store_token(account=account, credential=Credential("mới"), generation=account.generation, now=self.newsroom.clock())

    # What people do, who tell the truth
    def somebody_deletes_a_post_on_the_platform(self, which: int) -> None:
        posts = list(self.platform.posts.values())
        if posts and which < 3:
            self.deleted.add(posts[which % len(posts)].marker)
            del self.platform.posts[posts[which % len(posts)].remote_id]

    def somebody_finishes_a_draft_in_the_app(self, which: int) -> None:
        drafts = sorted(self.platform.drafts)
        if drafts:
            self.finish(drafts[which % len(drafts)])

    def finish(self, draft: str) -> None:
        """A draft of an expired or cancelled delivery is thrown away: people were told."""
        row = Delivery.objects.get(pk=self.platform.drafts[draft])
        if row.state in DEAD:
            del self.platform.drafts[draft]
        else:
            self.platform.a_person_posts(draft, row.payload["body"]["message"])

    def a_person_decides(self, which: int, does: bool, then: int | None) -> None:
        rows = list(Delivery.objects.filter(Q(state__in=ASKS) | ASKED | Q(removed_outside=True)).select_related("account", "original").order_by("id"))
        if rows:
            self.decide(rows[which % len(rows)], does=does)
        self.tick(then)

    def decide(self, row: Delivery, *, does: bool) -> None:
        asked: dict[str, Any] = {"delivery_id": row.pk, "actor": self.chief, "now": self.newsroom.clock()}
        open_to = decisions.open_to(row)
        with suppress(DecisionError):
            if decisions.SEEN in open_to:
                decisions.it_was_seen(**asked)
            elif decisions.LATE in open_to:
                (decisions.post_although_late if does else decisions.cancel)(**asked)
            elif row.operation == OP.PUBLISH and row.state == S.WAITING_FOR_HUMAN:
                self.decide_draft(row, asked, does=does)
            elif decisions.DONE in open_to:
                self.do_a_task(row, asked, does=does)
            elif row.state in (S.UNCONFIRMED, S.FAILED):
                self.answer(row, asked, open_to)

    def decide_draft(self, row: Delivery, asked: dict[str, Any], *, does: bool) -> None:
        draft = next((key for key, marker in self.platform.drafts.items() if marker == row.pk), "")
        if draft and does:
            self.platform.a_person_posts(draft, row.payload["body"]["message"])
        elif draft:
            del self.platform.drafts[draft]
        there = self.there(row)
        if there:
            decisions.it_is_posted(url=f"https://social.example/{there}", **asked)
        else:
            decisions.it_is_not_posted(**asked)

    def do_a_task(self, row: Delivery, asked: dict[str, Any], *, does: bool) -> None:
        """An edit, a take-down or a changed comment, by hand; or it cannot be done."""
        post = self.there(row.original) if row.original else ""
        if not does and row.operation != OP.DELETE:
            decisions.it_cannot_be_done(reason="không được", **asked)
            return
        if row.failure_code == "draft_withdrawn":
            for draft in [key for key, marker in self.platform.drafts.items() if marker == row.original_id]:
                del self.platform.drafts[draft]
            if post:
                return  # posted meanwhile: the system sees it
        elif row.operation == OP.DELETE:
            self.platform.posts.pop(post, None)
        elif row.operation == OP.UPDATE and post:
            self.platform.posts[post].text = row.payload["body"]["message"]
        elif row.operation == OP.COMMENT:
            self.change_the_comment(row, post)
        decisions.it_is_done(**asked)

    def change_the_comment(self, row: Delivery, post: str) -> None:
        """The person writes the new words into the comment that stands, or takes it away."""
        said = {str(older.payload["body"]["message"]) for older in Delivery.objects.filter(original=row.original, operation=OP.COMMENT, version__lt=row.version)}
        for number, (under, words) in reversed(list(enumerate(self.platform.comments))):
            if under == post and words in said:
                self.platform.comments[number] = (post, row.payload["body"]["message"] or f"taken away for {row.pk}")
                return

    def answer(self, row: Delivery, asked: dict[str, Any], open_to: list[str]) -> None:
        there = self.there(row)
        if row.failure_code == "no_remote_id" and decisions.CANCEL in open_to:
            decisions.cancel(**asked)  # the post's address tells no id: whoever wants the comment writes it by hand
        elif there and decisions.THERE in open_to:
            decisions.it_is_there(url=f"https://social.example/{there}", **asked)
        elif row.state == S.UNCONFIRMED and decisions.NOT_THERE in open_to and not self.is_draft(row):
            decisions.it_is_not_there(**asked)
        elif decisions.RETRY in open_to:
            decisions.retry(**asked)

    def is_draft(self, row: Delivery) -> bool:
        """A person who finds a draft of it in the app finishes it, and then says that it is there."""
        for draft in [key for key, marker in self.platform.drafts.items() if marker == row.pk]:
            self.platform.a_person_posts(draft, row.payload["body"]["message"])
            return True
        return False

    def there(self, row: Delivery | None) -> str:
        """The truth: what is on the platform of a row."""
        if row is None:
            return ""
        if row.operation == OP.BROADCAST:
            return "sent" if row.original and row.original.remote_id in self.platform.sent_to_followers else ""
        if row.operation in COMMENTS:
            said = [number for number, (post, words) in enumerate(self.platform.comments) if row.original and (post, words) == (row.original.remote_id, row.payload["body"]["message"])]
            return f"c{said[0] + 1}" if said else ""
        return next((post.remote_id for post in self.platform.posts.values() if post.marker == row.pk), "")

    # What must hold
    def look_at_the_commit(self, payload: Payload) -> None:
        """Called in the middle of the call, where an exception would be taken for a fault of the connector: so it only writes down."""
        row = Delivery.objects.get(pk=payload.marker)
        if (row.state, row.look_owed, row.commit_intent_at is not None) != (S.COMMITTING, True, True):
            self.wrong.append(f"a commit without an intent in the database: {row}")
        if payload.sha256 != row.payload_sha256:
            self.wrong.append(f"something else is sent than was composed: {row}")
        if self.there(row) or payload.marker in self.platform.drafts.values():
            self.wrong.append(f"it is sent although it is there: {row}")
        if pauses.stop(row):
            self.wrong.append(f"sent while posting is stopped: {row}")

    @invariant()
    def nothing_is_doubled(self) -> None:
        if not hasattr(self, "platform"):
            return
        assert self.wrong == []
        twice = self.doubled()
        TALLY.doubled += len(twice)
        assert twice == []

    def doubled(self) -> list[Any]:
        about = {row.pk: (row.story_id, row.account_id) for row in Delivery.objects.filter(operation=OP.PUBLISH)}
        posts = Counter(about[post.marker] for post in self.platform.posts.values())
        said, sent = Counter(self.platform.comments), Counter(self.platform.sent_to_followers)
        return [key for counted in (posts, said, sent) for key, count in counted.items() if count > 1]  # type: ignore[attr-defined]

    @invariant()
    def rows_are_what_they_were_and_whoever_must_act_was_told(self) -> None:
        if not hasattr(self, "platform"):
            return
        told = set(Alarm.objects.filter(cleared_at=None).values_list("subject", flat=True))
        for row in Delivery.objects.all():
            assert self.hashes.setdefault(row.pk, row.payload_sha256) == row.payload_sha256 == row.stored_payload.sha256
            assert row.state not in ASKS or row.operation == OP.REFRESH or row.pk in told, f"nobody was told of {row}"
            assert bool(row.lease_owner) == bool(row.lease_until)

    def everything_comes_to_an_end(self) -> None:
        self.platform.script.clear()
        for pause in pauses.open_pauses():
            pauses.resume(number=pause.pk, actor=self.chief, now=self.newsroom.clock())
        for account in Account.objects.all():
            channels.store_token(account=account, credential=Credential("mới"), generation=account.generation, now=self.newsroom.clock())
        Account.objects.update(gate_until=None, state=AccountState.READY)
        for number in range(60):
            self.an_event_that_waited_is_taken(which=number, then=400 if number % 3 else 1)
            waiting = list(self.open_rows())
            if not waiting and not self.untaken:
                break
            for row in waiting:
                self.decide(row, does=True)
        assert [str(row) for row in self.open_rows()] == [] == self.untaken
        self.nothing_is_doubled()
        self.rows_are_what_they_were_and_whoever_must_act_was_told()
        self.count()
        self.the_deposit_has_every_post()
        assert [f"{stray.remote_id} of {stray.delivery}" for stray in Stray.objects.select_related("delivery")] == []
        for story in self.stories:
            for account in self.accounts.values():
                self.the_channel_agrees_with_the_paper(story, account)

    def open_rows(self) -> Any:
        return Delivery.objects.exclude(state__in=[S.PUBLISHED, *DEAD]).select_related("account", "original").order_by("id")

    def count(self) -> None:
        TALLY.runs += 1
        TALLY.stories += len(self.stories)
        TALLY.deliveries += Delivery.objects.count()
        TALLY.calls += Attempt.objects.count()

    def the_deposit_has_every_post(self) -> None:
        handed_in = set(Waiting.objects.exclude(post=None).values_list("reference", flat=True))
        done = Delivery.objects.filter(state=S.PUBLISHED, operation__in=list(records.KINDS)).values_list("pk", flat=True)
        assert [pk for pk in done if f"delivery:{pk}" not in handed_in] == []

    def the_channel_agrees_with_the_paper(self, story: ArticlePage, account: Account) -> None:
        rows = Delivery.objects.filter(story=story, account=account)
        posts = [post for post in self.platform.posts.values() if rows.filter(pk=post.marker, operation=OP.PUBLISH).exists()]
        if self.last_kind(story) in REMOVES:
            assert posts == [], f"nothing of a withdrawn story stays: {account.settings}"
            return
        last = rows.filter(operation=OP.PUBLISH).order_by("-version", "-id").first()
        lost = last is None or (last.state in DEAD and last.failure_code in NOT_AN_END and not rows.filter(removed_outside=True).exists())
        TALLY.lost += lost
        assert not lost, f"a story that is shown is lost on {account.settings}: {last}"
        if last is None or last.state in DEAD or last.removed_at or last.pk in self.deleted:
            return
        assert len(posts) == 1, f"there is no post of {last}"
        if not rows.filter(state=S.CANCELLED, failure_code="could_not").exists() and account.settings.get("can_edit", True):
            assert posts[0].text.endswith(self.newest_text(story)), (posts[0].text, self.newest_text(story))  # a notice stands before it

    def newest_text(self, story: ArticlePage) -> str:
        event = StoryEvent.objects.filter(story=story).order_by("-version").first()
        assert event is not None
        return event.revision.as_object().channel_texts.first().text
