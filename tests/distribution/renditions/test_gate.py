"""Pictures for platforms that fetch them: under an address that nobody can guess, light, without what the camera wrote into them."""

from __future__ import annotations

import io

import pytest
from django.core.cache import cache
from django.test import Client
from PIL import Image

from distribution.renditions.gate import MOST_BYTES, picture_path
from distribution.renditions.media import light_jpeg
from distribution.renditions.snapshots import snapshot_of_story
from tests.factories.newsroom import make_image, make_story

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def no_remembered_pictures(db: None) -> None:
    """Wagtail remembers renditions by the picture's row; tests reuse row numbers."""
    cache.clear()


def test_the_address_in_a_snapshot_leads_to_a_jpeg(client: Client) -> None:
    image = make_image()
    (picture,) = snapshot_of_story(story=make_story(main_image=image), account_key="zalo", version=1).pictures
    answer = client.get(picture.address.partition("://")[2].partition("/")[1] + picture.address.partition("://")[2].partition("/")[2])
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(answer.content)).format == "JPEG"
    assert len(answer.content) <= MOST_BYTES


def test_a_picture_of_the_body_has_the_same_address_in_its_part() -> None:
    image = make_image()
    body = [{"type": "paragraph", "value": "<p>Chữ.</p>"}, {"type": "image", "value": {"image": image.pk, "caption": "Cầu treo."}}]
    snapshot = snapshot_of_story(story=make_story(body=body), account_key="zalo", version=1)
    text, picture = snapshot.parts
    assert "<p>Chữ.</p>" in text.html and not text.picture
    assert picture.picture.endswith(picture_path(image)) and picture.caption == "Cầu treo. Minh họa: Y Nguyên"
    assert snapshot.body_html == f"{text.html}\n{picture.html}"


def test_other_numbers_and_other_proofs_lead_nowhere(client: Client) -> None:
    mine, other = picture_path(make_image()), picture_path(make_image())
    forged = mine.rpartition("-")[0] + "-" + other.rpartition("-")[2]
    assert client.get(forged).status_code == 404
    assert client.get(mine.replace(".jpg", ".png")).status_code == 404
    assert client.post(mine).status_code == 405


def test_a_picture_that_is_gone_is_404(client: Client) -> None:
    image = make_image()
    path = picture_path(image)
    image.delete()
    assert client.get(path).status_code == 404


def test_a_picture_that_cannot_be_made_light_enough_is_none() -> None:
    image = make_image()
    with pytest.raises(LookupError):
        light_jpeg(f"image-{image.pk}", most=10)
