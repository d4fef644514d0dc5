"""Where the real platforms are is a setting: the defaults are theirs, one variable moves a whole platform, nonsense stops the start."""

from __future__ import annotations

import pytest

from distribution.connectors.facebook_page import config as facebook
from distribution.connectors.registry import logins
from distribution.connectors.youtube import config as google
from newsroom.config import env, platforms
from tests.newsroom.config.test_env import given

__all__ = ["given"]


def test_the_defaults_are_the_platforms_own(given: dict[str, str]) -> None:
    found = platforms.addresses()
    for kind, places in found.items():
        login = logins.get(kind)
        assert (places["address"], places.get("dialog", "")) == (login.address, getattr(login, "dialog", ""))
    assert (found["facebook_page"]["video"], found["youtube"]["token"]) == (facebook.VIDEO_ADDRESS, google.TOKEN)
    assert {name for name, login in logins.items() if login.address} == set(found)


def test_no_origin_is_let_through_for_the_platforms_own_addresses(given: dict[str, str]) -> None:
    assert set(platforms.origins(platforms.addresses()).values()) == {()}


def test_one_variable_moves_a_whole_platform_and_lets_exactly_its_origin_through(given: dict[str, str]) -> None:
    given["YOUTUBE_ADDRESS"] = "http://127.0.0.1:8001/youtube/"
    found = platforms.addresses()
    assert found["youtube"] == {
        "address": "http://127.0.0.1:8001/youtube", "dialog": "http://127.0.0.1:8001/youtube/o/oauth2/v2/auth", "token": "http://127.0.0.1:8001/youtube/token",
    }  # fmt: skip
    origins = platforms.origins(found)
    assert origins.pop("youtube") == ("http://127.0.0.1:8001",) and set(origins.values()) == {()}


def test_a_part_can_be_moved_on_its_own(given: dict[str, str]) -> None:
    given["FACEBOOK_VIDEO_ADDRESS"] = "https://video.example:8443"
    found = platforms.addresses()
    assert (found["facebook_page"]["address"], found["facebook_page"]["video"]) == (facebook.ADDRESS, "https://video.example:8443")
    assert platforms.origins(found)["facebook_page"] == ("https://video.example:8443",)


@pytest.mark.parametrize("name", ["FACEBOOK_ADDRESS", "GOOGLE_TOKEN_ADDRESS", "TIKTOK_DIALOG_ADDRESS", "ZALO_ADDRESS", "TELEGRAM_ADDRESS"])
@pytest.mark.parametrize("raw", ["graph.facebook.com", "ftp://x", "https://", "https://me:secret@x", "https://x?y=1", "https://x#y", "https://x y", "https://x:nine"])
def test_what_is_no_base_address_stops_the_start_with_a_sentence(given: dict[str, str], name: str, raw: str) -> None:
    given[name] = raw
    with pytest.raises(env.BadSetting, match=f"Biến môi trường {name}=.* cần địa chỉ gốc"):
        platforms.addresses()
