"""At night posts are looked at: gone is recorded, back is taken down again, unknown is shown; and a platform that knows nothing is not believed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from distribution.channels.enums import AccountState
from distribution.channels.models import Account
from distribution.connectors.base import FailureClass, Look, Sight
from distribution.connectors.listings import Listed
from distribution.deliveries import decisions, reconciling, selectors, sightings
from distribution.deliveries.enums import DeliveryState, Operation, Saw
from distribution.deliveries.models import Act, Delivery, Sighting, Stray
from newsroom.accounts.models import User
from publishing.deposit.models import Waiting
from publishing.events.enums import EventKind
from publishing.events.models import Alarm
from publishing.workflow.setup import ensure_rights
from tests.distribution.deliveries.stage import Newsroom
from tests.fakes.connector import failure

pytestmark = pytest.mark.database
S, F = DeliveryState, FailureClass


def posted(newsroom: Newsroom, text: str = "Lời dẫn") -> Delivery:
    delivery = newsroom.publish(text)
    newsroom.run_until_quiet(rounds=2)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED
    return delivery


def a_night(newsroom: Newsroom, *, rounds: int = 3) -> int:
    """The next night: the task runs every ten minutes."""
    newsroom.later(86_400)
    asked = 0
    for _round in range(rounds):
        asked += reconciling.look_around(clock=newsroom.clock)
        newsroom.later(600)
    return asked


def checked(newsroom: Newsroom) -> list[str]:
    return [what for call, what in newsroom.platform.calls if call == "check"]


def alarms() -> list[str]:
    return sorted(Alarm.objects.filter(cleared_at=None).values_list("code", flat=True))


def test_a_post_that_is_there_is_looked_at_once_a_night_and_nothing_is_said(newsroom: Newsroom) -> None:
    delivery = posted(newsroom)
    assert a_night(newsroom) == 1
    assert Sighting.objects.get(pk=delivery.pk).saw == Saw.THERE
    assert a_night(newsroom) == 1 and alarms() == []


def test_a_post_that_somebody_deleted_is_recorded_told_and_noted_by_a_person(newsroom: Newsroom, editor_in_chief: User) -> None:
    other, delivery = posted(newsroom, "Còn"), posted(newsroom, "Mất")
    del newsroom.platform.posts[delivery.remote_id]
    newsroom.later(86_400)
    reconciling.look_around(clock=newsroom.clock)
    delivery.refresh_from_db()
    assert delivery.removed_at is None, "one look is not believed"
    newsroom.later(600)
    reconciling.look_around(clock=newsroom.clock)
    delivery.refresh_from_db()
    assert (delivery.removed_outside, delivery.state) == (True, S.PUBLISHED) and delivery.removed_at
    assert Waiting.objects.filter(reference=f"delivery:{delivery.pk}:gone", post__kind="post_removed").exists()
    assert delivery.attempt_log.filter(phase="night", outcome="gone").count() == 1
    assert alarms() == ["post_gone"]
    assert list(selectors.board(show="asks")) == [delivery] and selectors.counts()["posted"] == 1
    assert decisions.open_to(delivery) == [decisions.SEEN] and decisions.open_to(other) == []
    decisions.it_was_seen(delivery_id=delivery.pk, actor=editor_in_chief, now=newsroom.now)
    assert alarms() == [] and Act.objects.get(delivery=delivery).kind == "seen"
    assert list(selectors.board(show="asks")) == [] and selectors.counts()["posted"] == 2
    before = len(checked(newsroom))
    a_night(newsroom)
    assert checked(newsroom)[before:] == [other.remote_id], "what is gone is not asked for again"


def test_an_edit_that_waits_for_a_person_is_over_when_the_post_is_gone(newsroom: Newsroom) -> None:
    newsroom.platform.can_edit = False
    posted(newsroom, "Còn")
    delivery = posted(newsroom, "Mất")
    newsroom.event(delivery.story, EventKind.UPDATED, text="Mới")
    newsroom.tick(1)
    edit = Delivery.objects.get(original=delivery)
    assert edit.state == S.WAITING_FOR_HUMAN
    del newsroom.platform.posts[delivery.remote_id]
    a_night(newsroom)
    edit.refresh_from_db()
    assert (edit.state, edit.failure_code) == (S.CANCELLED, "nothing_there")


def test_a_take_down_that_a_person_made_and_forgot_to_tell_is_seen(newsroom: Newsroom) -> None:
    newsroom.platform.can_delete = False
    posted(newsroom, "Còn")
    delivery = posted(newsroom, "Gỡ")
    newsroom.event(delivery.story, EventKind.WITHDRAWN)
    newsroom.tick(1)
    del newsroom.platform.posts[delivery.remote_id]
    a_night(newsroom)
    delivery.refresh_from_db()
    assert Delivery.objects.get(original=delivery).state == S.PUBLISHED
    assert delivery.removed_at and not delivery.removed_outside and alarms() == []


def test_a_post_that_is_there_after_its_take_down_is_taken_down_again_and_told(newsroom: Newsroom) -> None:
    delivery = posted(newsroom)
    kept = newsroom.platform.posts[delivery.remote_id]
    newsroom.event(delivery.story, EventKind.WITHDRAWN)
    newsroom.run_until_quiet(rounds=2)
    newsroom.platform.posts[delivery.remote_id] = kept  # the platform shows it again
    a_night(newsroom, rounds=1)
    assert alarms() == ["post_back"]
    again = Delivery.objects.get(original=delivery, operation=Operation.DELETE, repeat=1)
    newsroom.run_until_quiet(rounds=2)
    again.refresh_from_db()
    assert again.state == S.PUBLISHED and newsroom.platform.posts == {}
    a_night(newsroom, rounds=1)
    assert alarms() == [] and Sighting.objects.get(pk=delivery.pk).saw == Saw.GONE
    assert Delivery.objects.filter(original=delivery, operation=Operation.DELETE).count() == 2


def test_a_take_down_that_never_holds_is_ordered_anew_three_times_and_then_only_told(newsroom: Newsroom) -> None:
    delivery = posted(newsroom)
    kept = newsroom.platform.posts[delivery.remote_id]
    newsroom.event(delivery.story, EventKind.WITHDRAWN)
    for _night in range(6):
        newsroom.run_until_quiet(rounds=2)
        newsroom.platform.posts[delivery.remote_id] = kept
        a_night(newsroom, rounds=1)
    assert Delivery.objects.filter(original=delivery, operation=Operation.DELETE).count() == 4
    assert alarms() == ["post_back"]


def test_a_platform_that_suddenly_knows_no_post_is_not_believed(newsroom: Newsroom) -> None:
    for number in range(5):
        posted(newsroom, f"Bài {number}")
    newsroom.platform.posts.clear()
    a_night(newsroom)
    assert not Delivery.objects.filter(removed_outside=True).exists()
    assert alarms() == ["looks_doubtful"]


def test_one_post_that_is_there_clears_the_doubt(newsroom: Newsroom) -> None:
    rows = [posted(newsroom, f"Bài {number}") for number in range(5)]
    kept = dict(newsroom.platform.posts)
    newsroom.platform.posts.clear()
    a_night(newsroom)
    newsroom.platform.posts.update({rows[0].remote_id: kept[rows[0].remote_id]})
    a_night(newsroom)
    assert Delivery.objects.filter(removed_outside=True).count() == 4 and "looks_doubtful" not in alarms()


def test_the_longest_not_looked_at_comes_first_and_no_more_than_the_budget(newsroom: Newsroom, settings: Any) -> None:
    settings.RECONCILE_BATCH = 2
    rows = [posted(newsroom, f"Bài {number}") for number in range(5)]
    assert a_night(newsroom, rounds=1) == 2
    assert checked(newsroom) == [rows[0].remote_id, rows[1].remote_id]
    newsroom.later(600)
    reconciling.look_around(clock=newsroom.clock)
    assert checked(newsroom)[2:] == [rows[2].remote_id, rows[3].remote_id]
    newsroom.later(86_400)
    reconciling.look_around(clock=newsroom.clock)
    assert checked(newsroom)[4:] == [rows[4].remote_id, rows[0].remote_id]


def test_posts_that_are_too_old_and_channels_that_cannot_look_are_left_in_peace(newsroom: Newsroom, settings: Any) -> None:
    posted(newsroom)
    newsroom.platform.can_lookup = False
    assert a_night(newsroom) == 0
    newsroom.platform.can_lookup = True
    newsroom.later(86_400 * settings.RECONCILE_DAYS)
    assert a_night(newsroom) == 0


@pytest.mark.parametrize(
    ("kind", "gated", "state"), [(F.RATE, True, AccountState.READY), (F.QUOTA, False, AccountState.READY), (F.AUTH_DEAD, False, AccountState.NEEDS_RECONNECT)]
)
def test_a_refusal_ends_the_round_and_says_what_it_means_for_the_account(kind: F, gated: bool, state: AccountState, newsroom: Newsroom) -> None:
    for number in range(3):
        posted(newsroom, f"Bài {number}")
    newsroom.platform.will("check", failure(kind, retry_after=7200))
    assert a_night(newsroom, rounds=1) == 0
    account = Account.objects.get(pk=newsroom.account.pk)
    assert (account.gate_until is not None, account.state) == (gated, state)
    assert len(checked(newsroom)) == 1


def test_an_answer_that_tells_nothing_changes_nothing(newsroom: Newsroom) -> None:
    rows = [posted(newsroom, f"Bài {number}") for number in range(3)]
    newsroom.platform.will("check", Look(Sight.CANNOT), failure(F.CONTENT), Look(Sight.FOUND, "another post"))
    a_night(newsroom, rounds=1)
    assert set(Sighting.objects.values_list("saw", flat=True)) == {Saw.UNCLEAR} and len(rows) == 3 and alarms() == []


def test_a_story_that_was_withdrawn_while_we_looked_is_not_written_over(newsroom: Newsroom) -> None:
    delivery = posted(newsroom)
    newsroom.later(86_400)

    def meanwhile() -> Look:
        Delivery.objects.filter(pk=delivery.pk).update(removed_at=newsroom.now)
        return Look(Sight.NOT_FOUND)

    newsroom.platform.will("check", meanwhile)
    reconciling.look_around(clock=newsroom.clock)
    delivery.refresh_from_db()
    assert not delivery.removed_outside and Sighting.objects.get(pk=delivery.pk).absent == 0


def test_a_post_with_our_mark_that_no_delivery_knows_is_on_the_board_once(newsroom: Newsroom, client: Client, secretary: User) -> None:
    ensure_rights()
    delivery = posted(newsroom)
    mine = Listed(delivery.remote_id, "https://social.example/p1", "Lời dẫn", (delivery.pk,))
    twin = Listed("p99", "https://social.example/p99", "Lời dẫn", (delivery.pk,))
    foreign = Listed("p98", "https://social.example/p98", "Bài tự đăng", ())
    newsroom.platform.will("listed", (twin, foreign, mine))
    a_night(newsroom, rounds=1)
    (stray,) = Stray.objects.all()
    assert (stray.remote_id, stray.delivery_id) == ("p99", delivery.pk) and alarms() == ["post_stray"]
    newsroom.platform.will("listed", (twin, mine))
    a_night(newsroom, rounds=1)
    assert Stray.objects.count() == 1
    client.force_login(secretary)
    assert b"https://social.example/p99" in client.get(reverse("delivery_board")).content
    client.post(reverse("delivery_stray_seen", args=[stray.pk]))
    assert b"https://social.example/p99" not in client.get(reverse("delivery_board")).content
    assert alarms() == [] and Act.objects.filter(delivery=delivery, kind="stray_seen").exists()


def test_a_post_whose_address_told_no_id_is_known_by_its_mark_and_can_be_taken_down_again(newsroom: Newsroom) -> None:
    delivery, other = posted(newsroom), posted(newsroom)
    Delivery.objects.filter(pk=delivery.pk).update(remote_id="")  # a person gave an address that does not tell it
    newsroom.platform.will("listed", (Listed("p1", "https://social.example/p1", "Lời dẫn", (delivery.pk,)), Listed(other.remote_id, "", "", (other.pk,))))
    a_night(newsroom, rounds=1)
    delivery.refresh_from_db()
    assert (delivery.remote_id, Stray.objects.count(), alarms()) == ("p1", 0, [])
    newsroom.event(delivery.story, EventKind.WITHDRAWN)
    newsroom.run_until_quiet(rounds=3)
    assert "p1" not in newsroom.platform.posts


def test_a_take_down_that_failed_for_want_of_the_id_goes_by_itself_once_the_night_has_found_it(newsroom: Newsroom) -> None:
    delivery, other = posted(newsroom), posted(newsroom)
    Delivery.objects.filter(pk=delivery.pk).update(remote_id="")
    newsroom.event(delivery.story, EventKind.WITHDRAWN)
    newsroom.run_until_quiet(rounds=3)
    take_down = Delivery.objects.get(original=delivery, operation=Operation.DELETE)
    assert (take_down.state, take_down.failure_code, alarms()) == (S.WAITING_FOR_HUMAN, "no_remote_id", ["delivery_person"])
    newsroom.platform.will("listed", (Listed("p1", "https://social.example/p1", "Lời dẫn", (delivery.pk,)), Listed(other.remote_id, "", "", (other.pk,))))
    a_night(newsroom, rounds=1)
    newsroom.run_until_quiet(rounds=3)
    take_down.refresh_from_db()
    assert (take_down.state, alarms()) == (S.PUBLISHED, [])
    assert "p1" not in newsroom.platform.posts


def test_two_posts_with_the_mark_of_one_whose_id_is_not_known_are_both_shown_to_a_person(newsroom: Newsroom) -> None:
    delivery, other = posted(newsroom), posted(newsroom)
    Delivery.objects.filter(pk=delivery.pk).update(remote_id="")
    newsroom.platform.will("listed", tuple(Listed(number, "", "", (delivery.pk,)) for number in ("p1", "p99")))
    a_night(newsroom, rounds=1)
    delivery.refresh_from_db()
    assert (delivery.remote_id, Stray.objects.count(), other.remote_id) == ("", 2, "p2")


def test_who_runs_no_channels_takes_no_note(newsroom: Newsroom, client: Client, reporter: User) -> None:
    ensure_rights()
    stray = Stray.objects.create(account=newsroom.account, remote_id="p9", marker="M", found_at=newsroom.now)
    client.force_login(reporter)
    client.post(reverse("delivery_stray_seen", args=[stray.pk]))
    stray.refresh_from_db()
    assert stray.seen_at is None


def test_a_post_whose_outcome_is_being_found_out_is_no_stray(newsroom: Newsroom) -> None:
    delivery = posted(newsroom)
    Delivery.objects.filter(pk=delivery.pk).update(state=S.VERIFYING, remote_id="")
    listed = (Listed("p1", "", "", (delivery.pk,)),)
    assert sightings.record_listed(newsroom.account, listed, now=newsroom.now) == 0
    Delivery.objects.filter(pk=delivery.pk).update(state=S.FAILED)
    assert sightings.record_listed(newsroom.account, listed, now=newsroom.now) == 1


def test_the_deposit_keeps_what_was_gone_as_it_was_sent(newsroom: Newsroom) -> None:
    posted(newsroom, "Còn")
    delivery = posted(newsroom, "Mất")
    del newsroom.platform.posts[delivery.remote_id]
    a_night(newsroom)
    post: dict[str, Any] = json.loads(json.dumps(Waiting.objects.get(reference=f"delivery:{delivery.pk}:gone").post))
    assert post["payload"] == delivery.payload and post["removed_on_the_platform"] is True and post["permalink"] == delivery.remote_url


def test_the_beat_calls_in_the_small_hours_of_the_newsroom(settings: Any) -> None:
    schedule = settings.CELERY_BEAT_SCHEDULE["look-around"]["schedule"]
    hours = {datetime(2026, 11, 23, hour, tzinfo=UTC).astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).hour for hour in schedule.hour}
    assert hours == {1, 2, 3, 4} and settings.CELERY_TIMEZONE == "UTC" and timedelta(minutes=60 // len(schedule.minute)) == timedelta(minutes=10)


def test_a_draft_that_somebody_posts_after_it_counted_as_not_posted_is_told_at_night(newsroom: Newsroom, secretary: User, client: Client) -> None:
    account = newsroom.new_account(drafts=True, can_edit=False, can_delete=False)
    story = newsroom.story(accounts=(account,))
    newsroom.event(story)
    newsroom.tick(1)
    (draft,) = newsroom.platform.drafts
    newsroom.run_until_quiet(seconds=40_000, rounds=4)
    delivery = Delivery.objects.get(story=story)
    assert (delivery.state, delivery.failure_code) == (S.EXPIRED, "draft_expired")
    newsroom.platform.a_person_posts(draft, "Đăng muộn")
    a_night(newsroom, rounds=2)
    stray = Stray.objects.get()
    assert (stray.delivery, stray.account) == (delivery, account) and stray.url
    assert "Bản nháp" in Alarm.objects.get(cleared_at=None, code="post_stray").message
    a_night(newsroom, rounds=2)
    assert Stray.objects.count() == 1


def test_a_kill_asks_once_more_for_a_post_that_no_delivery_knows(newsroom: Newsroom, editor_in_chief: User) -> None:
    delivery = posted(newsroom)
    stray = Stray.objects.create(account=newsroom.account, remote_id="p9", url="https://social.example/p9", marker=delivery.pk, delivery=delivery, found_at=newsroom.now)
    sightings.take_note_of_stray(number=stray.pk, actor=editor_in_chief, now=newsroom.clock())
    assert alarms() == []
    newsroom.event(delivery.story, EventKind.KILLED)
    stray.refresh_from_db()
    assert stray.seen_at is None and alarms() == ["post_stray"]
    assert "https://social.example/p9" in Alarm.objects.get(cleared_at=None).message
