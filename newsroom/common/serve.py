"""`make run`: prepares the embedded default and runs all its processes in the foreground (docs/running.md)."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from newsroom.common.supervisor import Child, Supervisor

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
LEAST_FREE = 200 * 1024 * 1024
FAST = "urgent,commit,default,upload"
SLOW = "render,index,media,poll,metrics,mail,render-late"
COLOURS = {"run": 36, "web": 32, "worker": 33, "worker-slow": 33, "beat": 35, "publish_due": 34, "rehearsal": 90, "demo": 36}


def main() -> int:
    """Check, prepare, run until Ctrl-C."""
    port = _port()
    var = Path(os.environ.get("NEWSROOM_VAR") or ROOT / "var").absolute()
    _check_folder(var)
    _check_ports(port)
    os.environ.update(_environment(port=port, var=var))
    _prepare(var)
    _announce(port)
    return Supervisor(_children(port=port, var=var), say=_say, folder=var).run()


def _port() -> int:
    raw = os.environ.get("PORT") or "8000"
    if not raw.isdigit() or not 1 <= int(raw) <= 65534:
        _stop(f"PORT={raw}: cần một số từ 1 đến 65534.", f"PORT={raw}: expected a number from 1 to 65534.")
    return int(raw)


def _environment(*, port: int, var: Path) -> dict[str, str]:
    given = {"NEWSROOM_DEMO": "true", "NEWSROOM_REHEARSAL": "true", "PORT": str(port), "NEWSROOM_VAR": str(var), "DJANGO_SETTINGS_MODULE": "newsroom.config.settings.dev"}
    given["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the rehearsal platforms speak plain HTTP on this machine
    return {name: os.environ.get(name) or value for name, value in given.items()}


def _check_folder(var: Path) -> None:
    try:
        var.mkdir(parents=True, exist_ok=True)
        probe = var / f".probe-{os.getpid()}"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            _stop(f"Ổ đĩa của {var} đã đầy: hãy giải phóng chỗ rồi chạy lại.", f"The disk of {var} is full: make room, then again.")
        _stop(f"Không ghi được vào {var}: hãy chọn thư mục khác bằng NEWSROOM_VAR=…", f"{var} cannot be written ({error.strerror}): choose another with NEWSROOM_VAR=…")
    if shutil.disk_usage(var).free < LEAST_FREE:
        _stop(f"Ổ đĩa của {var} gần đầy: cần ít nhất 200 MB trống.", f"The disk of {var} is nearly full: 200 MB are needed.")


def _check_ports(port: int) -> None:
    for number in (port, port + 1):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError:
                _stop(
                    f"Cổng {number} đang có chương trình khác dùng: hãy tắt nó, hoặc chọn cổng khác, ví dụ: make run PORT={port + 100}",
                    f"Port {number} is taken: stop what uses it, or choose another: make run PORT={port + 100}",
                )


def _prepare(var: Path) -> None:
    """Database, groups, static files. A failure ends with one sentence; the log has the rest."""
    for title, arguments in (
        ("Chuẩn bị cơ sở dữ liệu / Preparing the database", ["migrate", "--noinput", "-v", "0"]),
        ("Chuẩn bị tòa soạn / Preparing the newsroom", ["setup_newsroom"]),
        ("Chuẩn bị tệp tĩnh / Collecting static files", ["collectstatic", "--noinput", "-v", "0"]),
    ):
        _say("run", f"{title} …")
        result = subprocess.run([PYTHON, "manage.py", *arguments], cwd=ROOT, capture_output=True, text=True)  # noqa: S603
        if result.returncode:
            log = var / "prepare.log"
            _keep(log, result.stdout + result.stderr)
            reason = (result.stderr.strip().splitlines() or ["?"])[-1]
            _stop(f"{title.split(' /')[0]} không xong: {reason} (xem {log})", f"{arguments[0]} failed: {reason}")


def _keep(path: Path, text: str) -> None:
    try:
        path.write_text(text)
    except OSError:
        sys.stderr.write(text)


def _children(*, port: int, var: Path) -> list[Child]:
    celery = [PYTHON, "-m", "celery", "-A", "newsroom.config.celery"]
    worker = [*celery, "worker", "--pool", "threads", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    web = [
        PYTHON, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-ws",
        "--static-path-route", "/static", "--static-path-mount", str(var / "static"), "--static-path-route", "/media", "--static-path-mount", str(var / "media"),
        "--log-level", "warning", "--workers-kill-timeout", "5", "newsroom.config.wsgi:application",
    ]  # fmt: skip
    (var / "media").mkdir(exist_ok=True)
    children = [
        Child("rehearsal", [PYTHON, "-m", "distribution.rehearsal", "--host", "127.0.0.1", "--port", str(port + 1), "--var", str(var)]),
        Child("web", web),
        Child("worker", [*worker, "-Q", FAST, "--concurrency", "3", "-n", "fast@%h"]),
        Child("worker-slow", [*worker, "-Q", SLOW, "--concurrency", "1", "-n", "slow@%h"]),
        Child("beat", [*celery, "beat", "--loglevel", "WARNING", "--schedule", str(var / "beat-schedule"), "--pidfile="]),
        Child("publish_due", [PYTHON, "manage.py", "publish_due", "--follow"]),
    ]
    if os.environ["NEWSROOM_DEMO"].lower() in ("1", "true", "yes", "on"):
        children.append(Child("demo", [PYTHON, "manage.py", "demo", "--when-empty"], once=True))
    return children


def _announce(port: int) -> None:
    _say("run", f"Báo: http://127.0.0.1:{port}/ · Quản trị: http://127.0.0.1:{port}/admin/ · Nền tảng chạy thử: http://127.0.0.1:{port + 1}/")
    _say("run", "Dừng tất cả: Ctrl-C / Stop everything: Ctrl-C")



def _say(name: str, line: str) -> None:
    colour = COLOURS.get(name, 37)
    label = f"\033[{colour}m{name:>11}\033[0m" if sys.stdout.isatty() else f"{name:>11}"
    sys.stdout.write(f"{label} │ {line}\n")
    sys.stdout.flush()


def _stop(vietnamese: str, english: str) -> NoReturn:
    sys.stderr.write(f"{vietnamese}\n{english}\n")
    raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(main())
