"""Posts, edits and take-downs go to the legal deposit, each once, with what was really sent."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from distribution.connectors.base import FailureClass
from distribution.deliveries import broadcasts, decisions
from distribution.deliveries.models import Delivery
from distribution.deliveries.records import files_of
from distribution.renditions.registry import notices
from newsroom.accounts.models import User
from publishing.deposit.canonical import moment
from publishing.deposit.models import Record, Waiting
from publishing.deposit.services import append_waiting
from publishing.deposit.verify import Walk
from publishing.events.enums import EventKind
from tests.distribution.deliveries.stage import Newsroom
from tests.factories.newsroom import make_image
from tests.fakes.connector import ScriptedPlatform, failure, never_arrives


def seal(newsroom: Newsroom) -> list[Record]:
    append_waiting(now=newsroom.now + timedelta(days=1))
    return list(Record.objects.order_by("sequence"))


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path / "private"


def test_a_post_its_edit_and_its_end_are_three_records(newsroom: Newsroom) -> None:
    delivery = newsroom.publish("Lời dẫn đầu")
    newsroom.run_until_quiet(rounds=3)
    newsroom.event(delivery.story, EventKind.UPDATED, text="Lời dẫn đã sửa")
    newsroom.run_until_quiet(rounds=3)
    newsroom.event(delivery.story, EventKind.WITHDRAWN)
    newsroom.run_until_quiet(rounds=3)
    records = seal(newsroom)
    assert [record.kind for record in records] == ["post_published", "post_edited", "post_removed"]
    posts = [json.loads(record.content)["post"] for record in records]
    delivery.refresh_from_db()
    assert {record.channel for record in records} == {newsroom.account.name} and {record.permalink for record in records} == {delivery.remote_url}
    assert posts[0]["payload"] == delivery.payload and posts[0]["payload_sha256"] == delivery.payload_sha256 and posts[0]["remote_id"] == delivery.remote_id
    assert posts[1]["payload"]["body"]["message"] == "Lời dẫn đã sửa" and posts[1]["original"] == delivery.pk
    assert not Waiting.objects.exists()


def test_a_message_to_followers_is_sealed_with_its_words_who_ordered_it_and_the_articles_address(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    platform.can_broadcast = True
    post = newsroom.work(newsroom.publish("Lời dẫn"))
    order = broadcasts.start(delivery_id=post.pk, typed=str(post.story_id), actor=secretary, now=newsroom.clock())
    newsroom.run_until_quiet(rounds=2)
    records = seal(newsroom)
    assert [(record.kind, record.reference) for record in records] == [("post_published", f"delivery:{post.pk}"), ("post_published", f"delivery:{order.pk}")]
    said = json.loads(records[1].content)["post"]
    assert (said["operation"], said["original"], said["payload"]["body"]["message"]) == ("broadcast", post.pk, "Lời dẫn")
    assert said["ordered_by"] == {"name": secretary.display_name, "account": secretary.username} and said["ordered_at"] == moment(order.acts.get().at)
    assert records[1].permalink == records[0].permalink != "" and "ordered_by" not in json.loads(records[0].content)["post"]
    assert not [found for found in Walk().run(now=newsroom.now) if found.code not in ("guard", "unrecorded")]


def test_a_message_to_followers_that_was_not_sent_is_not_sealed(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User) -> None:
    platform.can_broadcast = True
    platform.will("broadcast", failure(FailureClass.CONTENT, code="bad_content"))
    post = newsroom.work(newsroom.publish())
    broadcasts.start(delivery_id=post.pk, typed=str(post.story_id), actor=secretary, now=newsroom.clock())
    newsroom.run_until_quiet(rounds=2)
    assert [record.reference for record in seal(newsroom)] == [f"delivery:{post.pk}"]


def test_a_post_that_somebody_deleted_on_the_platform_is_recorded_as_gone(newsroom: Newsroom) -> None:
    delivery = newsroom.publish()
    newsroom.run_until_quiet(rounds=3)
    newsroom.platform.posts.clear()
    newsroom.event(delivery.story, EventKind.UPDATED, text="Lời khác")
    newsroom.run_until_quiet(rounds=3)
    record = seal(newsroom)[-1]
    assert record.kind == "post_removed" and json.loads(record.content)["post"]["removed_on_the_platform"] is True


def test_a_post_that_a_person_saw_is_recorded_with_the_address_they_gave(newsroom: Newsroom, editor_in_chief: User) -> None:
    newsroom.platform.can_lookup = False
    newsroom.platform.will("commit", never_arrives)
    delivery = newsroom.publish()
    newsroom.run_until_quiet(rounds=2)
    assert seal(newsroom) == []
    decisions.it_is_there(delivery_id=delivery.pk, url="https://social.example/thay", actor=editor_in_chief, now=newsroom.now)
    (record,) = seal(newsroom)
    assert record.kind == "post_published" and record.permalink == "https://social.example/thay"


def test_the_originals_of_what_a_payload_names_are_found(newsroom: Newsroom) -> None:
    image = make_image()
    delivery = Delivery(payload={"body": {"pictures": [{"key": f"image-{image.pk}"}, {"key": "image-999999"}], "video": {"key": "file:videos/x.mp4"}, "message": "image-gì đó"}})
    assert files_of(delivery) == [image.file.name, "videos/x.mp4"]


def test_a_first_comment_and_a_notice_under_a_post_are_records_of_their_own(newsroom: Newsroom) -> None:
    """Each with its own words and address, and with the post that it is under."""
    newsroom.platform.can_comment, newsroom.platform.can_edit = True, False
    notices.add("thử", lambda story, event: "Tòa soạn đã sửa con số." if event and event.kind == EventKind.CORRECTED else "")
    try:
        story = newsroom.story("Lời dẫn")
        newsroom.event(story, text="Lời dẫn", comment="Mời bạn đọc")
        newsroom.run_until_quiet(rounds=3)
        newsroom.event(story, EventKind.CORRECTED, text="Lời dẫn mới")
        newsroom.run_until_quiet(rounds=3)
    finally:
        notices.remove("thử")
    records = seal(newsroom)
    posts = [json.loads(record.content)["post"] for record in records]
    assert [(record.kind, post["operation"]) for record, post in zip(records, posts, strict=True)] == [("post_published", "publish"), ("post_published", "comment"), ("post_published", "reply")]
    assert posts[1]["payload"]["body"]["message"] == "Mời bạn đọc" and "Tòa soạn đã sửa con số." in posts[2]["payload"]["body"]["message"]
    assert posts[1]["original"] == posts[2]["original"] == posts[0]["delivery"]
    assert records[1].permalink.endswith("/c1") and records[2].permalink.endswith("/c2")
