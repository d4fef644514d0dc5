"""The environment is read strictly: what cannot be understood stops the start with a sentence that names it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from newsroom.config import env

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment of the test's own; the registry of variables is put back afterwards."""
    values: dict[str, str] = {}
    monkeypatch.setattr(env, "_source", values)
    monkeypatch.setattr(env, "VARIABLES", dict(env.VARIABLES))
    return values


@pytest.mark.parametrize(("raw", "expected"), [("1", True), ("TRUE", True), ("on", True), ("0", False), ("No", False), ("off", False), ("", True), ("  ", True)])
def test_a_flag_is_yes_no_or_absent(given: dict[str, str], raw: str, expected: bool) -> None:
    given["X"] = raw
    assert env.flag("X", default=True, doc="") is expected


@pytest.mark.parametrize("raw", ["2", "maybe", "y", "đúng", "truee"])
def test_a_flag_takes_nothing_else(given: dict[str, str], raw: str) -> None:
    given["X"] = raw
    with pytest.raises(env.BadSetting, match="Biến môi trường X=.* cần true hoặc false"):
        env.flag("X", doc="")


@pytest.mark.parametrize("raw", ["", "7", " 10 "])
def test_a_number_within_its_limits_is_read(given: dict[str, str], raw: str) -> None:
    given["X"] = raw
    assert env.number("X", default=5, low=5, high=10, doc="") == int(raw.strip() or 5)


@pytest.mark.parametrize("raw", ["4", "11", "1e1", "5.5", "0x7", "seven"])
def test_a_number_outside_its_limits_is_refused(given: dict[str, str], raw: str) -> None:
    given["X"] = raw
    with pytest.raises(env.BadSetting, match="X="):
        env.number("X", default=5, low=5, high=10, doc="")


@pytest.mark.parametrize("raw", ["localhost", "ftp://x", "postgres:/x", "javascript:alert(1)"])
def test_an_address_of_another_kind_is_refused(given: dict[str, str], raw: str) -> None:
    given["X"] = raw
    with pytest.raises(env.BadSetting, match="cần địa chỉ bắt đầu bằng redis:// hoặc rediss://"):
        env.url("X", schemes=("redis", "rediss"), doc="")


@pytest.mark.parametrize("raw", ["http://elasticsearch", "http://:9200", "http://x:y", "http://x:99999"])
def test_an_address_that_needs_a_port_is_refused_without_one(given: dict[str, str], raw: str) -> None:
    given["X"] = raw
    with pytest.raises(env.BadSetting, match="cần cả tên máy và cổng"):
        env.url("X", schemes=("http",), with_port=True, doc="")
    given["X"] = "http://user:secret@elasticsearch:9200"
    assert env.url("X", schemes=("http",), with_port=True, doc="") == given["X"]


@pytest.mark.parametrize("raw", ["Báo", "_x", "a b", "9x", "x/*", "a,b", "x" * 41])
def test_a_short_name_is_small_letters_digits_and_dashes(given: dict[str, str], raw: str) -> None:
    given["X"] = raw
    with pytest.raises(env.BadSetting, match="tên ngắn"):
        env.name("X", default="newsroom", doc="")
    given["X"] = "bao-song-ba"
    assert env.name("X", default="newsroom", doc="") == "bao-song-ba"


def test_a_word_is_one_of_those_there_are(given: dict[str, str]) -> None:
    given["X"] = "warning"
    assert env.choice("X", default="INFO", among=("INFO", "WARNING"), doc="") == "WARNING"
    given["X"] = "loud"
    with pytest.raises(env.BadSetting, match="cần một trong: INFO, WARNING"):
        env.choice("X", default="INFO", among=("INFO", "WARNING"), doc="")


def test_a_list_is_split_at_commas(given: dict[str, str]) -> None:
    given["X"] = "a, b,,c "
    assert env.words("X", doc="") == ["a", "b", "c"]


def test_a_list_of_addresses_takes_addresses_only(given: dict[str, str]) -> None:
    assert env.urls("X", schemes=("https",), doc="") == []
    given["X"] = "https://hub.example/, https://b.example"
    assert env.urls("X", schemes=("https",), doc="") == ["https://hub.example/", "https://b.example"]
    for raw in ("http://hub.example", "hub.example", "https://a.example, x", "https://"):
        given["X"] = raw
        with pytest.raises(env.BadSetting, match="không phải địa chỉ https"):
            env.urls("X", schemes=("https",), doc="")


def test_a_text_of_a_pattern_is_refused_where_it_does_not_match(given: dict[str, str]) -> None:
    reading = {"pattern": "[a-z]{3}", "meaning": ("ba chữ thường", "three small letters"), "doc": ""}
    assert env.pattern("X", **reading) == ""
    given["X"] = "abc"
    assert env.pattern("X", **reading) == "abc"
    given["X"] = "abcd"
    with pytest.raises(env.BadSetting, match="cần ba chữ thường"):
        env.pattern("X", **reading)


def test_a_secret_may_come_in_a_file_and_is_never_shown(given: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from the file\n")
    given["X_FILE"] = str(tmp_path / "key")
    assert env.text("X", doc="", secret=True) == "from the file"
    given["X_FILE"] = str(tmp_path / "missing")
    with pytest.raises(env.BadSetting, match="X_FILE="):
        env.text("X", doc="", secret=True)
    given["Y"] = "mysql://user:very-secret@host/db"
    with pytest.raises(env.BadSetting) as caught:
        env.url("Y", schemes=("postgres",), doc="", secret=True)
    assert "very-secret" not in str(caught.value)


def test_production_refuses_to_make_its_own_keys(tmp_path: Path) -> None:
    environment = {"DJANGO_SETTINGS_MODULE": "newsroom.config.settings.production", "NEWSROOM_VAR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    result = subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 78
    assert result.stderr.splitlines()[0] == "Chạy thật phải có SECRET_KEY và NEWSROOM_SECRETS_KEYS trong môi trường."
    assert not (tmp_path / "secrets.env").exists()


def test_the_embedded_default_makes_its_keys_once_and_for_its_owner_only(tmp_path: Path) -> None:
    from newsroom.common.secret_file import ensure_secrets

    first = ensure_secrets(tmp_path / "var" / "secrets.env")
    assert ensure_secrets(tmp_path / "var" / "secrets.env") == first
    assert set(first) == {"SECRET_KEY", "NEWSROOM_SECRETS_KEYS"}
    assert (tmp_path / "var" / "secrets.env").stat().st_mode & 0o777 == 0o600
