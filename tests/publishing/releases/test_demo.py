"""The demo newsroom: stories in every state, brought there by the services that people use; safe to repeat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from PIL import Image
from wagtail.models import Page, Revision

from newsroom.accounts.models import User
from newsroom.articles.demo_stories import stories
from newsroom.articles.models import ArticlePage, SectionPage
from newsroom.common import clock, demo
from newsroom.contributors.models import PenName
from newsroom.media.models import NewsImage, NewsVideo
from publishing.events.models import Alarm, StoryEvent
from publishing.releases.enums import ReleaseState
from publishing.releases.models import Release
from publishing.workflow import words
from publishing.workflow.enums import StepKind
from publishing.workflow.models import Approval, Step, StoryDesk


def _small_jpeg(*_args: Any, **_kwargs: Any) -> bytes:
    data = BytesIO()
    Image.new("RGB", (160, 100), (90, 120, 140)).save(data, "JPEG")
    return data.getvalue()


def _counts() -> dict[str, int]:
    models = (User, PenName, NewsImage, NewsVideo, SectionPage, ArticlePage, Revision, StoryEvent, Step, Approval, Release, StoryDesk)
    return {model.__name__: model._default_manager.count() for model in models}


# pytest-django sets up the databases that marked tests name: without the mark this module, run alone, would have none.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def newsroom(django_db_setup: Any, django_db_blocker: Any) -> Iterator[dict[str, int]]:
    """The demo, made once for this module and rolled back at its end."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, override_settings(NEWSROOM_DEMO=True), transaction.atomic():
        patch.setattr("newsroom.media.demo.jpeg", _small_jpeg)
        # Channels are connected by distribution's own step, which needs the rehearsal platforms: not of this test.
        _only_below_distribution(patch)
        call_command("demo", stdout=StringIO())
        yield _counts()
        transaction.set_rollback(True)


def _only_below_distribution(patch: pytest.MonkeyPatch) -> None:
    steps = [step for step in demo.steps_in_order() if not step.run.__module__.startswith("distribution")]
    patch.setattr(demo, "steps_in_order", lambda: steps)


def test_every_story_stands_in_its_state(newsroom: dict[str, int]) -> None:
    wanted = Counter(story.state for story in stories(now=clock.now()))
    assert Counter(StoryDesk.objects.values_list("state", flat=True)) == wanted
    assert ArticlePage.objects.filter(live=True).count() == wanted["published"]


def test_a_second_run_changes_nothing(newsroom: dict[str, int]) -> None:
    User.objects.filter(username="thuky").update(full_name="Đổi tên")
    call_command("demo", stdout=StringIO())
    assert _counts() == newsroom
    assert User.objects.get(username="thuky").full_name == "Đổi tên"


def test_an_older_and_a_new_story_show_a_video_and_the_new_one_is_for_the_video_channel(newsroom: dict[str, int]) -> None:
    old, new = ArticlePage.objects.select_related("main_video").filter(main_video__isnull=False, live=True).order_by("first_published_at")
    assert [captions.language for captions in old.main_video.captions.all()] == ["vi"]
    assert clock.now() - new.first_published_at < timedelta(hours=1)
    assert new.channel_texts.filter(account_key="youtube-bao-song-ba", wanted=True).exists()
    assert NewsVideo.objects.count() == 2
    for each in NewsVideo.objects.all():
        assert (each.state, each.reason) == ("ready", "")
        assert each.size < 2_000_000 and (each.width, each.height) == (854, 480) and 7.5 < each.duration_seconds < 8.5


def test_published_stories_were_signed_by_somebody_who_did_not_write_them(newsroom: dict[str, int]) -> None:
    assert Approval.objects.count() >= 51
    for approval in Approval.objects.select_related("story__real_author", "approver", "revision"):
        assert approval.approver_id != approval.story.owner_id
        assert approval.approver_id != (approval.story.real_author.user_id if approval.story.real_author else None)
        assert approval.digest == words.digest_of(approval.revision)


def test_the_dates_lie_in_the_past_as_the_stories_say(newsroom: dict[str, int]) -> None:
    now = clock.now()
    oldest, newest = ArticlePage.objects.filter(live=True).order_by("first_published_at")[0], ArticlePage.objects.filter(live=True).latest("first_published_at")
    assert now - oldest.first_published_at > timedelta(days=600)
    assert now - newest.first_published_at < timedelta(hours=1)
    assert not ArticlePage.objects.filter(first_published_at__gt=now).exists()
    steps = Step.objects.filter(story=newest).order_by("at")
    assert [step.kind for step in steps] == [StepKind.SUBMIT, StepKind.CLAIM, StepKind.ESCALATE, StepKind.APPROVE, StepKind.PUBLISH]


def test_only_the_newest_events_are_for_the_channels(newsroom: dict[str, int]) -> None:
    for_channels = StoryEvent.objects.filter(imported=False, kind="published")
    assert 1 <= for_channels.count() <= 5
    assert all(event.story.channel_texts.exists() for event in for_channels)
    assert for_channels.earliest("happened_at").happened_at > clock.now() - timedelta(hours=1)


def test_three_stories_wait_for_their_minute(newsroom: dict[str, int]) -> None:
    waiting = Release.objects.filter(state=ReleaseState.SCHEDULED)
    assert waiting.count() == 3
    assert all(release.due_at > release.created_at for release in waiting)


def test_the_tree_is_sound_and_nothing_alarms(newsroom: dict[str, int]) -> None:
    assert [len(found) for found in Page.find_problems()] == [0, 0, 0, 0, 0]
    assert not Alarm.objects.filter(cleared_at=None).exists()


def test_everybody_can_sign_in_with_the_demo_password(newsroom: dict[str, int]) -> None:
    for name in ("phongvien", "phongvien2", "bientap", "thuky", "tongbientap", "congtacvien", "quantri"):
        user = User.objects.get(username=name)
        assert user.check_password("demo-newsroom")
        assert user.has_perm("wagtailadmin.access_admin")


def test_generated_stories_join_once(newsroom: dict[str, int]) -> None:
    with transaction.atomic():
        call_command("demo", "--stories", "60", "--seed", "5", stdout=StringIO())
        call_command("demo", "--stories", "60", "--seed", "5", stdout=StringIO())
        assert ArticlePage.objects.count() == newsroom["ArticlePage"] + 60
        assert StoryEvent.objects.filter(imported=True, story__slug__startswith="demo-5-").count() == 60
        transaction.set_rollback(True)


def test_outside_demo_mode_it_refuses_with_a_sentence(newsroom: dict[str, int]) -> None:
    with override_settings(NEWSROOM_DEMO=False), pytest.raises(CommandError) as refusal:
        call_command("demo", stdout=StringIO())
    assert "NEWSROOM_DEMO" in str(refusal.value)


@pytest.mark.parametrize("number", ["-1", "99999999"])
def test_an_absurd_number_of_stories_is_refused(newsroom: dict[str, int], number: str) -> None:
    with pytest.raises(CommandError):
        call_command("demo", "--stories", number, stdout=StringIO())


def test_where_somebody_has_worked_it_leaves_everything_alone(newsroom: dict[str, int]) -> None:
    with transaction.atomic():
        page = ArticlePage.objects.filter(live=False).first()
        ArticlePage.objects.filter(pk=page.pk).update(slug="bai-cua-toi")
        out = StringIO()
        call_command("demo", "--when-empty", stdout=out)
        assert _counts() == newsroom
        transaction.set_rollback(True)
