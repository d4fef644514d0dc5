"""Just before sending: what the channel would no longer take fails with a clear sentence, and nothing leaves the house."""

from __future__ import annotations

import pytest

from distribution.connectors.base import FailureClass
from distribution.deliveries import decisions
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.deliveries.selectors import reason_of
from newsroom.accounts.models import User
from publishing.events.enums import EventKind
from publishing.events.models import Alarm
from tests.distribution.deliveries.stage import Newsroom
from tests.fakes.connector import ScriptedPlatform

pytestmark = pytest.mark.database
S = DeliveryState


def test_a_post_that_became_too_long_while_it_waited_is_not_sent(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    delivery = newsroom.publish("x" * 50)
    assert delivery.state == S.READY
    platform.text_limit = 40
    newsroom.work(delivery)
    assert (delivery.state, delivery.failure_kind, delivery.failure_code) == (S.FAILED, FailureClass.CONTENT, "text_too_long")
    assert reason_of(delivery) == "Lời dẫn quá dài cho kênh này: 50/40 ký tự."
    assert platform.calls == [] and delivery.attempts == 0 and delivery.attempt_log.count() == 0
    assert "50/40" in Alarm.objects.get(subject=delivery.pk, code="delivery_failed").message


def test_it_goes_out_once_the_channel_takes_it_again(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    delivery = newsroom.publish("x" * 50)
    platform.text_limit = 40
    newsroom.work(delivery)
    platform.text_limit = 60
    decisions.retry(delivery_id=delivery.pk, actor=secretary, now=newsroom.clock())
    newsroom.run_until_quiet(rounds=3)
    delivery.refresh_from_db()
    assert delivery.state == S.PUBLISHED and platform.made == 1


def test_an_edit_that_no_longer_fits_becomes_work_of_a_person(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    posted = newsroom.work(newsroom.publish("ngắn"))
    newsroom.event(posted.story, EventKind.UPDATED, text="y" * 50)
    platform.text_limit = 40
    calls = len(platform.calls)
    edit = newsroom.work(Delivery.objects.get(story=posted.story, operation=Operation.UPDATE))
    assert edit.state == S.WAITING_FOR_HUMAN and reason_of(edit).endswith("50/40 ký tự.") and len(platform.calls) == calls


def test_a_take_down_is_never_kept_back_by_the_words_it_takes_down(newsroom: Newsroom, platform: ScriptedPlatform) -> None:
    posted = newsroom.work(newsroom.publish("x" * 50))
    platform.text_limit = 40
    newsroom.event(posted.story, EventKind.WITHDRAWN)
    newsroom.run_until_quiet(rounds=2)
    assert platform.posts == {}
