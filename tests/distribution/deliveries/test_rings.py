"""Platforms call us and fetch pictures: only what is signed is heard, it only makes us look sooner, and pictures are given out once the answer is kept."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from distribution.channels.models import Account
from distribution.channels.selectors import settings_of
from distribution.connectors.tiktok.pictures import picture_address
from distribution.deliveries import rings
from distribution.deliveries.enums import DeliveryState
from distribution.deliveries.models import Delivery
from newsroom.common import clock
from tests.distribution.deliveries.stage import Newsroom
from tests.factories.newsroom import make_image
from tests.fakes.connector import hands_over

pytestmark = pytest.mark.database
S = DeliveryState
HOOK = "/hooks/tiktok/"
SECRET = "bí mật của ứng dụng"


@pytest.fixture
def draft(newsroom: Newsroom, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Delivery:
    """A draft that a person has in TikTok's app; it is asked after much later."""
    settings.PLATFORM_APPS = {**settings.PLATFORM_APPS, "tiktok": ("key", SECRET)}
    newsroom.now = clock.now()
    newsroom.platform.will("commit", hands_over)
    delivery = newsroom.publish()
    newsroom.work(delivery)
    Account.objects.filter(pk=newsroom.account.pk).update(kind="tiktok", remote_id="-000open")
    later = clock.now() + timedelta(minutes=30)
    Delivery.objects.filter(pk=delivery.pk).update(handle={"publish_id": "v_inbox_file~1"}, next_at=later)
    delivery.refresh_from_db()
    assert delivery.state == S.WAITING_FOR_HUMAN
    newsroom.rung.clear()
    return delivery


def call(*, publish_id: str = "v_inbox_file~1", account: str = "-000open", secret: str = SECRET, age: int = 0, event: str = "post.publish.complete") -> Any:
    content = {"publish_id": publish_id} if publish_id else {"reason": 1}
    message = {"client_key": "key", "event": event, "create_time": 1, "user_openid": account, "content": json.dumps(content)}
    body, at = json.dumps(message), int(clock.now().timestamp()) - age
    sign = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return Client(enforce_csrf_checks=True).post(HOOK, body, content_type="application/json", headers={"TikTok-Signature": f"t={at},s={sign}"})


def waits(delivery: Delivery) -> bool:
    delivery.refresh_from_db()
    return delivery.next_at > clock.now()


def test_a_signed_call_makes_the_delivery_look_at_once_and_changes_nothing_else(draft: Delivery, newsroom: Newsroom, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert call().status_code == 200
    assert not waits(draft) and draft.state == S.WAITING_FOR_HUMAN and newsroom.rung == [draft.pk]


def test_the_same_call_twice_and_one_about_a_post_that_nobody_knows_are_harmless(draft: Delivery) -> None:
    assert [call().status_code, call().status_code] == [200, 200]
    Delivery.objects.filter(pk=draft.pk).update(next_at=clock.now() + timedelta(minutes=30))
    assert call(publish_id="v_pub_file~anderer").status_code == 200
    assert call(account="-000jemand").status_code == 200
    assert waits(draft)


@pytest.mark.parametrize("wrong", [{"secret": "khác"}, {"age": 400}, {"age": -400}], ids=["another key", "old", "of the future"])
def test_a_call_that_nobody_of_ours_signed_is_refused_and_wakes_nobody(draft: Delivery, wrong: dict[str, Any]) -> None:
    assert call(**wrong).status_code == 403
    assert waits(draft)


def test_a_post_whose_outcome_is_settled_is_not_touched(draft: Delivery) -> None:
    Delivery.objects.filter(pk=draft.pk).update(state=S.PUBLISHED, finished_at=clock.now())
    assert call().status_code == 200
    assert waits(draft)


def test_a_call_about_the_account_itself_has_its_key_checked(draft: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr("celery.app.base.Celery.send_task", lambda self, name, **options: sent.append(name))
    assert call(publish_id="", event="authorization.removed").status_code == 200
    assert sent == [rings.CHECK_TASK]
    assert call(publish_id="", account="-000jemand", event="authorization.removed").status_code == 200
    assert len(sent) == 1


def test_only_what_listens_has_an_address_and_only_a_short_post_is_read(draft: Delivery) -> None:
    assert Client().post("/hooks/facebook_page/", b"{}", content_type="application/json").status_code == 404
    assert Client().post("/hooks/nothing/", b"{}", content_type="application/json").status_code == 404
    assert Client().get(HOOK).status_code == 405
    assert Client().post(HOOK, b"x" * 70_000, content_type="application/json").status_code == 413
    assert Client().post(HOOK, b"{}", content_type="application/json").status_code == 403


@pytest.fixture
def photos(draft: Delivery) -> Delivery:
    """The same row as a post of pictures, its call answered."""
    image = make_image(width=2400, height=1600)
    Account.objects.filter(pk=draft.account_id).update(settings={"photos": {"address": "https://songba.example/channel-pictures"}})
    payload = {"kind": "photos", "marker": draft.pk, "body": {"mode": "draft", "pictures": [{"key": f"image-{image.pk}", "alt": ""}]}}
    Delivery.objects.filter(pk=draft.pk).update(payload=payload)
    draft.refresh_from_db()
    return Delivery.objects.select_related("account").get(pk=draft.pk)


def address(delivery: Delivery) -> str:
    key = delivery.payload["body"]["pictures"][0]["key"]
    return picture_address(settings_of(delivery.account), delivery.pk, key).removeprefix("https://songba.example")


def test_a_picture_is_given_to_whoever_was_told_its_address_and_fits_tiktok_s_box(photos: Delivery) -> None:
    answer = Client().get(address(photos))
    assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg" and "no-store" in answer["Cache-Control"]
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.width <= 1080 and picture.height <= 1920


def test_a_guessed_address_and_one_of_another_delivery_find_nothing(photos: Delivery) -> None:
    right = address(photos)
    assert Client().get(right[:-6] + "0.jpg").status_code == 404
    assert Client().get(right.replace(photos.pk, "0" * 26)).status_code == 404
    assert Client().get(right.replace("image-", "image-9")).status_code == 404


def test_before_the_answer_is_kept_the_picture_is_held_back_and_then_refused(photos: Delivery) -> None:
    Delivery.objects.filter(pk=photos.pk).update(handle={})
    key, proof = address(photos).removesuffix(".jpg").split("/")[-2:]
    waited: list[float] = []
    with pytest.raises(LookupError):
        rings.picture(marker=photos.pk, key=key, proof=proof, sleep=waited.append)
    assert sum(waited) == rings.GATE_SECONDS

    def answered(_seconds: float) -> None:
        Delivery.objects.filter(pk=photos.pk).update(handle={"publish_id": "p"})

    assert rings.picture(marker=photos.pk, key=key, proof=proof, sleep=answered).startswith(b"\xff\xd8")
