"""The proof: a whole newsroom of real processes on every platform there is, killed at random (kill -9) while stories fall due, change and are taken away.

Hypothesis chooses what happens (knowledge/channels.md 19.5): deaths, lost answers, lost and repeated messages, workers that wake after their lease, clock jumps,
dead keys. At the end of a run everything must have come to rest, and the platforms are asked: nothing early, nothing doubled, nothing lost, nothing left behind.
`SEED` repeats the choices; a real machine never repeats the moments.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import Any

import requests
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from benchmarks import jumping
from benchmarks.everywhere import LEASE_SECONDS, STEADY, Everywhere, Told
from benchmarks.machine import report, row, scale
from tests.luck import Acts, choose

COMMIT_FAULTS = ("lost_answer", "error_after", "error_before", "slow_body", "late_commit", "rate_limited")
QUEUES = ("commit", "urgent", "default", "index", "poll", "mail", "upload")
ROUNDS = 150  # of two seconds and more, until everything must be at rest
# What happens, how often beside the others, and what it is told: one of each.
ACTS: Acts = (
    (5, "a_story_falls_due", {"due_in": (0.5, 1.0, 3.0)}),
    (12, "a_process_is_killed", {"after": (0.0, 0.2, 0.5, 1.0)}),
    (8, "an_answer_goes_wrong", {"fault": COMMIT_FAULTS, "times": (1, 1, 2)}),
    (1, "a_key_dies", {}),
    (1, "channels_are_connected_again", {}),
    (2, "messages_are_lost", {}),
    (2, "messages_come_again", {"times": (1, 3)}),
    (1, "a_worker_wakes_after_its_lease", {}),
    (2, "the_clock_jumps", {"seconds": (-90, -5, 2, 30)}),
    (3, "a_story_changes", {"notice": (True, False, False)}),
    (2, "a_story_is_taken_away", {"at_once": (True, False)}),
    (2, "people_do_their_part", {}),
)  # fmt: skip


@dataclass
class Tally:
    """What all runs together came to."""

    runs: int = 0
    acts: int = 0
    stories: int = 0
    kills: int = 0
    faults: int = 0
    deliveries: int = 0
    calls: int = 0
    unconfirmed: int = 0
    early: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)


TALLY = Tally()
WORLD: list[Everywhere] = []


def main(database: str) -> None:
    """Prove on the database of the environment."""
    number = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))
    runs, acts = max(1, round(10 * scale())), 40 if scale() >= 0.1 else 25
    chosen = settings(
        max_examples=runs + 1, stateful_step_count=acts, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=(Phase.generate,)
    )  # the first run is always the shortest there is
    WORLD.append(Everywhere())
    try:
        WORLD[0].start()
        run_state_machine_as_test(seed(number)(Storm), settings=chosen)
    finally:
        WORLD[0].stop()
    units = {"runs": "runs", "acts": "acts", "stories": "stories", "kills": "kill -9", "faults": "calls", "calls": "calls"}
    name = f"kill9, every platform, {database}"
    told = [row(f"{name}: {about.name}", getattr(TALLY, about.name), units.get(about.name, "posts")) for about in fields(Tally) if about.name != "wrong"]
    report([row(f"{name}: seed", number, "number"), *told])
    if TALLY.wrong:
        print("DOES NOT HOLD: " + "; ".join(TALLY.wrong))
        sys.exit(1)


class Storm(RuleBasedStateMachine):
    """One run. It never raises: hypothesis would repeat it to make it shorter, and real processes do not repeat; what is wrong is kept and told at the end."""

    @initialize()
    def begin(self) -> None:
        self.world = WORLD[0]
        self.mine: list[Told] = []
        self.finished: set[str] = set()  # drafts: the app would post one as often as somebody asks
        self.step = 0
        for due_in in (1.0, 2.0, 3.0):
            self.carefully(lambda due_in=due_in: self.a_story_falls_due(due_in))

    @rule(luck=st.integers(0, 2**30))
    def something_happens(self, luck: int) -> None:
        self.step += 1
        self.chance = random.Random(f"{luck} {self.step}")
        name, chosen = choose(ACTS, self.chance)
        TALLY.acts += 1
        if name == "an_answer_goes_wrong":
            chosen["platform"] = self.chance.choice(self.world.platforms())
        say(f"{name}({', '.join(f'{word}={value!r}' for word, value in chosen.items())})")
        self.carefully(lambda: getattr(self, name)(**chosen))
        time.sleep(self.chance.uniform(0.2, 1.6))  # a killed worker needs two seconds until it works again

    def carefully(self, act: Any) -> None:
        try:
            act()
        except Exception:  # noqa: BLE001  (whatever breaks is what is looked for)
            TALLY.wrong.append(traceback.format_exc())

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.carefully(self.everything_comes_to_rest)
            self.carefully(self.judge)

    # What happens
    def a_story_falls_due(self, due_in: float) -> None:
        self.mine.append(self.world.tell(due_in=due_in))

    def a_process_is_killed(self, after: float) -> None:
        time.sleep(after)
        self.world.processes.kill(self.chance.choice([name for name in self.world.processes.running if name not in STEADY]))
        TALLY.kills += 1

    def an_answer_goes_wrong(self, fault: str, times: int, platform: str) -> None:
        more = {"seconds": 1.0} if fault in ("late_commit", "slow_body") else {}
        with suppress(requests.HTTPError):  # this platform does not know that fault
            self.world.fault(platform, fault, times, **more)
            TALLY.faults += times

    def a_key_dies(self) -> None:
        with suppress(requests.HTTPError):
            self.world.fault(self.chance.choice(self.world.platforms()), "token_revoked")
            TALLY.faults += 1

    def channels_are_connected_again(self) -> None:
        self.world.connect_all()

    def messages_are_lost(self) -> None:
        """The queue forgets everything that waits in it."""
        from newsroom.config.celery import app

        with app.connection_for_write() as connection:
            for queue in QUEUES:
                with suppress(Exception):  # a queue that nobody has declared yet
                    connection.default_channel.queue_purge(queue)

    def messages_come_again(self, times: int) -> None:
        from distribution.deliveries.models import Delivery
        from distribution.deliveries.tasks import deliver

        for pk in list(Delivery.objects.order_by("?").values_list("pk", flat=True)[:8]):
            for _time in range(times):
                deliver.delay(delivery_id=pk)

    def a_worker_wakes_after_its_lease(self) -> None:
        """One worker stands still in the middle of whatever it does, the other takes over, and then the first goes on."""
        process = self.world.processes.running[f"worker-{self.chance.choice((1, 2))}"]
        os.killpg(process.pid, signal.SIGSTOP)
        time.sleep(LEASE_SECONDS + 4)
        os.killpg(process.pid, signal.SIGCONT)

    def the_clock_jumps(self, seconds: int) -> None:
        jumping.jump(seconds)

    def a_story_changes(self, notice: bool) -> None:
        if readable := self.readable():
            self.world.change(self.chance.choice(readable), notice=notice)

    def a_story_is_taken_away(self, at_once: bool) -> None:
        if readable := self.readable():
            self.world.take_away(self.chance.choice(readable), at_once=at_once)

    def readable(self) -> list[Told]:
        from newsroom.articles.models import ArticlePage

        live = set(ArticlePage.objects.filter(pk__in=[told.pk for told in self.mine], live=True).values_list("pk", flat=True))
        return [told for told in self.mine if told.pk in live]

    # What people do, who tell the truth
    def people_do_their_part(self) -> None:
        from distribution.deliveries.enums import ASKS
        from distribution.deliveries.models import Delivery

        for delivery in Delivery.objects.filter(state__in=ASKS).select_related("account", "original").order_by("pk"):
            self.decide(delivery)

    def decide(self, delivery: Any) -> None:
        from distribution.deliveries import decisions
        from distribution.deliveries.addresses import DecisionError
        from distribution.deliveries.enums import DeliveryState, Operation
        from newsroom.common import clock

        asked: dict[str, Any] = {"delivery_id": delivery.pk, "actor": self.world.cast["chief"], "now": clock.now()}
        open_to, post = decisions.open_to(delivery), self.post_of(delivery)
        with suppress(DecisionError):  # a worker was quicker
            if delivery.state == DeliveryState.WAITING_FOR_HUMAN:
                self.do_in_the_app(delivery)
            elif delivery.operation == Operation.PUBLISH and delivery.state == DeliveryState.UNCONFIRMED:
                TALLY.unconfirmed += 1
                decisions.it_is_there(url=self.world.address_of(delivery.account, post), **asked) if post else decisions.it_is_not_there(**asked)
            elif decisions.RETRY in open_to:
                decisions.retry(**asked)
            elif decisions.NOT_THERE in open_to:
                decisions.it_is_not_there(**asked)
            elif decisions.CANCEL in open_to:
                decisions.cancel(**asked)

    def do_in_the_app(self, delivery: Any) -> None:
        """A draft is finished, or thrown away where its story is gone. What TikTok cannot change stays a person's task."""
        from distribution.deliveries.enums import Operation

        draft = delivery if delivery.operation == Operation.PUBLISH else delivery.original
        publish_id = draft.handle.get("publish_id")
        if publish_id and publish_id not in self.finished:
            gone = delivery.operation == Operation.DELETE or not self.world.story_of(delivery).shown
            if self.world.finish_draft(delivery.account, publish_id, caption=draft.payload["body"].get("title") or "", discard=gone):
                self.finished.add(publish_id)

    def post_of(self, delivery: Any) -> dict[str, Any] | None:
        story = self.world.story_of(delivery)
        found = self.world.posts([story])[story.number, self.world.platform_of(delivery.account)]
        return found[0] if found else None

    # What must hold
    def everything_comes_to_rest(self) -> None:
        self.world.no_more_faults()
        for number in range(ROUNDS):
            time.sleep(2)
            self.world.connect_all(gated=number % 10 == 9)
            self.people_do_their_part()
            if number > 3:
                jumping.jump(30)  # gates and waits of minutes need not be waited for
            if not self.unrest():
                return
        raise AssertionError(f"it does not come to rest: {self.unrest()[:8]}")

    def unrest(self) -> list[str]:
        """What still moves, or waits for something else than a person's hand on a platform that cannot do it."""
        from distribution.deliveries.enums import DEAD, DeliveryState, Operation
        from distribution.deliveries.models import Delivery
        from publishing.events.models import StoryEvent, SubscriberRun

        S = DeliveryState
        found = [f"story {told.number} is not out" for told in self.mine if not StoryEvent.objects.filter(story_id=told.pk).exists()]
        taken = set(SubscriberRun.objects.filter(subscriber="deliveries").values_list("event_id", flat=True))
        found += [f"event {pk} is not taken" for pk in StoryEvent.objects.values_list("pk", flat=True) if pk not in taken]
        open_rows = Delivery.objects.exclude(state__in=[S.PUBLISHED, *DEAD]).exclude(state=S.WAITING_FOR_HUMAN, operation__in=[Operation.UPDATE, Operation.DELETE])
        return found + [f"{delivery} {delivery.state} {delivery.failure_code}" for delivery in open_rows.select_related("account")]

    def judge(self) -> None:
        from distribution.deliveries.models import Attempt, Delivery
        from publishing.events.models import StoryEvent

        TALLY.runs, TALLY.stories = TALLY.runs + 1, TALLY.stories + len(self.mine)
        ids = [told.pk for told in self.mine]
        TALLY.deliveries += Delivery.objects.filter(story__in=ids).count()
        TALLY.calls += Attempt.objects.filter(delivery__story__in=ids).count()
        posts = self.world.posts(self.mine)
        for told in self.mine:
            events = list(StoryEvent.objects.filter(story_id=told.pk).order_by("version"))
            if [event.kind for event in events].count("published") != 1:
                TALLY.wrong.append(f"story {told.number} was not published once: {[event.kind for event in events]}")
            if events and events[0].happened_at < told.due:
                TALLY.early += 1
                TALLY.wrong.append(f"story {told.number} was early")
            for account in self.world.accounts():
                self.judge_channel(told, account, posts)

    def judge_channel(self, told: Told, account: Any, posts: dict[tuple[int, str], list[dict[str, Any]]]) -> None:
        from distribution.connectors.registry import connectors
        from distribution.deliveries.models import Delivery

        platform = self.world.platform_of(account)
        found, can = posts[told.number, platform], connectors.get(account.kind).capabilities(account.settings)
        rows = Delivery.objects.filter(story_id=told.pk, account=account)
        history = [f"{delivery.operation} v{delivery.version} {delivery.state} {delivery.failure_code}" for delivery in rows.order_by("pk")]
        about = f"story {told.number} on {platform} ({history})"
        said = [words for post in found for words in post["comments"]]
        if len(found) > 1 or len(set(said)) < len(said):
            TALLY.doubled += 1
            TALLY.wrong.append(f"doubled: {about}")
        if told.shown and not found:
            TALLY.lost += 1
            TALLY.wrong.append(f"lost: {about}")
        elif told.shown and can.can_edit and told.words not in found[0]["text"]:
            TALLY.wrong.append(f"old words: {about}: {found[0]['text'][:80]}, not {told.words}")
        elif not told.shown and found and can.can_delete:
            TALLY.wrong.append(f"left behind: {about}")
        elif not told.shown and found and not rows.filter(operation="delete").exists():
            TALLY.wrong.append(f"nobody is asked to take it down: {about}")


def say(what: str) -> None:
    """To whoever watches; figures go another way."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
