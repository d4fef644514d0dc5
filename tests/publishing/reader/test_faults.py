"""Pages that appear when something is missing or broken."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client, RequestFactory

from publishing.reader import checks, frame, views
from publishing.reader.models import PaperSettings
from tests.publishing.paper import Paper


def test_a_missing_page_keeps_masthead_sections_and_a_way_on(client: Client, paper: Paper) -> None:
    response = client.get("/khong/co/trang/nao")
    html = response.content.decode()
    assert response.status_code == 404
    for expected in ("Không có trang này", "Báo Sông Ba", "Thời sự", "/tim-kiem/", "noindex"):
        assert expected in html.replace("\N{NO-BREAK SPACE}", " ")


def test_error_pages_come_when_the_database_is_dead(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*_args: Any, **_kwargs: Any) -> Any:
        raise DatabaseError("no database")

    cache.clear()
    monkeypatch.setattr(frame, "load", dead)
    request = rf.get("/thoi-su/")
    assert views.server_error(request).status_code == 500
    assert views.not_found(request, Exception()).status_code == 404
    assert views.gone(request).status_code == 410
    assert "Trang báo đang gặp lỗi" in views.server_error(request).content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_the_fault_page_asks_the_database_nothing(rf: RequestFactory) -> None:
    cache.clear()  # pytest-django refuses any query in a test without the db fixture
    assert views.server_error(rf.get("/")).status_code == 500


def test_a_fault_in_a_view_is_answered_with_the_papers_page(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_kwargs: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr("publishing.reader.content.front", broken)
    response = Client(raise_request_exception=False).get("/")
    assert response.status_code == 500
    assert "Trang báo đang gặp lỗi" in response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_the_check_names_what_the_imprint_lacks(paper: Paper) -> None:
    assert checks.imprint_is_complete(databases=["default"]) == []
    PaperSettings.objects.update(licence_number="", editor_in_chief="")
    frame.forget()
    [warning] = checks.imprint_is_complete(databases=["default"])
    assert warning.id == "reader.W001"
    assert "licence_number" in warning.msg or "số giấy phép" in warning.msg
    assert checks.imprint_is_complete(databases=None) == []


def test_the_demo_masthead_never_replaces_a_real_one(paper: Paper) -> None:
    from publishing.reader import demo

    PaperSettings.objects.update(name="Báo Thật")
    demo.fill_masthead()
    assert PaperSettings.objects.get().name == "Báo Thật"
