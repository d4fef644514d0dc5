"""One story that went to every kind of channel there is: published, corrected, killed. No copy is left behind silently."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from distribution.channels import demo
from distribution.channels.models import Account
from distribution.connectors.registry import connectors, logins
from distribution.deliveries import services
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.deliveries.selectors import copies_of
from distribution.renditions.videos import VideoSnapshot
from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage, ChannelText
from newsroom.common import clock
from publishing.corrections import removals
from publishing.corrections.enums import NoticeKind
from publishing.corrections.services import prepare_notice
from publishing.corrections.terms import ensure_terms
from publishing.events.models import StoryEvent
from publishing.events.services import take_event
from tests.distribution.channels.conftest import rehearsal
from tests.distribution.deliveries.stage import Newsroom
from tests.factories.desk import change, make_draft, publish, publish_again
from tests.factories.newsroom import make_image
from tests.fakes.connector import KIND as SCRIPTED
from tests.fakes.connector import scripted_platform
from tests.fakes.pictures import picture_host
from tests.fakes.rehearsal import RehearsalServer, rehearsal_process, rehearsal_server
from tests.publishing.corrections.conftest import correction

__all__ = ["rehearsal", "rehearsal_process", "rehearsal_server"]
pytestmark = [pytest.mark.database, pytest.mark.processes]
S = DeliveryState
FILM = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 4096
KINDS = tuple(name for name, _connector in connectors.items() if name != SCRIPTED)
FIRST, SECOND = "Quỹ cho vay mua máy cày.", "Quỹ cho vay tới tám phần mười giá máy cày."


def connect(kind: str, *, now: datetime, base_url: str) -> Account:
    """Connect the demo account of a rehearsal platform by its true log-in."""
    card = requests.get(f"{base_url}/_rehearsal/demo.json", timeout=10).json()[logins.get(kind).rehearsal]
    named = next((name for name in card if name.endswith("_id") and name != "app_id"), "")
    return demo.connect(demo.Expected(kind, f"{kind}-bao", f"{kind} Báo Sông Ba", named), now=now)


@pytest.fixture
def everywhere(rehearsal: RehearsalServer, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Newsroom]:
    """A newsroom with an account of every kind, each on its rehearsal platform, and a film that stories show."""
    settings.DELIVERY_SETTLE_SECONDS, settings.MEDIA_ROOT = 2, str(tmp_path)
    monkeypatch.setattr(services, "ring", lambda ids: None)
    path = default_storage.save("videos/cay.mp4", ContentFile(FILM))
    film = VideoSnapshot(path, len(FILM), hashlib.sha256(FILM).hexdigest(), "video/mp4", 720, 1280, 12.0, "Máy cày")
    monkeypatch.setattr("distribution.renditions.snapshots.video_of", lambda story: film)
    ensure_terms()
    with scripted_platform() as unused, picture_host() as pictures:
        newsroom = Newsroom(unused)
        newsroom.now = clock.now()
        for kind in KINDS:
            account = connect(kind, now=newsroom.now, base_url=rehearsal.base_url)
            Account.objects.filter(pk=account.pk).update(settings={**account.settings, "lost_settle": 1, "verify_pause": 0.3})
        settings.PAPER_ADDRESS = pictures  # platforms fetch pictures from there
        yield newsroom


def say(text: str) -> list[ChannelText]:
    """The same words for every channel."""
    return [ChannelText(account_key=f"{kind}-bao", text=text, wanted=True, title="Vay mua máy cày") for kind in KINDS]


def work(newsroom: Newsroom, rehearsal: RehearsalServer, event: StoryEvent) -> None:
    """Deliveries take the event and work until nothing moves any more; the person at the phone finishes the drafts in the app."""
    newsroom.later(2)
    assert take_event(event_id=event.pk, subscriber="deliveries", now=newsroom.clock())
    for _round in range(14):
        time.sleep(0.3)  # platforms work in real time
        newsroom.tick(45)
        for draft in Delivery.objects.filter(state=S.WAITING_FOR_HUMAN, operation=Operation.PUBLISH, account__kind="tiktok"):
            rehearsal.finish_draft(draft.handle["publish_id"], account=draft.account.remote_id, caption=draft.payload["body"].get("title", "") or FIRST)


def there(rehearsal: RehearsalServer, kind: str) -> list[dict[str, Any]]:
    """What readers of that platform see."""
    return [post for post in rehearsal.posts(state="published") if post["platform"] == logins.get(kind).rehearsal]


def test_a_story_that_went_everywhere_is_corrected_and_killed_in_every_copy(
    everywhere: Newsroom, rehearsal: RehearsalServer, reporter: User, editor: User, secretary: User, editor_in_chief: User
) -> None:
    picture = make_image(width=1600, height=1000)
    draft = make_draft(owner=reporter, now=everywhere.clock(), title="Quỹ Ghềnh Đá cho vay mua máy cày", main_image=picture)
    draft.channel_texts = say(FIRST)
    draft.save_revision(user=reporter)
    work(everywhere, rehearsal, publish(draft, writer=reporter, editor=editor, signer=editor_in_chief, now=everywhere.clock()))
    story = ArticlePage.objects.get(pk=draft.pk)
    copies = {copy.account.kind: copy for copy in copies_of(story)}
    states = {kind: copy.post.delivery.state for kind, copy in copies.items()}
    assert states == dict.fromkeys(KINDS, S.PUBLISHED), {kind: (copy.post.reason, copy.post.delivery.failure_code) for kind, copy in copies.items()}
    assert {kind: len(there(rehearsal, kind)) for kind in KINDS} == dict.fromkeys(KINDS, 1)
    assert all(copy.permalink for copy in copies.values())

    prepare_notice(story=story, kind=NoticeKind.CORRECT, words=correction(), actor=editor, now=everywhere.clock())
    change(story, by=editor, channel_texts=say(SECOND))
    work(everywhere, rehearsal, publish_again(story, editor=secretary, signer=editor_in_chief, now=everywhere.clock()))
    check_corrected(story, rehearsal)

    killed = removals.kill(story=story, actor=editor_in_chief, reason="Sai nguồn tin", number=str(story.pk), now=everywhere.clock())
    work(everywhere, rehearsal, killed.event)
    check_gone(story, rehearsal)


def check_corrected(story: ArticlePage, rehearsal: RehearsalServer) -> None:
    """Edited where the platform can; elsewhere a person has a task that names the copy."""
    for copy in copies_of(story):
        kind, can = copy.account.kind, connectors.get(copy.account.kind).capabilities(copy.account.settings)
        (post,) = there(rehearsal, kind)
        if can.can_edit:
            assert not copy.pending and not copy.undone, (kind, copy.pending, copy.undone)
            assert "80%" in post["text"] and SECOND in post["text"], (kind, post["text"])
        else:
            assert [line.delivery.operation for line in copy.undone] == [Operation.UPDATE], kind


def check_gone(story: ArticlePage, rehearsal: RehearsalServer) -> None:
    """Away where the platform can; elsewhere a task; nothing hangs in between."""
    for copy in copies_of(story):
        kind, can = copy.account.kind, connectors.get(copy.account.kind).capabilities(copy.account.settings)
        if can.can_delete:
            assert there(rehearsal, kind) == [], kind
            assert copy.post.delivery.removed_at is not None and not copy.pending and not copy.undone, kind
        else:
            assert Operation.DELETE in [line.delivery.operation for line in copy.undone], kind
