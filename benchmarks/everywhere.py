"""A newsroom with an account of every kind, its real processes, and the truth about what stands on the platforms."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests

from benchmarks import jumping
from benchmarks.first_byte import _answers
from benchmarks.machine import Processes, celery, paper, prepare, rehearsal, wait_for, worker

STEADY = ("rehearsal", "web", "beat")
LEASE_SECONDS = 20  # longer than the longest call of the faults; else each death costs a minute and a half of waiting
FILM = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 4096  # a megabyte that begins as an MP4 does


@dataclass
class Told:
    """A story of the proof. `mark` stands in every post of it; `words`: the newest that were signed."""

    number: int
    pk: int
    due: datetime
    words: str
    comment: str = ""
    shown: bool = True
    changed: int = 0

    @property
    def mark(self) -> str:
        return f"Tin {self.number}q:"


class Everywhere:
    """Processes, accounts, stories; made once for a whole proof."""

    def __init__(self) -> None:
        os.environ["NEWSROOM_CLOCK_FILE"] = os.path.join(os.environ["NEWSROOM_VAR"], "clock")
        os.environ.setdefault("DELIVERY_LEASE_SECONDS", str(LEASE_SECONDS))
        jumping.jump(0)
        jumping.install()
        prepare()
        self.address = f"http://127.0.0.1:{int(os.environ['PORT']) + 1}"
        self.processes = Processes()
        self.stories: list[Told] = []

    def start(self) -> None:
        """All processes, and an account of every kind through its true log-in."""
        self._start_processes()
        wait_for("rehearsal", lambda: _answers(self.address), seconds=30)
        wait_for("web", self._web_answers, seconds=60)
        from benchmarks.stories import people, section
        from publishing.corrections.terms import ensure_terms
        from tests.factories.media import make_video
        from tests.factories.newsroom import make_image

        ensure_terms()
        self.cast = people()
        self.where = section(self.cast["chief"])
        self.connect_all()
        self.picture, self.film = make_image(width=1600, height=1000), make_video(data=FILM, width=720, height=1280, duration_seconds=12.0)  # upright: a Short on YouTube

    def _start_processes(self) -> None:
        self.processes.start("rehearsal", rehearsal(self.address.rsplit(":", 1)[1], os.environ["NEWSROOM_VAR"]))
        self.processes.start("web", paper(os.environ["PORT"]))
        self.processes.start("beat", on_the_moved_clock(celery("beat", "--loglevel", "ERROR", "--pidfile=")))
        for number in (1, 2):
            self.processes.start(f"clock-{number}", on_the_moved_clock([sys.executable, "-m", "manage", "publish_due", "--follow"]))
            self.processes.start(f"worker-{number}", on_the_moved_clock(worker("commit,urgent,default,index,poll,mail,upload", f"w{number}")))

    def _web_answers(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{os.environ['PORT']}/", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def stop(self) -> None:
        self.processes.stop()

    # Channels
    def connect_all(self, *, gated: bool = False) -> None:
        """Connect every channel that has no key, or whose key died; `gated`: also those that wait for a quota of a day, which a person has seen to."""
        from distribution.channels import demo
        from distribution.channels.enums import AccountState
        from distribution.channels.models import Account
        from newsroom.common import clock

        for channel in demo.CHANNELS:
            account = Account.objects.filter(key=channel.key).first()
            waits = gated and account is not None and account.gate_until is not None
            if account is None or account.state == AccountState.NEEDS_RECONNECT or waits:
                account = demo.connect(channel, now=clock.now())
                quick = {"minimum_gap": 0, "settle_seconds": 3, "lost_settle": 1, "verify_pause": 0.3}
                Account.objects.filter(pk=account.pk).update(settings={**account.settings, **quick})

    def accounts(self) -> list[Any]:
        from distribution.channels.models import Account

        return list(Account.objects.order_by("pk"))

    # Stories
    def tell(self, *, due_in: float) -> Told:
        """A signed story for every channel, to be published in so many seconds."""
        from benchmarks.stories import approved
        from newsroom.common import clock
        from publishing.releases.services import schedule_release

        number = len(self.stories) + 1
        comment = f"Mời bạn đọc bài {number}q." if number % 2 else ""
        words = f"Tin {number}q: lời 0q."
        story = approved(number, cast=self.cast, where=self.where, rows=self._rows(words, comment), main_image=self.picture, main_video=self.film)
        told = Told(number, story.pk, clock.now() + timedelta(seconds=due_in), words, comment)
        schedule_release(story=story, actor=self.cast["chief"], due_at=told.due, now=clock.now())
        self.stories.append(told)
        return told

    def _rows(self, words: str, comment: str) -> list[Any]:
        from newsroom.articles.models import ChannelText

        return [ChannelText(account_key=account.key, text=words, title=words[:60], first_comment=comment, wanted=True) for account in self.accounts()]

    def change(self, told: Told, *, notice: bool) -> None:
        """New words for every channel, signed and published; with a legal correction, or without."""
        from benchmarks.stories import change
        from newsroom.articles.models import ArticlePage
        from newsroom.common import clock
        from publishing.corrections.enums import NoticeKind, Trigger
        from publishing.corrections.services import NoticeText, prepare_notice
        from publishing.releases.services import release_now

        told.changed += 1
        words = f"{told.mark} lời {told.changed}q."
        story = ArticlePage.objects.get(pk=told.pk)
        if notice:
            text = NoticeText(trigger=Trigger.FOUND, false_text="“Tất cả.”", corrected_text="Tám phần mười.", apology="Báo Sông Ba thành thật xin lỗi bạn đọc.")
            prepare_notice(story=story, kind=NoticeKind.CORRECT, words=text, actor=self.cast["editor"], now=clock.now())
        change(story, cast=self.cast, channel_texts=self._rows(words, told.comment))
        release_now(story=story, actor=self.cast["chief"], now=clock.now())
        told.words = words

    def take_away(self, told: Told, *, at_once: bool) -> None:
        """Withdrawn, or killed."""
        from newsroom.articles.models import ArticlePage
        from newsroom.common import clock
        from publishing.corrections import removals

        story, told.shown = ArticlePage.objects.get(pk=told.pk), False
        asked: dict[str, Any] = {"story": story, "actor": self.cast["chief"], "reason": "Sai nguồn tin", "now": clock.now()}
        if at_once:
            removals.kill(number=str(story.pk), **asked)
        else:
            removals.withdraw(**asked)

    # Platforms
    def fault(self, platform: str, fault: str, times: int = 1, **more: Any) -> None:
        """Set a switch of the rehearsal platforms."""
        requests.post(f"{self.address}/_rehearsal/faults", json={"platform": platform, "fault": fault, "times": times, **more}, timeout=10).raise_for_status()

    def no_more_faults(self) -> None:
        for row in requests.get(f"{self.address}/_rehearsal/faults", timeout=10).json():
            self.fault(row["platform"], row["fault"], 0, account=row["account"], call=row["call"])

    def posts(self, told: Iterable[Told]) -> dict[tuple[int, str], list[dict[str, Any]]]:
        """What readers of each platform see of these stories."""
        shown = [post for post in requests.get(f"{self.address}/_rehearsal/posts.json", timeout=30).json() if post["state"] == "published"]
        return {(story.number, platform): [post for post in shown if post["platform"] == platform and story.mark in post["text"]] for story in told for platform in self.platforms()}

    def platforms(self) -> list[str]:
        return [self.platform_of(account) for account in self.accounts()]

    def platform_of(self, account: Any) -> str:
        """What the rehearsal calls the platform of an account."""
        from distribution.connectors.registry import logins

        return str(logins.get(account.kind).rehearsal)

    def story_of(self, delivery: Any) -> Told:
        """What was told of a delivery's story."""
        return next(told for told in self.stories if told.pk == delivery.story_id)

    def address_of(self, account: Any, post: dict[str, Any]) -> str:
        """What a person copies from the browser: like the addresses of the account's other posts, with this one's id."""
        from distribution.deliveries.models import Delivery

        if page := account.settings.get("page"):
            return f"{page}/{post['id'].rpartition(':')[2]}"
        other = Delivery.objects.filter(account=account, operation="publish", state="published").exclude(remote_url="").exclude(remote_id="").first()
        return other.remote_url.replace(other.remote_id, post["id"]) if other else f"{self.address}/{post['platform']}/{post['id']}"

    def finish_draft(self, account: Any, publish_id: str, *, caption: str, discard: bool = False) -> bool:
        """What the person at the phone does in TikTok's app; False while there is no such draft."""
        data = {"publish_id": publish_id, "caption": caption, "privacy": "PUBLIC_TO_EVERYONE", "act": "discard" if discard else ""}
        return requests.post(f"{self.address}/tiktok/inbox/{account.remote_id}", data=data, timeout=10, allow_redirects=False).status_code == 303


def on_the_moved_clock(command: list[str]) -> list[str]:
    """The same command, living by the moved clock."""
    python, _minus_m, *rest = command
    return [python, "-m", "benchmarks.jumping", *rest]
