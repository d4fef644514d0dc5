"""The first look at a request, and the policy of what a page may load."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/%00/", "/thoi-su/%00-a1.html", "/admin/%00"])
def test_an_address_with_a_nul_byte_is_refused_in_words(address: str, client: Client) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert "text/plain" in answer.headers["Content-Type"]


@pytest.mark.parametrize("address", ["/admin/login/", "/rss/"])
def test_no_page_may_run_a_script_that_is_not_a_file_of_ours(address: str, client: Client) -> None:
    policy = client.get(address).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    scripts = next((part for part in policy.split("; ") if part.startswith("script-src")), "default-src 'self'")
    assert "unsafe-inline" not in scripts and "unsafe-eval" not in scripts
