"""Publishing again edits the post, withdrawing takes it down; whatever comes first, the newest version wins and there is one post."""

from __future__ import annotations

from datetime import timedelta

import pytest

from distribution.channels.enums import AccountState, GateReason
from distribution.channels.models import Account
from distribution.connectors.base import FailureClass
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.deliveries.planning import TakeDownInFlight
from newsroom.articles.models import ArticlePage
from publishing.events.enums import EventKind
from publishing.events.models import Alarm
from tests.distribution.deliveries.stage import Newsroom
from tests.fakes.connector import ScriptedPlatform, WorkerDies, dies_after_sending, failure, loses_the_answer, never_arrives

pytestmark = pytest.mark.database
S, F, K = DeliveryState, FailureClass, EventKind


def rows(story: ArticlePage, operation: Operation) -> list[Delivery]:
    return list(Delivery.objects.filter(story=story, operation=operation).order_by("version"))


def texts(platform: ScriptedPlatform) -> list[str]:
    return [post.text for post in platform.posts.values()]


@pytest.fixture
def posted(newsroom: Newsroom) -> ArticlePage:
    story = newsroom.story("cũ")
    newsroom.event(story)
    newsroom.work(Delivery.objects.get(story=story))
    return story


def test_a_new_version_edits_the_post(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    newsroom.event(posted, K.UPDATED, text="mới")
    newsroom.run_until_quiet(rounds=2)
    assert texts(platform) == ["mới"]
    (update,) = rows(posted, Operation.UPDATE)
    assert update.state == S.PUBLISHED
    assert update.original == rows(posted, Operation.PUBLISH)[0]


def test_the_edit_keeps_the_marker_of_the_post(newsroom: Newsroom, posted: ArticlePage) -> None:
    newsroom.event(posted, K.CORRECTED, text="mới")
    (update,) = rows(posted, Operation.UPDATE)
    assert update.stored_payload.marker == rows(posted, Operation.PUBLISH)[0].pk


def test_a_version_that_changes_nothing_on_the_channel_sends_nothing(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    newsroom.event(posted, K.UPDATED, text="cũ")
    assert rows(posted, Operation.UPDATE) == []


def test_a_new_version_before_the_post_replaces_it(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    story = newsroom.story("cũ")
    newsroom.event(story)
    newsroom.event(story, K.UPDATED, text="mới")
    newsroom.run_until_quiet(rounds=2)
    assert texts(platform) == ["mới"]
    assert [(row.version, row.state) for row in rows(story, Operation.PUBLISH)] == [(1, S.CANCELLED), (2, S.PUBLISHED)]


def test_a_new_version_while_the_first_is_being_looked_for_waits_and_edits(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", loses_the_answer)
    story = newsroom.story("cũ")
    newsroom.event(story)
    newsroom.work(Delivery.objects.get(story=story))
    newsroom.event(story, K.UPDATED, text="mới")
    newsroom.run_until_quiet(seconds=5, rounds=6)
    assert texts(platform) == ["mới"]
    assert len(rows(story, Operation.PUBLISH)) == 1


def test_two_quick_edits_leave_the_newest(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    newsroom.event(posted, K.UPDATED, text="hai")
    newsroom.event(posted, K.UPDATED, text="ba")
    newsroom.run_until_quiet(rounds=2)
    assert texts(platform) == ["ba"]
    assert [row.state for row in rows(posted, Operation.UPDATE)] == [S.CANCELLED, S.PUBLISHED]


def test_an_edit_that_comes_late_does_not_overwrite_a_newer(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    newsroom.event(posted, K.UPDATED, text="hai")
    (older,) = rows(posted, Operation.UPDATE)
    Delivery.objects.filter(pk=older.pk).update(state=S.VERIFYING)  # so that the next event does not cancel it
    newsroom.event(posted, K.UPDATED, text="ba")
    newsroom.work(rows(posted, Operation.UPDATE)[1])
    Delivery.objects.filter(pk=older.pk).update(state=S.READY, next_at=newsroom.now)
    newsroom.work(older)
    assert (older.state, older.failure_code) == (S.CANCELLED, "superseded")
    assert texts(platform) == ["ba"]


def test_an_edit_with_a_lost_answer_is_simply_repeated(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    platform.will("update", failure(F.AMBIGUOUS, code="lost_answer"))
    newsroom.event(posted, K.UPDATED, text="mới")
    newsroom.run_until_quiet(rounds=4)
    assert texts(platform) == ["mới"]


def test_an_edit_of_a_post_that_somebody_deleted_says_so_and_posts_nothing(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    platform.posts.clear()
    newsroom.event(posted, K.UPDATED, text="mới")
    newsroom.run_until_quiet(rounds=2)
    (post,) = rows(posted, Operation.PUBLISH)
    assert post.removed_outside
    newsroom.event(posted, K.UPDATED, text="mới nữa")
    newsroom.run_until_quiet(rounds=2)
    assert platform.posts == {}


def test_withdrawing_takes_the_post_down(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    newsroom.event(posted, K.WITHDRAWN)
    newsroom.run_until_quiet(rounds=2)
    assert platform.posts == {}
    assert rows(posted, Operation.DELETE)[0].state == S.PUBLISHED
    assert rows(posted, Operation.PUBLISH)[0].removed_at is not None


def test_taking_down_a_post_that_is_not_there_is_done(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    platform.posts.clear()
    newsroom.event(posted, K.KILLED)
    newsroom.run_until_quiet(rounds=2)
    assert rows(posted, Operation.DELETE)[0].state == S.PUBLISHED


def test_withdrawing_before_the_post_sends_nothing(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    story = newsroom.story()
    newsroom.event(story)
    newsroom.event(story, K.WITHDRAWN)
    newsroom.run_until_quiet(rounds=3)
    assert platform.calls == []
    assert rows(story, Operation.PUBLISH)[0].state == S.CANCELLED


@pytest.mark.parametrize("outcome", [loses_the_answer, never_arrives, dies_after_sending])
def test_withdrawing_while_the_outcome_is_unknown_ends_with_no_post(newsroom: Newsroom, platform: ScriptedPlatform, outcome: object) -> None:
    platform.will("commit", outcome)
    story = newsroom.story()
    newsroom.event(story)
    newsroom.work(Delivery.objects.get(story=story))
    newsroom.event(story, K.KILLED)
    newsroom.run_until_quiet(rounds=15)
    assert platform.posts == {}
    assert not Delivery.objects.filter(story=story).exclude(state__in=[S.PUBLISHED, S.CANCELLED]).exists()


def test_a_withdrawn_story_that_is_published_again_is_posted_again(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    newsroom.event(posted, K.WITHDRAWN)
    newsroom.run_until_quiet(rounds=2)
    newsroom.event(posted, K.PUBLISHED, text="lại")
    newsroom.run_until_quiet(rounds=2)
    assert texts(platform) == ["lại"]


def test_published_again_before_the_take_down_was_carried_out_leaves_no_two_posts(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    newsroom.event(posted, K.WITHDRAWN)
    newsroom.event(posted, K.PUBLISHED, text="lại")
    newsroom.run_until_quiet(rounds=4)
    assert texts(platform) == ["lại"]


def test_a_take_down_passes_a_paused_channel(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    Account.objects.filter(pk=newsroom.account.pk).update(state=AccountState.PAUSED)
    newsroom.event(posted, K.KILLED)
    newsroom.run_until_quiet(rounds=2)
    assert platform.posts == {}


def test_a_take_down_goes_before_other_posts(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    other = newsroom.publish("khác")
    newsroom.event(posted, K.KILLED)
    newsroom.work(other)
    assert platform.posts == {}


def test_a_channel_newly_wanted_gets_the_post(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    story = newsroom.story()
    newsroom.event(story, K.PUBLISHED, text="x", wanted=False)
    newsroom.event(story, K.UPDATED, text="bây giờ", wanted=True)
    newsroom.run_until_quiet(rounds=2)
    assert texts(platform) == ["bây giờ"]


def test_a_correction_reaches_a_post_of_a_channel_that_is_no_longer_wanted(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    newsroom.event(posted, K.CORRECTED, text="đã sửa", wanted=False)
    newsroom.run_until_quiet(rounds=2)
    assert texts(platform) == ["đã sửa"]


def test_a_refused_text_is_replaced_by_the_next_version(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("commit", failure(F.CONTENT, code="bad_content"))
    story = newsroom.story("bị từ chối")
    newsroom.event(story)
    newsroom.work(Delivery.objects.get(story=story))
    newsroom.event(story, K.UPDATED, text="đã sửa")
    newsroom.run_until_quiet(rounds=2)
    assert texts(platform) == ["đã sửa"]
    assert [row.state for row in rows(story, Operation.PUBLISH)] == [S.CANCELLED, S.PUBLISHED]


def test_a_channel_that_cannot_delete_asks_a_person(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    platform.can_delete = False
    newsroom.event(posted, K.WITHDRAWN)
    newsroom.run_until_quiet(rounds=2)
    (delete,) = rows(posted, Operation.DELETE)
    assert (delete.state, delete.failure_code) == (S.WAITING_FOR_HUMAN, "cannot_delete")


def test_a_story_shown_again_while_its_post_is_being_taken_down_is_taken_later(newsroom: Newsroom, posted: ArticlePage) -> None:
    newsroom.event(posted, K.WITHDRAWN)
    (delete,) = rows(posted, Operation.DELETE)
    Delivery.objects.filter(pk=delete.pk).update(state=S.COMMITTING, commit_intent_at=newsroom.now)
    with pytest.raises(TakeDownInFlight):
        newsroom.event(posted, K.PUBLISHED, text="lại")
    assert rows(posted, Operation.UPDATE) == []


def test_an_event_that_comes_after_the_kill_of_its_story_brings_nothing_back(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    late = newsroom.event(posted, K.UPDATED, text="mới", taken=False)
    newsroom.event(posted, K.KILLED)
    newsroom.take(late)
    newsroom.run_until_quiet(rounds=3)
    assert texts(platform) == []
    assert [row.state for row in rows(posted, Operation.DELETE)] == [S.PUBLISHED]
    assert rows(posted, Operation.UPDATE) == []


def test_a_publication_that_is_taken_after_the_kill_posts_nothing(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    story = newsroom.story("cũ")
    first = newsroom.event(story, taken=False)
    newsroom.event(story, K.KILLED)
    newsroom.take(first)
    newsroom.run_until_quiet(rounds=3)
    assert texts(platform) == []
    assert not Delivery.objects.filter(story=story).exists()


def test_a_take_down_that_comes_after_the_story_is_shown_again_leaves_the_post(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    late = newsroom.event(posted, K.WITHDRAWN, taken=False)
    newsroom.event(posted, K.PUBLISHED, text="mới")
    newsroom.take(late)
    newsroom.run_until_quiet(rounds=3)
    assert texts(platform) == ["mới"]


def test_older_words_that_are_taken_last_do_not_come_back(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    story = newsroom.story("một")
    first = newsroom.event(story, text="một", taken=False)
    second = newsroom.event(story, K.UPDATED, text="hai", taken=False)
    newsroom.event(story, K.UPDATED, text="ba")
    for event in (second, first):
        newsroom.take(event)
    newsroom.run_until_quiet(rounds=3)
    assert texts(platform) == ["ba"]


def test_a_publication_overtaken_by_its_own_edit_still_brings_back_what_somebody_had_removed(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    Delivery.objects.filter(story=posted).update(removed_outside=True, removed_at=newsroom.clock())
    platform.posts.clear()
    newsroom.event(posted, K.PUBLISHED, taken=False)
    newsroom.event(posted, K.UPDATED, text="mới")
    newsroom.run_until_quiet(rounds=3)
    assert texts(platform) == ["mới"]


@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.DELETE])
def test_a_change_whose_worker_died_in_the_middle_of_the_call_is_made_once_more(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage, operation: Operation) -> None:
    def dies() -> None:
        raise WorkerDies

    platform.will(operation, dies)
    newsroom.event(posted, K.UPDATED if operation == Operation.UPDATE else K.WITHDRAWN, text=None if operation == Operation.DELETE else "mới")
    newsroom.work(rows(posted, operation)[0])
    newsroom.run_until_quiet(seconds=100, rounds=3)
    assert [row.state for row in rows(posted, operation)] == [S.PUBLISHED]
    assert texts(platform) == (["mới"] if operation == Operation.UPDATE else [])


def test_a_correction_that_waits_for_long_is_told_of_but_not_one_whose_post_is_not_there_yet(newsroom: Newsroom, platform: ScriptedPlatform, posted: ArticlePage) -> None:
    drafts = newsroom.new_account(drafts=True)
    waiting = newsroom.story("nháp", accounts=(drafts,))
    newsroom.event(waiting)
    newsroom.tick(1)
    Account.objects.update(gate_until=newsroom.now + timedelta(hours=3), gate_reason=GateReason.RATE)
    for story in (posted, waiting):
        newsroom.event(story, K.CORRECTED, text="mới")
    newsroom.tick(45 * 60)
    (update,) = rows(posted, Operation.UPDATE)
    assert list(Alarm.objects.filter(code="delivery_late", cleared_at=None).values_list("subject", flat=True)) == [update.pk]
