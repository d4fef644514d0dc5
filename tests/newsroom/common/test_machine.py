"""What the machine lacks is said in one sentence, Vietnamese first, before anything starts."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.machine import free_ports
from newsroom.common import machine

ROOT = Path(__file__).resolve().parents[3]


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m newsroom.common.serve` as `make run` calls it; only for starts that must be refused at once."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PORT", "NEWSROOM_VAR", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")}
    return subprocess.run([sys.executable, "-m", "newsroom.common.serve"], cwd=ROOT, env=clean | environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("raw", ["abc", "0", "65535", "-1", "8000x", "٣", "99999999999"])
def test_a_port_that_is_none_is_refused(raw: str) -> None:
    with pytest.raises(machine.Refused, match="cần một số từ 1 đến 65534"):
        machine.read_port(raw)


@pytest.mark.parametrize("which", [0, 1])
def test_a_taken_port_is_one_clear_sentence(tmp_path: Path, which: int) -> None:
    port = free_ports()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port + which))
        other.listen()
        result = start(PORT=str(port), NEWSROOM_VAR=str(tmp_path))
    lines = result.stderr.strip().splitlines()
    assert result.returncode == 1
    assert len(lines) == 2
    assert lines[0].startswith(f"Cổng {port + which} đang có chương trình khác dùng")
    assert lines[1].startswith(f"Port {port + which} is taken")


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    result = start(PORT=str(free_ports()), NEWSROOM_VAR=str(tmp_path / "file" / "var"))
    assert result.returncode == 1
    assert result.stderr.startswith("Không ghi được vào thư mục")
    assert len(result.stderr.strip().splitlines()) == 2


@pytest.mark.skipif(not os.path.isdir("/sys/kernel"), reason="needs a folder that nobody can write, as /sys on Linux")
def test_a_read_only_folder_is_one_clear_sentence() -> None:
    with pytest.raises(machine.Refused, match="NEWSROOM_VAR="):
        machine.check_folder(Path("/sys/kernel/newsroom"))


def test_a_nearly_full_disk_is_told_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9 - 1000, 1000))
    with pytest.raises(machine.Refused, match="đã đầy hoặc gần đầy"):
        machine.check_folder(tmp_path)


def test_a_full_disk_is_told_while_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(machine.Refused, match="đã đầy hoặc gần đầy"):
        machine.check_folder(tmp_path)


@pytest.mark.parametrize(
    ("errors", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device: '/x'", "đã đầy hoặc gần đầy"),
        ("Traceback …\ndjango.db.utils.OperationalError: database or disk is full", "đã đầy hoặc gần đầy"),
        ("django.db.utils.OperationalError: attempt to write a readonly database", "Không ghi được vào thư mục"),
        ("Traceback …\nValueError: something else", "Không chuẩn bị được tòa soạn: ValueError: something else"),
    ],
)
def test_a_failed_preparation_is_explained(tmp_path: Path, errors: str, sentence: str) -> None:
    assert sentence in str(machine.explain("migrate", errors, var=tmp_path, log=tmp_path / "log"))


def test_two_newsrooms_do_not_share_a_folder(tmp_path: Path) -> None:
    held = machine.lock_folder(tmp_path)
    result = start(PORT=str(free_ports()), NEWSROOM_VAR=str(tmp_path))
    held.close()
    assert result.returncode == 1
    assert result.stderr.startswith("Một tòa soạn khác đang chạy với thư mục")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "tám nghìn", "PORT=tám nghìn không dùng được"),
        ("DATABASE_URL", "mysql://x/y", "Biến môi trường DATABASE_URL=… không dùng được: cần địa chỉ bắt đầu bằng sqlite://"),
        ("NEWSROOM_DEMO", "maybe", "Biến môi trường NEWSROOM_DEMO='maybe' không dùng được: cần true hoặc false."),
        ("LOG_LEVEL", "LOUD", "Biến môi trường LOG_LEVEL='LOUD' không dùng được: cần một trong"),
    ],
)
def test_a_bad_variable_is_one_clear_sentence(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    result = start(**({"PORT": str(free_ports()), "NEWSROOM_VAR": str(tmp_path)} | {name: value}))
    assert result.returncode == 1
    assert result.stderr.startswith(sentence)
    assert len(result.stderr.strip().splitlines()) == 2
    assert "Traceback" not in result.stderr


def bootstrap(code: str) -> subprocess.CompletedProcess[str]:
    """tools/bootstrap.py with something about the machine changed first."""
    prelude = f"import runpy, sys, os, shutil\nsys.argv = ['tools/bootstrap.py', 'setup']\n{code}\nrunpy.run_path('tools/bootstrap.py', run_name='__main__')"
    return subprocess.run([sys.executable, "-c", prelude], cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_an_old_python_is_one_clear_sentence() -> None:
    result = bootstrap("sys.version_info = (3, 9, 2)\nshutil.which = lambda name: None")
    assert result.returncode == 1
    assert result.stderr.startswith("Cần Python 3.11 trở lên; máy này đang dùng Python 3.9.")
    assert len(result.stderr.strip().splitlines()) == 2


def test_an_old_python_hands_over_to_a_newer_one_of_the_machine() -> None:
    result = bootstrap("sys.version_info = (3, 9, 2)\nshutil.which = lambda name: '/bin/echo' if name == 'python3.12' else None")
    assert result.returncode == 0
    assert "tools/bootstrap.py setup" in result.stdout


def test_a_read_only_checkout_is_one_clear_sentence() -> None:
    result = bootstrap("import builtins\ndef refuse(*a, **k):\n    raise OSError(30, 'Read-only file system')\nreal = builtins.open\nbuiltins.open = lambda p, *a, **k: refuse() if '.probe' in str(p) else real(p, *a, **k)")
    assert result.returncode == 1
    assert result.stderr.startswith("Thư mục ")
    assert "chỉ đọc được" in result.stderr


def test_a_disk_without_room_for_the_packages_is_one_clear_sentence() -> None:
    full = "import builtins\nreal = builtins.open\ndef opened(p, *a, **k):\n    if '.probe' in str(p):\n        raise OSError(28, 'No space left on device')\n    return real(p, *a, **k)\nbuiltins.open = opened"
    result = bootstrap(full)
    assert result.returncode == 1
    assert result.stderr.startswith("Ổ đĩa chứa ")
