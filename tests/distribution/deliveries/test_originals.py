"""Just before sending, bytes that are not the signed ones are kept back and a person is told; whatever else changed of a picture goes."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from distribution.deliveries.enums import DeliveryState
from distribution.deliveries.models import Delivery
from distribution.deliveries.selectors import reason_of
from distribution.renditions.media import FILE, key_of
from newsroom.accounts.models import User
from newsroom.media.models import NewsImage
from publishing.events.models import Alarm
from publishing.workflow import words
from publishing.workflow.models import Approval
from publishing.workflow.pictures import file_hash
from tests.distribution.deliveries.stage import Newsroom
from tests.factories.desk import make_draft, to_approved
from tests.factories.newsroom import make_image
from tests.fakes.connector import ScriptedPlatform

pytestmark = pytest.mark.database
S = DeliveryState


def naming(newsroom: Newsroom, **body: object) -> Delivery:
    """A delivery whose payload names our media besides its words."""
    delivery = newsroom.publish()
    delivery.payload["body"] |= body
    Delivery.objects.filter(pk=delivery.pk).update(payload=delivery.payload)
    return delivery


def with_picture(newsroom: Newsroom, signer: User, *, signed: bool = True, by: str = "key") -> tuple[Delivery, NewsImage]:
    image = make_image()
    delivery = naming(newsroom, pictures=[key_of(image) if by == "key" else f"https://bao.example/kenh/anh/{key_of(image)}-abc.jpg"])
    Approval.objects.create(
        story=delivery.story, revision=delivery.event.revision, snapshot={}, digest="x", approver=signer, approved_at=newsroom.now, used_at=newsroom.now,
        pictures={str(image.pk): file_hash(image)} if signed else {},
    )  # fmt: skip
    return delivery, image


def overwrite(name: str) -> None:
    """As an import or somebody at a shell would: other bytes under the same name."""
    default_storage.delete(name)
    assert default_storage.save(name, ContentFile(make_image(width=31, height=17).file.read())) == name


def test_a_signature_keeps_the_hash_of_every_picture_beside_the_digest(reporter: User, editor: User, editor_in_chief: User, now: datetime) -> None:
    main, inside = make_image(), make_image(width=90)
    body = json.dumps([{"type": "image", "value": {"image": inside.pk, "caption": "Tàu"}, "id": "1"}])
    story = make_draft(owner=reporter, now=now, main_image=main, body=body)
    to_approved(story, writer=reporter, editor=editor, signer=editor_in_chief, now=now)
    approval = Approval.objects.get()
    assert approval.pictures == {str(main.pk): file_hash(main), str(inside.pk): file_hash(inside)} and file_hash(main) != file_hash(inside)
    assert approval.digest == words.digest_of(approval.revision) == words.digest(approval.snapshot), "the digest covers what it covered before"


@pytest.mark.parametrize("by", ["key", "address"])
def test_a_picture_whose_bytes_changed_after_the_signature_is_not_sent_and_a_person_is_told(newsroom: Newsroom, platform: ScriptedPlatform, secretary: User, by: str) -> None:
    delivery, image = with_picture(newsroom, secretary, by=by)
    overwrite(image.file.name)
    newsroom.work(delivery)
    assert (delivery.state, delivery.failure_code, platform.calls) == (S.FAILED, "picture_changed", [])
    assert reason_of(delivery).startswith("Tệp của một bức ảnh không còn là tệp đã ký duyệt.")
    assert reason_of(delivery) in Alarm.objects.get(subject=delivery.pk, code="delivery_failed").message


def test_the_signed_picture_goes_out_also_with_another_crop_and_alternative_text(newsroom: Newsroom, secretary: User) -> None:
    delivery, image = with_picture(newsroom, secretary)
    image.alt_text, image.focal_point_x, image.focal_point_y, image.focal_point_width, image.focal_point_height = "Chữ thay ảnh khác", 10, 10, 5, 5
    image.save()
    assert newsroom.work(delivery).state == S.PUBLISHED


def test_what_was_signed_before_files_were_hashed_goes_out(newsroom: Newsroom, secretary: User) -> None:
    delivery, image = with_picture(newsroom, secretary, signed=False)
    overwrite(image.file.name)
    assert newsroom.work(delivery).state == S.PUBLISHED


@pytest.mark.parametrize(("sha256", "ends"), [(hashlib.sha256(b"phim").hexdigest(), S.PUBLISHED), ("0" * 64, S.FAILED)])
def test_a_video_of_the_same_size_with_other_bytes_is_not_sent(newsroom: Newsroom, sha256: str, ends: DeliveryState) -> None:
    name = default_storage.save("phim.mp4", ContentFile(b"phim"))
    delivery = newsroom.work(naming(newsroom, video={"key": f"{FILE}{name}", "size": 4, "sha256": sha256}))
    assert delivery.state == ends and delivery.failure_code == ("" if ends == S.PUBLISHED else "video_changed")
