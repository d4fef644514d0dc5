"""A file that is here stays what it is: a signature is for what was seen."""

from __future__ import annotations

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from newsroom.accounts.models import User
from newsroom.media.models import NewsDocument, NewsImage
from publishing.workflow.setup import ensure_rights
from tests.factories.newsroom import make_home, make_image


def another_picture() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (80, 60), (200, 0, 0)).save(data, "JPEG")
    return SimpleUploadedFile("khac.jpg", data.getvalue(), "image/jpeg")


@pytest.fixture
def desk(client: Client, secretary: User) -> Client:
    make_home()
    ensure_rights()
    client.force_login(secretary)
    return client


def test_the_words_of_a_picture_change_and_its_file_does_not(desk: Client) -> None:
    image = make_image()
    name, before = image.file.name, image.file.read()
    fields = {"title": image.title, "alt_text": "Tàu về bến", "caption": image.caption, "credit": image.credit, "source": image.source, "collection": image.collection_id}
    address = reverse("wagtailimages:edit", args=[image.pk])
    assert desk.post(address, {**fields, "file": another_picture()}).status_code == 302
    after = NewsImage.objects.get(pk=image.pk)
    assert (after.alt_text, after.file.name, after.file.read(), after.width) == ("Tàu về bến", name, before, 600)
    html = desk.get(address).content.decode()
    assert "Không thay được tệp" in html


def test_the_file_of_a_document_does_not_change_either(desk: Client, editor_in_chief: User) -> None:
    desk.force_login(editor_in_chief)
    document = NewsDocument(title="Nghị quyết")
    document.file.save("nghi-quyet.pdf", ContentFile(b"%PDF-1.4 one"))
    address = reverse("wagtaildocs:edit", args=[document.pk])
    answer = desk.post(address, {"title": "Nghị quyết 12", "collection": document.collection_id, "file": SimpleUploadedFile("khac.pdf", b"%PDF-1.4 two", "application/pdf")})
    assert answer.status_code == 302
    after = NewsDocument.objects.get(pk=document.pk)
    assert (after.title, after.file.read()) == ("Nghị quyết 12", b"%PDF-1.4 one")


def test_a_new_picture_is_still_uploaded(desk: Client) -> None:
    fields = {"title": "Mới", "alt_text": "Tàu", "caption": "Tàu.", "credit": "Y Nguyên", "source": "Tự chụp", "collection": 1}
    assert desk.post(reverse("wagtailimages:add"), {**fields, "file": another_picture()}).status_code in (200, 302)
    assert NewsImage.objects.filter(width=80).exists()
