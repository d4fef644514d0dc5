"""Where the database decides: calls outside transactions, the intent really committed, two workers, and what constraints refuse."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from distribution.channels import offers
from distribution.channels.models import Account, Offer, Unit
from distribution.channels.services import ChannelError
from distribution.connectors.base import Payload
from distribution.deliveries import claims, services
from distribution.deliveries.enums import DeliveryState
from distribution.deliveries.models import Delivery
from distribution.deliveries.subscribers import take
from distribution.deliveries.transitions import IllegalStep, LostRow, move
from newsroom.accounts.roles import Role
from publishing.events.enums import EventKind
from publishing.events.services import lock_story
from tests.cast import person
from tests.distribution.deliveries.stage import Newsroom
from tests.fakes.connector import ScriptedPlatform, scripted_platform

S = DeliveryState


@pytest.mark.database
@pytest.mark.processes  # it empties the database behind it: nothing runs beside or after it on the same one
@pytest.mark.django_db(transaction=True)
def test_the_call_is_made_outside_any_transaction_and_after_the_intent_is_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[bool, str]] = []

    def look(payload: Payload) -> None:
        found: list[str] = []

        def read() -> None:  # another connection sees only what is committed
            found.append(Delivery.objects.values_list("state", flat=True).get(pk=payload.marker))
            connection.close()

        reader = threading.Thread(target=read)
        reader.start()
        reader.join()
        seen.append((connection.in_atomic_block, found[0]))

    monkeypatch.setattr(services, "ring", lambda ids: None)
    with scripted_platform() as platform:
        platform.before_commit = look
        newsroom = Newsroom(platform)
        assert newsroom.work(newsroom.publish()).state == S.PUBLISHED
    assert seen == [(False, S.COMMITTING)]


@pytest.mark.database
@pytest.mark.processes  # it empties the database behind it: nothing runs beside or after it on the same one
@pytest.mark.django_db(transaction=True)
def test_many_workers_with_the_same_messages_post_each_story_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "ring", lambda ids: None)
    with scripted_platform() as platform:
        newsroom = Newsroom(platform)
        ids = [newsroom.publish(f"lời {number}").pk for number in range(4)]

        def worker() -> None:
            for _ in range(3):
                for delivery_id in ids:
                    services.work(delivery_id=delivery_id, clock=newsroom.clock)
            connection.close()

        workers = [threading.Thread(target=worker) for _ in range(4)]
        for thread in workers:
            thread.start()
        for thread in workers:
            thread.join()
        newsroom.run_until_quiet(rounds=5)
        assert sorted(post.text for post in platform.posts.values()) == [f"lời {number}" for number in range(4)]
        assert set(Delivery.objects.values_list("state", flat=True)) == {S.PUBLISHED}


@pytest.mark.database
@pytest.mark.processes  # it empties the database behind it: nothing runs beside or after it on the same one
@pytest.mark.django_db(transaction=True)
def test_a_kill_that_is_taken_while_the_publication_is_being_taken_finds_its_posts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "ring", lambda ids: None)
    with scripted_platform() as platform:
        newsroom = Newsroom(platform)
        story = newsroom.story()
        first = newsroom.event(story, taken=False)

        def kill() -> None:
            newsroom.event(story, EventKind.KILLED)
            connection.close()

        killer = threading.Thread(target=kill)
        with transaction.atomic():
            take(event=first, now=newsroom.clock())
            killer.start()
            time.sleep(0.7)  # the kill is committed or waits: either way it must see the rows that are not committed yet
        killer.join()
        newsroom.run_until_quiet(rounds=3)
        assert platform.posts == {}
        assert [(row.state, row.failure_code) for row in Delivery.objects.all()] == [(S.CANCELLED, "withdrawn")]


@pytest.mark.database
@pytest.mark.processes  # it empties the database behind it: nothing runs beside or after it on the same one
@pytest.mark.django_db(transaction=True)
def test_an_approver_accepts_while_the_kill_of_the_story_is_taken_and_neither_waits_for_the_other_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "ring", lambda ids: None)
    with scripted_platform() as platform:
        newsroom, approver = Newsroom(platform), person("can-bo-xa", Role.CONTRIBUTOR)
        unit = Unit.objects.create(name="Xã Ea Bar")
        unit.approvers.add(approver)
        Account.objects.update(unit=unit)
        story = newsroom.story()
        newsroom.event(story)
        killed, said = newsroom.event(story, EventKind.KILLED, taken=False), []

        def accept() -> None:
            try:
                offers.accept_offer(offer=Offer.objects.get(), actor=approver, now=newsroom.clock())
            except ChannelError as error:
                said.append(error.code)
            connection.close()

        person_at_the_screen = threading.Thread(target=accept)
        with transaction.atomic():
            lock_story(story_id=story.pk)
            person_at_the_screen.start()
            time.sleep(0.7)
            take(event=killed, now=newsroom.clock())
        person_at_the_screen.join()
        newsroom.run_until_quiet(rounds=3)
        assert said == ["decided"] and platform.posts == {}


@pytest.mark.database
def test_a_second_live_post_of_a_story_is_refused_by_the_database(newsroom: Newsroom) -> None:
    delivery = newsroom.publish()
    delivery.pk, delivery.version = "1" * 26, 9
    with pytest.raises(IntegrityError), transaction.atomic():
        delivery.save(force_insert=True)


@pytest.mark.database
@pytest.mark.parametrize("changes", [{"state": "somewhere"}, {"operation": "shout"}, {"state": "committing", "commit_intent_at": None}, {"lease_owner": "x"}, {"operation": "update"}])
def test_the_database_refuses_rows_that_cannot_be(newsroom: Newsroom, changes: dict[str, Any]) -> None:
    delivery = newsroom.publish()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(**changes)


@pytest.mark.database
def test_two_commits_of_one_account_at_once_are_refused_by_the_database(newsroom: Newsroom) -> None:
    rows = [newsroom.publish(), newsroom.publish()]
    Delivery.objects.filter(pk=rows[0].pk).update(state=S.COMMITTING, commit_intent_at=newsroom.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=rows[1].pk).update(state=S.COMMITTING, commit_intent_at=newsroom.now)


@pytest.mark.database
def test_a_step_outside_the_table_is_refused(newsroom: Newsroom) -> None:
    delivery = newsroom.publish()
    with pytest.raises(IllegalStep):
        move(delivery, S.PUBLISHED, now=newsroom.now)


@pytest.mark.database
def test_a_worker_whose_lease_was_taken_over_changes_nothing(newsroom: Newsroom) -> None:
    delivery = newsroom.publish()
    held = claims.claim(delivery_id=delivery.pk, now=newsroom.now)
    assert held is not None
    newsroom.later(200)
    assert claims.claim(delivery_id=delivery.pk, now=newsroom.now) is not None
    with pytest.raises(LostRow):
        move(held, S.STAGING, now=newsroom.now)


@pytest.mark.database
def test_a_taken_delivery_is_not_taken_twice(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    delivery = newsroom.publish()
    assert claims.claim(delivery_id=delivery.pk, now=newsroom.now) is not None
    assert claims.claim(delivery_id=delivery.pk, now=newsroom.now) is None
