"""Comments, notices, link cards and messages to followers come after a post; whatever becomes of them, the post stays posted."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from distribution.connectors.base import Failure, FailureClass
from distribution.deliveries import broadcasts, decisions
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.renditions.registry import notices
from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from newsroom.pages.guard import door_open
from publishing.deposit.models import Waiting
from publishing.events.enums import EventKind
from publishing.workflow.setup import ensure_rights
from tests.distribution.deliveries.stage import Newsroom
from tests.fakes.connector import ScriptedPlatform, WorkerDies, failure

pytestmark = pytest.mark.database
S, F, K = DeliveryState, FailureClass, EventKind


@pytest.fixture(autouse=True)
def can_do_it_all(platform: ScriptedPlatform) -> None:
    platform.can_comment = platform.can_refresh_preview = platform.can_broadcast = True


def says(story: ArticlePage, words: str) -> None:
    """The story's first comment, in a version of its own."""
    version = ArticlePage.objects.get(pk=story.pk).latest_revision.as_object()
    rows = list(version.channel_texts.all())
    for row in rows:
        row.first_comment = words
    version.channel_texts = rows
    with door_open():
        version.save_revision().publish(skip_permission_checks=True)


def commented(newsroom: Newsroom, words: str = "Mời bạn đọc") -> Delivery:
    """A post with a first comment that is planned."""
    story = newsroom.story("lời dẫn")
    says(story, words)
    newsroom.event(story)
    return Delivery.objects.get(story=story, operation=Operation.PUBLISH)


def the(post: Delivery, operation: Operation) -> Delivery:
    return Delivery.objects.filter(original=post, operation=operation).order_by("-version", "-id")[0]


def state_of(post: Delivery) -> str:
    return Delivery.objects.get(pk=post.pk).state


def lost(platform: ScriptedPlatform, post: str, words: str) -> Failure:
    platform.say(post, words)
    return failure(F.AMBIGUOUS, code="lost_answer")


