"""The admin's content policy: Wagtail's own starters run, nothing else written into a page does."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from newsroom.common.middleware import AdminPolicy, starts_a_widget

CHOOSER = 'new ImageChooser("id_main_image", {"modalUrl": "/admin/images/chooser/"});'
PANEL = '\n (function() {\n var panel = new InlinePanel(JSON.parse("{\\u0022type\\u0022: 1}"));\n })();\n '


def policy_of(body: str, path: str = "/admin/x/") -> str:
    return AdminPolicy(lambda _request: HttpResponse(body))(RequestFactory().get(path)).headers.get("Content-Security-Policy", "")


@pytest.mark.parametrize("script", [CHOOSER, CHOOSER.replace("ImageChooser", "Chooser"), PANEL])
def test_a_starter_of_wagtails_widgets_runs_by_its_hash(script: str) -> None:
    assert starts_a_widget(script)
    assert "'sha256-" in policy_of(f"<p></p><script>{script}</script>")


@pytest.mark.parametrize("script", ["alert(1)", CHOOSER + "alert(1)", 'new ImageChooser("x", {"a": alert(1)});', 'new ImageChooser("x", {});alert({});', PANEL.replace("})();", "alert(1)})();")])
def test_any_other_script_in_a_page_does_not_run(script: str) -> None:
    assert not starts_a_widget(script)
    assert "sha256" not in policy_of(f"<script>{script}</script>")


def test_the_paper_keeps_its_own_policy() -> None:
    assert policy_of(f"<script>{CHOOSER}</script>", "/") == ""