def test_the_first_comment_follows_the_post(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    post = commented(newsroom)
    assert the(post, Operation.COMMENT).state == S.READY and platform.comments == []
    newsroom.run_until_quiet(rounds=3)
    assert platform.comments == [("p1", "Mời bạn đọc")]
    comment = the(post, Operation.COMMENT)
    assert (comment.state, comment.remote_url) == (S.PUBLISHED, "https://social.example/p1/c1")


def test_a_comment_whose_answer_was_lost_is_looked_for_and_never_doubled(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("comment", lost)
    post = commented(newsroom)
    newsroom.run_until_quiet(rounds=4)
    assert len(platform.comments) == 1
    assert the(post, Operation.COMMENT).state == S.PUBLISHED


def test_a_comment_that_never_arrived_is_sent_again_after_two_looks(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    platform.will("comment", failure(F.AMBIGUOUS, code="lost_answer"))
    post = commented(newsroom)
    newsroom.run_until_quiet(rounds=6)
    assert (the(post, Operation.COMMENT).state, len(platform.comments)) == (S.PUBLISHED, 1)
    assert [call for call, _post in platform.calls if "comment" in call] == ["comment", "find_comment", "find_comment", "comment"]


def test_a_worker_that_died_after_commenting_leaves_one_comment(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    def dies(platform: ScriptedPlatform, post: str, words: str) -> None:
        platform.say(post, words)
        raise WorkerDies

    platform.will("comment", dies)
    post = commented(newsroom)
    newsroom.run_until_quiet(seconds=100, rounds=5)
    assert (the(post, Operation.COMMENT).state, len(platform.comments)) == (S.PUBLISHED, 1)


@pytest.mark.parametrize("kind", [F.CONTENT, F.BUG, F.CONFIG])
def test_a_comment_that_fails_leaves_the_post_posted(newsroom: Newsroom, platform: ScriptedPlatform, kind: FailureClass) -> None:
    platform.will("comment", failure(kind, code="bad_content"))
    post = commented(newsroom)
    newsroom.run_until_quiet(rounds=2)
    assert state_of(post) == S.PUBLISHED
    assert the(post, Operation.COMMENT).state in (S.FAILED, S.VERIFYING)
    assert len(platform.posts) == 1


def test_a_comment_of_a_post_that_never_came_is_not_sent(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    platform.will("commit", failure(F.CONTENT, code="bad_content"))
    post = commented(newsroom)
    newsroom.run_until_quiet(rounds=2)
    decisions.cancel(delivery_id=post.pk, actor=secretary, now=newsroom.clock())
    newsroom.run_until_quiet(rounds=3)
    assert (the(post, Operation.COMMENT).state, platform.comments) == (S.CANCELLED, [])


def test_a_withdrawn_story_is_not_commented_on(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    post = commented(newsroom)
    newsroom.work(post)
    newsroom.event(post.story, K.WITHDRAWN)
    newsroom.run_until_quiet(rounds=4)
    assert (platform.comments, platform.posts) == ([], {})


def test_a_comment_that_was_posted_and_changed_since_is_work_of_a_person(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    post = commented(newsroom)
    newsroom.run_until_quiet(rounds=3)
    newsroom.event(post.story, K.UPDATED)
    assert Delivery.objects.filter(operation=Operation.COMMENT).count() == 1, "the same words are not said twice"
    says(post.story, "Lời khác")
    newsroom.event(post.story, K.UPDATED)
    newsroom.run_until_quiet(rounds=2)
    task = the(post, Operation.COMMENT)
    assert (task.state, task.failure_code) == (S.WAITING_FOR_HUMAN, "comment_changed")
    assert set(decisions.open_to(task)) == {decisions.DONE, decisions.CANNOT}
    assert platform.comments == [("p1", "Mời bạn đọc")]


def test_a_comment_that_was_not_posted_yet_gives_way_to_the_new_words(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    post = commented(newsroom)
    newsroom.work(post)
    says(post.story, "Lời khác")
    newsroom.event(post.story, K.UPDATED)
    newsroom.run_until_quiet(rounds=3)
    assert platform.comments == [("p1", "Lời khác")]


@pytest.fixture
def corrected() -> Any:
    def tell(story: ArticlePage, event: Any) -> str:
        del story
        return "Đính chính: số tàu là 1.204." if event is not None and event.kind == K.CORRECTED else ""

    notices.add("test", tell)
    yield
    notices.remove("test")


def test_a_correction_answers_under_a_post_that_cannot_be_edited(newsroom: Newsroom, platform: ScriptedPlatform, corrected: None) -> None:
    platform.can_edit = False
    post = newsroom.work(newsroom.publish("cũ"))
    newsroom.event(post.story, K.CORRECTED, text="mới")
    newsroom.run_until_quiet(rounds=3)
    ((where, words),) = platform.comments
    assert where == "p1" and words.startswith("Đính chính: số tàu là 1.204.\nhttp")
    assert the(post, Operation.REPLY).state == S.PUBLISHED
    assert not Delivery.objects.filter(operation=Operation.UPDATE).exists()
    newsroom.event(post.story, K.CORRECTED, text="mới nữa")
    newsroom.run_until_quiet(rounds=3)
    assert len(platform.comments) == 1, "the same notice is not posted twice"


def test_a_changed_story_has_its_card_read_anew_after_its_page(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    post = newsroom.work(newsroom.publish("như cũ"))
    newsroom.event(post.story, K.UPDATED)
    newsroom.tick(5)
    assert platform.cards == [], "the page is rendered first"
    newsroom.run_until_quiet(seconds=10, rounds=3)
    (link,) = platform.cards
    assert link.startswith("http") and "utm_id" not in link
    newsroom.event(post.story, K.WITHDRAWN)
    newsroom.run_until_quiet(rounds=3)
    assert len(platform.cards) == 2, "what readers shared shows a withdrawn story no longer"


def test_a_card_that_cannot_be_renewed_wakes_nobody_and_changes_no_post(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    from publishing.events.models import Alarm

    platform.will("refresh_preview", failure(F.CONTENT, code="bad_content"))
    post = newsroom.work(newsroom.publish("như cũ"))
    newsroom.event(post.story, K.UPDATED)
    newsroom.run_until_quiet(rounds=3)
    assert the(post, Operation.REFRESH).state == S.FAILED
    assert state_of(post) == S.PUBLISHED and not Alarm.objects.exists()


def confirmed(newsroom: Newsroom, secretary: User) -> tuple[Delivery, Delivery]:
    post = newsroom.work(newsroom.publish())
    return post, broadcasts.start(delivery_id=post.pk, typed=f" {post.story_id} ", actor=secretary, now=newsroom.clock())


def test_a_post_is_sent_to_followers_once_by_a_person_who_types_its_number(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    post, order = confirmed(newsroom, secretary)
    newsroom.run_until_quiet(rounds=2)
    order.refresh_from_db()
    assert (order.state, platform.sent_to_followers) == (S.PUBLISHED, ["p1"])
    assert order.acts.get().actor == secretary
    sealed = Waiting.objects.get(reference=f"delivery:{order.pk}").post
    assert sealed is not None
    assert (sealed["kind"], sealed["operation"], sealed["permalink"], sealed["payload"]) == ("post_published", "broadcast", "https://social.example/p1", order.payload)
    with pytest.raises(decisions.DecisionError):
        broadcasts.start(delivery_id=post.pk, typed=str(post.story_id), actor=secretary, now=newsroom.clock())


@pytest.mark.parametrize("typed", ["", "0", "x"])
def test_nothing_is_sent_to_followers_unless_the_number_is_typed(newsroom: Newsroom, secretary: User, typed: str) -> None:
    post = newsroom.work(newsroom.publish())
    with pytest.raises(decisions.DecisionError):
        broadcasts.start(delivery_id=post.pk, typed=typed, actor=secretary, now=newsroom.clock())
    assert not Delivery.objects.filter(operation=Operation.BROADCAST).exists()


def test_a_lost_answer_of_a_broadcast_asks_a_person_and_sends_nothing_more(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    platform.will("broadcast", failure(F.AMBIGUOUS, code="lost_answer"))
    _post, order = confirmed(newsroom, secretary)
    newsroom.run_until_quiet(rounds=5)
    order.refresh_from_db()
    assert order.state == S.UNCONFIRMED
    assert [call for call, _post in platform.calls].count("broadcast") == 1
    assert set(decisions.open_to(order)) == {decisions.THERE, decisions.NOT_THERE}
    decisions.it_is_not_there(delivery_id=order.pk, actor=secretary, now=newsroom.clock())
    newsroom.run_until_quiet(rounds=5)
    assert [call for call, _post in platform.calls].count("broadcast") == 1, "only a person starts it again"


@pytest.mark.parametrize("kind", [F.TRANSIENT_SAFE, F.RATE, F.QUOTA, F.CONTENT])
def test_a_refused_broadcast_is_not_tried_again_by_itself(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User, kind: FailureClass) -> None:
    platform.will("broadcast", failure(kind, retry_after=5))
    _post, order = confirmed(newsroom, secretary)
    newsroom.run_until_quiet(seconds=600, rounds=5)
    order.refresh_from_db()
    assert order.state == S.FAILED
    assert [call for call, _post in platform.calls].count("broadcast") == 1


def test_a_broadcast_whose_worker_died_is_not_sent_again(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    def dies(platform: ScriptedPlatform, post: str) -> None:
        platform.sent_to_followers.append(post)
        raise WorkerDies

    platform.will("broadcast", dies)
    _post, order = confirmed(newsroom, secretary)
    newsroom.run_until_quiet(seconds=100, rounds=5)
    order.refresh_from_db()
    assert (order.state, platform.sent_to_followers) == (S.UNCONFIRMED, ["p1"])


def test_the_page_of_a_post_offers_and_takes_a_broadcast(client: Client, newsroom: Newsroom, platform: ScriptedPlatform, secretary: User, reporter: User) -> None:
    post = newsroom.work(newsroom.publish())
    ensure_rights()
    client.force_login(secretary)
    assert f"gõ số bài, {post.story_id}" in client.get(reverse("delivery_detail", args=[post.pk])).content.decode()
    client.post(reverse("delivery_act", args=[post.pk, "broadcast"]), {"number": str(post.story_id)})
    assert the(post, Operation.BROADCAST).acts.get().actor == secretary
    with pytest.raises(decisions.DecisionError):
        broadcasts.start(delivery_id=post.pk, typed=str(post.story_id), actor=reporter, now=newsroom.clock())
